import { describe, expect, test } from 'vitest';
import {
  deriveState,
  heldBackIn,
  leftBehind,
  overIn,
  unseenArrival,
  unseenHeldBack,
} from '../../../electron/services/update-state.js';
import { errorCodes, exitCodeOf } from '../../../shared/errors.js';
import { mayFollow, updateStateSchema } from '../../../shared/state.js';
import type { Status } from '../../../shared/status.js';
import { helperLife } from './helper-life.js';
import { ended, moment, planned, problem, run, staged, status, switched } from './status.js';

const nothingSeen = new Set<string>();
const of = (part: Partial<Status>, seen: Iterable<string> = []) => deriveState(status(part), new Set(seen));

test('without a helper nothing is known', () => {
  expect(deriveState(null, nothingSeen)).toEqual({ state: 'unknown' });
});

describe('a run decides', () => {
  test.each([
    ['practice', 'preparing'],
    ['plan', 'planning'],
    ['stage', 'staging'],
    ['activate', 'switching'],
    ['rollback', 'rolling-back'],
    ['recover', 'recovering'],
  ] as const)('%s: %s', (kind, state) => {
    const facts = { run: run(kind, { subject: 'any-0001' }), staged: staged(), plan: planned() };
    expect(of(facts)).toMatchObject({ state, run: 'run-0001' });
  });

  test.each(['decide', 'prune', 'settings'] as const)('%s leaves what is there', (kind) => {
    expect(of({ run: run(kind), staged: staged() }).state).toBe('staged');
  });
});

describe('what is wrong with the records comes before what they say', () => {
  test('damage', () => {
    expect(of({ problem: problem('JOURNAL_DAMAGED', 'line 3'), staged: staged() })).toEqual({
      state: 'damaged',
      problem: problem('JOURNAL_DAMAGED', 'line 3'),
    });
  });

  test('an interruption that nobody settled', () => {
    const interrupted = { transaction: 'activate-0001', kind: 'activate' } as const;
    expect(of({ interrupted, staged: staged() })).toEqual({ state: 'interrupted', ...interrupted });
  });

  test('a practice system that could not be made is a failure', () => {
    const reason = problem('PRACTICE_IMPOSSIBLE', 'no room');
    expect(of({ problem: reason, last: ended('practice', reason) }, ['run-0001'])).toEqual({
      state: 'failed',
      during: 'practice',
      problem: reason,
    });
  });
});

test('a recovery is told until it was seen', () => {
  const settled = { transaction: 'activate-0001', kind: 'activate', outcome: 'rolled-back' } as const;
  const facts = { recovered: [{ ...settled, sentence: '' }], staged: staged() };
  expect(of(facts)).toEqual({ state: 'recovered', ...settled });
  expect(of(facts, ['activate-0001']).state).toBe('staged');
});

describe('how the last run ended', () => {
  test.each(errorCodes)('%s', (code) => {
    const isNone = ['CANCELLED', 'NOTHING_TO_DO', 'RECOVERED', 'AUTHORISATION_DISMISSED'].includes(code);
    const { state } = of({ last: ended('stage', problem(code)) });
    expect(state).toBe(isNone ? 'idle' : exitCodeOf(code) === 4 ? 'blocked' : 'failed');
  });

  test('it is told until it was seen', () => {
    const last = ended('activate', problem('COMMIT_FAILED'));
    expect(of({ last, staged: staged() })).toMatchObject({ state: 'failed', during: 'activate' });
    expect(of({ last, staged: staged() }, [last.id]).state).toBe('staged');
  });

  test('what blocks names the plan', () => {
    const facts = { last: ended('stage', problem('CHECK_BLOCKED'), { subject: 'plan-0007' }) };
    expect(of(facts)).toMatchObject({ state: 'blocked', plan: 'plan-0007' });
    const atSwitch = { last: ended('activate', problem('CHECK_BLOCKED'), { subject: 'stage-0001' }) };
    expect(of({ ...atSwitch, staged: staged() })).toMatchObject({ state: 'blocked', plan: 'plan-0001' });
  });

  test.each(['decide', 'prune', 'settings'] as const)('that of %s is for who asked', (kind) => {
    expect(of({ last: ended(kind, problem('INTERNAL')) }).state).toBe('idle');
  });
});

