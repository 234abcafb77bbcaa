/** Statuses as a helper tells them, for tests of what follows from them. */
import type { EndedRun, Run, RunKind } from '../../../shared/run.js';
import type { Status } from '../../../shared/status.js';
import { problem, type Problem } from '../../../shared/errors.js';

export const moment = (minutes: number): string =>
  new Date(Date.UTC(2026, 10, 20, 12) + minutes * 60_000).toISOString();

export const helper = {
  version: '0.1.0',
  pid: 4711,
  privileged: true,
  practice: false,
  started: moment(0),
} as const;

export const idle: Status = {
  helper,
  run: null,
  last: null,
  recovered: [],
  interrupted: null,
  plan: null,
  staged: null,
  latest: null,
  restartPending: false,
  heldBack: [],
  restorePoint: null,
  restorePoints: { count: 0, ownBytes: 0 },
  pending: null,
  automatic: { lastAttempt: null, lastSuccess: null, failures: 0 },
  problem: null,
  unseen: [],
};

export const status = (part: Partial<Status> = {}): Status => ({ ...idle, ...part });

export const run = (kind: RunKind, part: Partial<Run> = {}): Run => ({
  id: 'run-0001',
  kind,
  started: moment(1),
  uid: 1000,
  cancelling: false,
  subject: null,
  progress: null,
  inhibiting: false,
  ...part,
});

export const ended = (kind: RunKind, reason: Problem | null, part: Partial<EndedRun> = {}): EndedRun => ({
  id: 'run-0001',
  kind,
  subject: null,
  started: moment(1),
  ended: moment(2),
  problem: reason,
  ...part,
});

export const staged = (part: Partial<NonNullable<Status['staged']>> = {}): NonNullable<Status['staged']> => ({
  id: 'stage-0001',
  plan: 'plan-0001',
  created: moment(3),
  ready: true,
  how: 'soft-reboot',
  interruptionSeconds: 20,
  packages: 5,
  conflicts: 0,
  undecided: 0,
  scheduled: false,
  scheduledAt: null,
  missed: null,
  ...part,
});

export const planned = (part: Partial<NonNullable<Status['plan']>> = {}): NonNullable<Status['plan']> => ({
  id: 'plan-0001',
  created: moment(1),
  changes: 5,
  security: 1,
  downloadBytes: 1_000_000,
  ...part,
});

export const switched = (
  part: Partial<NonNullable<Status['latest']>> = {},
): NonNullable<Status['latest']> => ({
  transaction: 'activate-0001',
  kind: 'activate',
  ended: moment(5),
  outcome: 'done',
  stage: 'stage-0001',
  restorePoint: 'point-0001',
  ...part,
});

export { problem };
