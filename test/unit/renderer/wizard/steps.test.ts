/** Where one is in the wizard: it follows from the helper's state, whatever the address asks for. */
import { describe, expect, test } from 'vitest';
import { problem, type ErrorCode } from '../../../../shared/errors.js';
import { transactionKinds, type TransactionKind } from '../../../../shared/history.js';
import { runKinds, type RunKind } from '../../../../shared/run.js';
import type { UpdateState } from '../../../../shared/state.js';
import { status } from '../../../../renderer/double/records.js';
import {
  before,
  isInterlude,
  mayLookAt,
  positionOf,
  stepAt,
  steps,
  type Step,
} from '../../../../renderer/wizard/steps.js';
import { planOf, stageOf } from '../../../../renderer/wizard/subjects.js';

const run = 'run-1';
const idle: UpdateState = { state: 'idle', pending: 3, security: 0 };
const planned: UpdateState = { state: 'planned', plan: 'plan-1', changes: 3 };
const staging: UpdateState = { state: 'staging', plan: 'plan-1', run, progress: null, cancelling: false };
const staged: UpdateState = {
  state: 'staged',
  stage: 'stage-1',
  plan: 'plan-1',
  how: 'live',
  interruptionSeconds: 0,
  scheduled: false,
  scheduledAt: null,
  missed: null,
};
const undecided: UpdateState = { state: 'needs-decision', stage: 'stage-1', undecided: 1 };
const switching: UpdateState = { state: 'switching', stage: 'stage-1', run, progress: null };
const done: UpdateState = { state: 'done', stage: 'stage-1', restorePoint: 'point-1' };
const failed = (during: RunKind, code: ErrorCode): UpdateState => ({
  state: 'failed',
  during,
  problem: problem(code),
});
const blocked: UpdateState = { state: 'blocked', plan: 'plan-1', problem: problem('CHECK_BLOCKED') };
const recovered = (kind: TransactionKind): UpdateState => ({
  state: 'recovered',
  transaction: 'tx-1',
  kind,
  outcome: 'rolled-back',
});

const shown = (update: UpdateState, wanted: string | null, last: RunKind | null = null): Step =>
  stepAt(positionOf(update, last), wanted);

describe('a window that is opened anew', () => {
  test.each<[string, UpdateState, Step]>([
    ['with nothing planned is where one chooses', idle, 'choose'],
    ['with a plan is at its checks', planned, 'check'],
    ['in the middle of a rehearsal is at the rehearsal', staging, 'rehearse'],
    ['after the rehearsal is at the review', staged, 'review'],
    ['with open decisions is at the review', undecided, 'review'],
    ['during the switch is at the switch', switching, 'switch'],
    ['after the switch is at its end', done, 'done'],
    ['after a failed rehearsal is where it failed', failed('stage', 'PACKAGE_SCRIPT_FAILED'), 'rehearse'],
    ['after a failed switch is where it failed', failed('activate', 'STAGE_STALE'), 'switch'],
    ['after a failed look for updates is where one chooses', failed('plan', 'ARCHIVE_UNREACHABLE'), 'choose'],
    ['after a recovered switch is at the switch', recovered('activate'), 'switch'],
  ])('%s', (_name, update, step) => {
    expect(shown(update, null)).toBe(step);
  });

  test('a check that stopped something leads to the step that it stopped', () => {
    expect(shown(blocked, null, 'stage')).toBe('check');
    expect(shown(blocked, null, 'activate')).toBe('switch');
  });
});

describe('an address', () => {
  test('that is too early for what goes on leads to the nearest step that is open', () => {
    expect(shown(switching, 'choose')).toBe('switch');
    expect(shown(done, 'review')).toBe('done');
  });

  test('that is too late leads no further than the state allows', () => {
    expect(shown(idle, 'switch')).toBe('choose');
    expect(shown(planned, 'rehearse')).toBe('backup');
    expect(shown(undecided, 'switch')).toBe('review');
    expect(shown(staged, 'done')).toBe('switch');
  });

  test('that names no step counts as none', () => {
    expect(shown(staging, 'nowhere')).toBe('rehearse');
  });
});

