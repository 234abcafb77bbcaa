/** The states of an update that the wizard's scenes are made of. */
import type { AppState } from '../../../shared/app.js';
import { errorTexts, type ErrorCode, type Problem } from '../../../shared/errors.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import type { RunKind } from '../../../shared/run.js';
import type { UpdateState } from '../../../shared/state.js';
import type { Status } from '../../../shared/status.js';
import { ago, now, plan, review } from '../records.js';
import { during, type Scene } from '../scene.js';

export const run = 'run-31';
export const { stage } = review;

export const said = (code: ErrorCode, ...details: string[]): Problem => ({
  code,
  sentence: errorTexts[code].sentence,
  hint: errorTexts[code].hint,
  details,
});

export const progress = (more: Partial<ProgressEvent>): ProgressEvent => ({
  version: 1,
  type: 'progress',
  phase: 'rehearse',
  time: now,
  ...more,
});

export const staged: NonNullable<Status['staged']> = {
  id: stage,
  plan: plan.id,
  created: ago(120_000),
  ready: true,
  how: plan.activation.how,
  interruptionSeconds: plan.activation.interruptionSeconds,
  packages: plan.changes.length,
  conflicts: 0,
  undecided: 0,
  scheduled: false,
  scheduledAt: null,
  missed: null,
};
export const lastRun = (kind: RunKind, problem: Problem | null): Status['last'] => ({
  id: run,
  kind,
  subject: null,
  started: ago(90_000),
  ended: ago(30_000),
  problem,
});

export const planned: UpdateState = { state: 'planned', plan: plan.id, changes: plan.changes.length };
export const waiting: UpdateState = { state: 'idle', pending: 8, security: 3 };
export const ready = {
  state: 'staged',
  stage,
  plan: plan.id,
  how: plan.activation.how,
  interruptionSeconds: plan.activation.interruptionSeconds,
  scheduled: false,
  scheduledAt: null,
  missed: null,
} satisfies UpdateState;
export const withStage = (update: UpdateState, more: Partial<Status> = {}): AppState =>
  during(update, { status: { staged, ...more } });
export const staging = (event: ProgressEvent | null, cancelling = false): UpdateState => ({
  state: 'staging',
  plan: plan.id,
  run,
  progress: event,
  cancelling,
});
export const failed = (kind: RunKind, problem: Problem): UpdateState => ({
  state: 'failed',
  during: kind,
  problem,
});

export const scene = (name: string, step: string, state: AppState, more: Partial<Scene> = {}): Scene => ({
  name: `wizard-${name}`,
  address: `#/wizard/${step}`,
  state,
  ...more,
});
