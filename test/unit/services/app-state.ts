/** States of the app, one for each state of an update. */
import type { AppState } from '../../../shared/app.js';
import { problem } from '../../../shared/errors.js';
import type { UpdateState } from '../../../shared/state.js';
import { idle } from './status.js';

const run = { run: 'run-0001', progress: null };
export const updates: Record<UpdateState['state'], UpdateState> = {
  unknown: { state: 'unknown' },
  preparing: { state: 'preparing', ...run },
  idle: { state: 'idle', pending: 0, security: 0 },
  planning: { state: 'planning', ...run },
  planned: { state: 'planned', plan: 'plan-0001', changes: 5 },
  blocked: { state: 'blocked', plan: null, problem: problem('CHECK_BLOCKED') },
  staging: { state: 'staging', plan: null, cancelling: false, ...run },
  staged: {
    state: 'staged',
    stage: 'stage-0001',
    plan: 'plan-0001',
    how: 'live',
    interruptionSeconds: 0,
    scheduled: false,
    scheduledAt: null,
    missed: null,
  },
  'needs-decision': { state: 'needs-decision', stage: 'stage-0001', undecided: 2 },
  switching: { state: 'switching', stage: null, ...run },
  done: { state: 'done', stage: 'stage-0001', restorePoint: 'point-0001' },
  'rolling-back': { state: 'rolling-back', restorePoint: null, ...run },
  'rolled-back': { state: 'rolled-back', restorePoint: 'point-0001' },
  failed: { state: 'failed', during: 'stage', problem: problem('NO_SPACE') },
  interrupted: { state: 'interrupted', transaction: 'stage-0001', kind: 'stage' },
  recovering: { state: 'recovering', ...run },
  recovered: { state: 'recovered', transaction: 'stage-0001', kind: 'stage', outcome: 'rolled-back' },
  damaged: { state: 'damaged', problem: problem('JOURNAL_DAMAGED') },
};

export const appState = (
  update: UpdateState | UpdateState['state'],
  part: Partial<AppState> = {},
): AppState => ({
  update: typeof update === 'string' ? updates[update] : update,
  status: idle,
  connection: { state: 'connected', problem: null },
  schedule: { reason: 'due', next: null },
  practice: false,
  historyRebuilt: false,
  can: { tray: true, startAtLogin: true, notify: true, elevate: true },
  ...part,
});