describe('the newest result counts', () => {
  test('nothing: idle, with what is waiting', () => {
    const pending = { updates: 7, security: 2, counted: moment(0) };
    expect(of({ pending })).toEqual({ state: 'idle', pending: 7, security: 2 });
    expect(of({})).toEqual({ state: 'idle', pending: null, security: 0 });
    expect(of({ plan: planned({ changes: 0 }) }).state).toBe('idle');
  });

  test('a plan, then what was staged by it', () => {
    expect(of({ plan: planned() })).toEqual({ state: 'planned', plan: 'plan-0001', changes: 5 });
    expect(of({ plan: planned(), staged: staged() })).toEqual({
      state: 'staged',
      stage: 'stage-0001',
      plan: 'plan-0001',
      how: 'soft-reboot',
      interruptionSeconds: 20,
      scheduled: false,
      scheduledAt: null,
      missed: null,
    });
    expect(of({ plan: planned({ created: moment(9) }), staged: staged() }).state).toBe('planned');
  });

  test('conflicts have to be decided', () => {
    expect(of({ staged: staged({ undecided: 2 }) })).toEqual({
      state: 'needs-decision',
      stage: 'stage-0001',
      undecided: 2,
    });
  });

  test('a staged environment that was refused is no offer', () => {
    const facts = { staged: staged({ ready: false }) };
    expect(of(facts)).toMatchObject({ state: 'failed', problem: { code: 'STAGE_UNVERIFIED' } });
    expect(of(facts, ['stage-0001']).state).toBe('idle');
  });

  test('a switch, until it was seen; what it used up is not offered again', () => {
    const facts = { staged: staged(), latest: switched() };
    expect(of(facts)).toEqual({ state: 'done', stage: 'stage-0001', restorePoint: 'point-0001' });
    expect(of(facts, ['activate-0001']).state).toBe('idle');
  });

  test('a rollback, and one that failed', () => {
    const latest = switched({ kind: 'rollback', transaction: 'rollback-0001' });
    expect(of({ latest })).toEqual({ state: 'rolled-back', restorePoint: 'point-0001' });
    expect(of({ latest: { ...latest, outcome: 'failed' } }).state).toBe('idle');
  });

  test.each(['rolled-forward', 'rolled-back'] as const)(
    'a switch that was interrupted and settled while nobody watched (%s)',
    (outcome) => {
      const facts = { staged: staged(), latest: switched({ outcome }) };
      const transaction = 'activate-0001';
      expect(of(facts)).toEqual({ state: 'recovered', transaction, kind: 'activate', outcome });
      expect(of(facts, [transaction]).state).toBe(outcome === 'rolled-back' ? 'staged' : 'idle');
    },
  );

  test('what was staged after a switch comes before it', () => {
    const facts = { latest: switched(), staged: staged({ id: 'stage-0002', created: moment(9) }) };
    expect(of(facts).state).toBe('staged');
  });
});

describe('what is left behind by who goes on', () => {
  const before = status({ last: ended('stage', problem('NO_SPACE')), latest: switched() });
  const going = status({ ...before, run: run('plan', { id: 'run-0002' }) });

  test('all that was over', () => {
    expect(leftBehind(before, going)).toEqual(['run-0001', 'activate-0001']);
    expect(overIn(before)).toEqual(['run-0001', 'activate-0001']);
  });

  test('nothing while the same run goes on, or by a recovery, or by a change of the settings', () => {
    expect(leftBehind(going, going)).toEqual([]);
    expect(leftBehind(before, status({ run: run('recover') }))).toEqual([]);
    expect(leftBehind(before, status({ run: run('settings') }))).toEqual([]);
    expect(leftBehind(null, going)).toEqual([]);
  });
});

describe('what a start in another environment could not bring over', () => {
  const arrival = { folder: '/kept/point-1', files: ['/etc/motd'], problems: [] };
  const after = status({ latest: switched({ arrival }) });

  test('is news until it was seen, also where the switch itself was seen before the start', () => {
    expect(unseenArrival(null, nothingSeen)).toBeUndefined();
    expect(unseenArrival(status({ latest: switched() }), nothingSeen)).toBeUndefined();
    expect(unseenArrival(after, new Set(overIn(status({ latest: switched() }))))).toEqual(arrival);
    expect(unseenArrival(after, new Set(overIn(after)))).toBeUndefined();
  });
});

describe('a live patch that is held back', () => {
  const patch = { release: '6.1.0-49-amd64', name: 'fix_net', since: moment(1) };
  const after = status({ heldBack: [patch] });

  test('is news until it was seen, and again when the machine went down with it once more', () => {
    expect(unseenHeldBack(null, nothingSeen)).toEqual([]);
    expect(unseenHeldBack(after, nothingSeen)).toEqual([patch]);
    const seen = new Set(heldBackIn(after));
    expect(unseenHeldBack(after, seen)).toEqual([]);
    const again = { ...patch, since: moment(9) };
    expect(unseenHeldBack(status({ heldBack: [again] }), seen)).toEqual([again]);
  });

  test('is not left behind by what begins', () => {
    const seen = new Set(leftBehind(after, status({ heldBack: [patch], run: run('stage') })));
    expect(unseenHeldBack(after, seen)).toEqual([patch]);
  });
});

describe('whatever happens in the life of a helper', () => {
  test.each(Array.from({ length: 300 }, (_, seed) => seed))(
    'only allowed states follow (seed %i)',
    (seed) => {
      const seen = new Set<string>();
      let before: Status | null = null;
      let state = deriveState(null, seen);
      for (const { status: after, acknowledge } of helperLife(seed, 80)) {
        for (const id of leftBehind(before, after)) seen.add(id);
        if (acknowledge) for (const id of overIn(after)) seen.add(id);
        const next = updateStateSchema.parse(deriveState(after, seen));
        expect(mayFollow(state.state, next.state), `${state.state} → ${next.state}`).toBe(true);
        state = next;
        before = after;
      }
    },
  );
});