describe('the way back', () => {
  test('is open at every step before the switch, and closed from then on', () => {
    for (const [index, step] of steps.slice(1, 6).entries())
      expect(before(positionOf(staged, null), step)).toBe(steps[index]);
    expect(before(positionOf(staged, null), 'choose')).toBeNull();
    expect(before(positionOf(switching, 'activate'), 'switch')).toBeNull();
    expect(before(positionOf(done, 'activate'), 'done')).toBeNull();
  });

  test('a rehearsal that did not pass can be looked at, not switched to', () => {
    const position = positionOf(failed('stage', 'STAGE_UNVERIFIED'), 'stage');
    expect(mayLookAt(position, 'review')).toBe(true);
    expect(mayLookAt(position, 'switch')).toBe(false);
  });
});

describe('every state', () => {
  const all: readonly UpdateState[] = [
    { state: 'unknown' },
    { state: 'preparing', run, progress: null },
    idle,
    { state: 'planning', run, progress: null },
    planned,
    blocked,
    staging,
    staged,
    undecided,
    switching,
    done,
    { state: 'rolling-back', restorePoint: null, run, progress: null },
    { state: 'rolled-back', restorePoint: 'point-1' },
    ...runKinds.map((kind) => failed(kind, 'INTERNAL')),
    { state: 'interrupted', transaction: 'tx-1', kind: 'activate' },
    { state: 'recovering', run, progress: null },
    ...transactionKinds.map(recovered),
    { state: 'damaged', problem: problem('JOURNAL_DAMAGED') },
  ];

  test('has a step, and only steps that are open are shown', () => {
    for (const update of all) {
      const position = positionOf(update, null);
      expect(mayLookAt(position, position.anchor)).toBe(true);
      for (const wanted of [null, 'nonsense', ...steps])
        expect(mayLookAt(position, stepAt(position, wanted)), `${update.state} at ${String(wanted)}`).toBe(
          true,
        );
    }
  });

  test('either stays on the path or has a face of its own', () => {
    const off = all
      .filter(isInterlude)
      .map((update) => (update.state === 'failed' ? update.during : update.state));
    expect(off).toEqual([
      'unknown',
      'preparing',
      'rolling-back',
      'rolled-back',
      'rollback',
      'prune',
      'livepatch',
      'recover',
      'settings',
      'practice',
      'interrupted',
      'recovering',
      ...transactionKinds.map(() => 'recovered'),
      'damaged',
    ]);
  });
});

describe('what the wizard is about', () => {
  const withBoth = {
    ...status,
    plan: { id: 'plan-2', created: '', changes: 1, security: 0, downloadBytes: 0 },
    staged: {
      id: 'stage-1',
      plan: 'plan-1',
      created: '',
      ready: true,
      how: 'live' as const,
      interruptionSeconds: 0,
      packages: 1,
      conflicts: 0,
      undecided: 0,
      scheduled: false,
      scheduledAt: null,
      missed: null,
    },
  };

  test('is the plan that is rehearsed, then the one that was', () => {
    expect(planOf(staging, withBoth)).toBe('plan-1');
    expect(planOf({ ...staging, plan: null }, withBoth)).toBe('plan-2');
    expect(planOf(undecided, withBoth)).toBe('plan-1');
    expect(planOf(failed('stage', 'PLAN_STALE'), withBoth)).toBe('plan-2');
    expect(planOf(failed('activate', 'STAGE_STALE'), withBoth)).toBe('plan-1');
    expect(planOf(idle, withBoth)).toBeNull();
  });

  test('is no staged environment of another day', () => {
    expect(stageOf(planned, withBoth)).toBeNull();
    expect(stageOf(failed('stage', 'PACKAGE_SCRIPT_FAILED'), withBoth)).toBeNull();
    expect(stageOf(failed('stage', 'STAGE_UNVERIFIED'), withBoth)).toBe('stage-1');
    expect(stageOf(failed('activate', 'CHANGED_MEANWHILE'), withBoth)).toBe('stage-1');
    expect(stageOf(undecided, null)).toBe('stage-1');
  });
});
