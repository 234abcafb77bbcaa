/** States of the app for the shell: the one of a double at rest, with another state of the update. */
import type { AppState } from '../../../shared/app.js';
import { updateStateSchema, type UpdateState, type UpdateStateName } from '../../../shared/state.js';
import { problem } from '../../../shared/errors.js';

const progress = null;
const run = 'run-1';

/** One of each; a state that is forgotten here is a type error. */
export const updateStates: { readonly [N in UpdateStateName]: Extract<UpdateState, { state: N }> } = {
  unknown: { state: 'unknown' },
  preparing: { state: 'preparing', run, progress },
  idle: { state: 'idle', pending: 0, security: 0 },
  planning: { state: 'planning', run, progress },
  planned: { state: 'planned', plan: 'plan-1', changes: 3 },
  blocked: { state: 'blocked', plan: null, problem: problem('CHECK_BLOCKED') },
  staging: { state: 'staging', plan: null, run, progress, cancelling: false },
  staged: {
    state: 'staged',
    stage: 'stage-1',
    plan: 'plan-1',
    how: 'live',
    interruptionSeconds: 0,
    scheduled: false,
    scheduledAt: null,
    missed: null,
  },
  'needs-decision': { state: 'needs-decision', stage: 'stage-1', undecided: 2 },
  switching: { state: 'switching', stage: null, run, progress },
  done: { state: 'done', stage: 'stage-1', restorePoint: 'point-1' },
  'rolling-back': { state: 'rolling-back', restorePoint: null, run, progress },
  'rolled-back': { state: 'rolled-back', restorePoint: 'point-1' },
  failed: { state: 'failed', during: 'stage', problem: problem('PACKAGE_SCRIPT_FAILED') },
  interrupted: { state: 'interrupted', transaction: 'transaction-1', kind: 'activate' },
  recovering: { state: 'recovering', run, progress },
  recovered: {
    state: 'recovered',
    transaction: 'transaction-1',
    kind: 'activate',
    outcome: 'rolled-back',
  },
  damaged: { state: 'damaged', problem: problem('JOURNAL_DAMAGED') },
};

export function stateOf(update: UpdateState, more: Partial<AppState> = {}): AppState {
  return {
    update: updateStateSchema.parse(update),
    status: null,
    connection: { state: 'connected', problem: null },
    schedule: { reason: 'up-to-date', next: null },
    practice: false,
    historyRebuilt: false,
    can: { tray: true, startAtLogin: true, notify: true, elevate: true },
    ...more,
  };
}
