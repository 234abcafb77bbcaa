/**
 * The verb `history`: what happened, from the journal, and what can be returned to. The records are root's alone: whoever may
 * not read them is told so, and that is no failure.
 */
import type { Outcome } from '../../shared/errors.js';
import type { History, RestorePoint } from '../../shared/history.js';
import { engineFor, type Engine } from './engine.js';
import { faultOf, outcomeOf } from './fault.js';
import { fitness } from './fitness.js';
import { measuredInterruptions } from './interruption/measured.js';
import { transactionsOf } from './journal/journal.js';
import { patchedIn } from './kernel/livepatch/journaled.js';
import { undoable } from './kernel/livepatch/undo.js';
import { arrivalNotes } from './records/arrivals.js';
import { entryOf } from './records/entries.js';
import { restorePointsOf, type RestorePointRecord } from './records/restore-points.js';
import { stagesOf } from './records/stages.js';
import { unreadableTitle, vouchedRestorePoints, type Vouched } from './records/vouched.js';
import { unseenRecords } from './records/unseen-records.js';
import { requireRecord } from './since.js';
import type { System } from './system.js';

export function history(system: System): Promise<Outcome<History>> {
  // eslint-disable-next-line @typescript-eslint/require-await -- a verb answers with a promise, and its body may throw
  return outcomeOf(async () => {
    const engine = engineFor(system);
    try {
      const points = restorePointsOf(system, engine.environment);
      const transactions = transactionsOf(system);
      const arrivals = arrivalNotes(system);
      const measured = measuredInterruptions(system);
      const undos = undoable(system, transactions);
      return {
        entries: transactions
          .map((transaction) => {
            const patched = patchedIn(transaction);
            const livepatch = patched && { ...patched, undo: undos.has(transaction.id) };
            const entry = entryOf(transaction, points, arrivals, measured);
            return livepatch ? { ...entry, livepatch } : entry;
          })
          .reverse(),
        restorePoints: vouchedRestorePoints(transactions)
          .map((vouched) => {
            const point = points.find(({ id }) => id === vouched.id);
            return point ? restorePointOf(engine, point) : unreadable(vouched);
          })
          .reverse(),
        staged: stagesOf(system, engine.environment).map(({ id, plan, created, ready }) => ({
          id,
          plan: plan.id,
          created,
          verified: ready,
        })),
        unseen: [],
      };
    } catch (error) {
      const unseen = unseenRecords(system, error);
      if (unseen) return { entries: [], restorePoints: [], staged: [], unseen: [unseen] };
      throw error;
    }
  });
}

function restorePointOf({ system, environment }: Engine, point: RestorePointRecord): RestorePoint {
  const problems: string[] = [];
  try {
    const back = environment.readSwitch(system, point.id);
    problems.push(...back.damages());
    // Of one that waits for its start there is none yet, and none is needed.
    if (back.isInEffect()) requireRecord({ system }, point);
    if (problems.length === 0) problems.push(...fitness(back.viewBefore()));
  } catch (error) {
    const { problem } = faultOf(error);
    problems.push([problem.sentence, ...problem.details].join(' '));
  }
  const { id, created, title, ownBytes } = point;
  return { id, created, title, ownBytes, usable: problems.length === 0, problems, inUse: false };
}

function unreadable({ id, begun }: Vouched): RestorePoint {
  return {
    id,
    created: begun,
    title: unreadableTitle,
    ownBytes: 0,
    usable: false,
    problems: ['Its record is damaged or missing.'],
    inUse: false,
  };
}
