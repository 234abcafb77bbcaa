/**
 * A helper's life as a seeded sequence of statuses: it begins, recovers, and then one run follows the other, each with one of the
 * ends that such a run can have. What it leaves in the records is what the engine leaves there.
 */
import { problem, type ErrorCode, type Problem } from '../../../shared/errors.js';
import type { RunKind } from '../../../shared/run.js';
import type { Status } from '../../../shared/status.js';
import { moment, planned, run, staged, status, switched } from './status.js';

export interface Moment {
  readonly status: Status;
  /** The user acknowledges what is over in it. */
  readonly acknowledge: boolean;
}

/** A small generator with a known sequence (mulberry32). */
function random(seed: number): () => number {
  let state = seed + 0x6d2b79f5;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const failures: readonly ErrorCode[] = [
  'CANCELLED',
  'CHECK_BLOCKED',
  'NO_SPACE',
  'BUSY_PACKAGES',
  'ARCHIVE_UNREACHABLE',
  'STAGE_STALE',
  'INTERNAL',
];

export function* helperLife(seed: number, length: number): Generator<Moment> {
  const chance = random(seed);
  const one = <T>(values: readonly T[]): T => values[Math.floor(chance() * values.length)]!;
  let clock = 0;
  let ids = 0;
  const id = (name: string): string => `${name}-${String((ids += 1)).padStart(4, '0')}`;
  const now = (): string => moment((clock += 1));
  const practice = chance() < 0.3;
  let facts = status({ helper: { ...status().helper, practice } });
  const told = (part: Partial<Status>): Moment => {
    facts = { ...facts, ...part };
    return { status: facts, acknowledge: chance() < 0.2 };
  };

  function* going(kind: RunKind): Generator<Moment, string> {
    const current = run(kind, { id: id('run'), started: now() });
    yield told({ run: current });
    if (chance() < 0.3) yield told({ run: { ...current, cancelling: true } });
    return current.id;
  }
  const over = (kind: RunKind, runId: string, reason: Problem | null, part: Partial<Status> = {}): Moment =>
    told({
      run: null,
      last: { id: runId, kind, subject: null, started: now(), ended: now(), problem: reason },
      ...part,
    });

  function* recover(): Generator<Moment> {
    const runId = yield* going('recover');
    if (facts.interrupted && chance() < 0.2) {
      yield over('recover', runId, problem(one(['NO_SPACE', 'BUSY_UNDERSTUDY'])));
      return;
    }
    const { interrupted } = facts;
    const outcome = one(['rolled-back', 'rolled-forward'] as const);
    const found = interrupted ? [{ ...interrupted, outcome, sentence: 'It was settled.' }] : [];
    yield over('recover', runId, null, {
      interrupted: null,
      recovered: [...facts.recovered, ...found],
      ...(interrupted?.kind === 'activate' || interrupted?.kind === 'rollback'
        ? { latest: switched({ ...interrupted, ended: now(), outcome, stage: facts.staged?.id ?? null }) }
        : {}),
      // A switch that went forward has used up what was staged, and left a restore point.
      ...(interrupted?.kind === 'activate' && outcome === 'rolled-forward' ? after() : {}),
    });
  }
  const after = (): Partial<Status> => ({
    staged: null,
    plan: null,
    restorePoint: { id: id('point'), created: now(), title: 'Before' },
  });

  /** The records as someone else, a command line as root, may leave them: open, or damaged. */
  function* someoneElse(): Generator<Moment> {
    if (chance() < 0.5) {
      yield told({
        interrupted: { transaction: id('stage'), kind: one(['stage', 'activate', 'rollback', 'prune']) },
      });
      while (facts.interrupted) yield* recover();
    } else {
      yield told({ problem: problem('JOURNAL_DAMAGED', 'line 3') });
      yield told({ problem: null });
    }
  }

  function* step(): Generator<Moment> {
    const kind = one<RunKind>([
      'plan',
      'plan',
      'stage',
      'stage',
      ...(facts.staged ? (['activate', 'activate', 'decide', 'unschedule'] as const) : []),
      ...(facts.restorePoint ? (['rollback', 'prune'] as const) : []),
      'settings',
      ...(practice ? (['practice'] as const) : []),
    ]);
    const runId = yield* going(kind);
    if (kind !== 'practice' && chance() < 0.08) {
      const found = {
        transaction: id('stage'),
        kind: 'stage',
        outcome: 'rolled-back',
        sentence: '',
      } as const;
      yield told({ recovered: [...facts.recovered, found] });
      yield over(kind, runId, problem('RECOVERED'));
      return;
    }
    if (chance() < 0.35) {
      yield over(kind, runId, problem(one(failures)));
      return;
    }
    yield over(kind, runId, null, resultOf(kind));
  }

  function resultOf(kind: RunKind): Partial<Status> {
    switch (kind) {
      case 'plan':
        return { plan: planned({ id: id('plan'), created: now(), changes: one([0, 5]) }) };
      case 'stage': {
        const stage = staged({
          id: id('stage'),
          created: now(),
          ready: chance() > 0.2,
          undecided: one([0, 0, 2]),
        });
        return { staged: stage, plan: null };
      }
      case 'decide':
        return facts.staged ? { staged: { ...facts.staged, undecided: 0 } } : {};
      case 'activate':
        if (facts.staged && chance() < 0.3) return { staged: { ...facts.staged, scheduled: true } };
        return {
          latest: switched({ transaction: id('activate'), ended: now(), stage: facts.staged?.id ?? null }),
          ...after(),
        };
      case 'rollback':
        return {
          latest: switched({ transaction: id('rollback'), kind: 'rollback', ended: now() }),
          restorePoint: null,
        };
      case 'practice':
        return { plan: null, staged: null, latest: null, restorePoint: null };
      case 'livepatch':
      case 'unschedule':
        return facts.staged ? { staged: { ...facts.staged, scheduled: false } } : {};
      case 'prune':
      case 'recover':
      case 'settings':
        return {};
    }
  }

  // What the records hold from before this helper began.
  if (chance() < 0.5) facts = { ...facts, ...resultOf('stage') };
  if (chance() < 0.3) facts = { ...facts, ...resultOf('activate') };
  if (chance() < 0.3) facts = { ...facts, interrupted: { transaction: id('activate'), kind: 'activate' } };
  if (practice) {
    const runId = yield* going('practice');
    if (chance() < 0.1) {
      yield over('practice', runId, problem('PRACTICE_IMPOSSIBLE'), {
        problem: problem('PRACTICE_IMPOSSIBLE'),
      });
      return;
    }
    yield over('practice', runId, null);
  }
  yield* recover();
  while (facts.interrupted) yield* recover();
  for (let count = 0; count < length; count += 1) yield* chance() < 0.05 ? someoneElse() : step();
}
