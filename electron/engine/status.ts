/**
 * What the journal and the records say, as the status of the helper tells it. It is asked often, by anyone, also while a run is
 * going on: nothing is altered or created, and what is damaged or may not be read is part of the answer.
 */
import type { Status } from '../../shared/status.js';
import { engineFor, type Engine } from './engine.js';
import { faultOf } from './fault.js';
import { transactionsOf } from './journal/journal.js';
import type { Transaction } from './journal/read-journal.js';
import { heldBackPatches } from './kernel/livepatch/describe.js';
import { arrivalNotes } from './records/arrivals.js';
import { readAutomatic } from './records/automatic.js';
import { requireComplete } from './records/complete.js';
import { entryOf } from './records/entries.js';
import { readPlan } from './records/plans.js';
import { restorePointsOf } from './records/restore-points.js';
import { latestMs, scheduleFacts } from './records/schedule.js';
import { stagesOf, type StageRecord } from './records/stages.js';
import { unseenRecords } from './records/unseen-records.js';
import { activatedStages, succeeded, unreadableTitle, vouchedRestorePoints } from './records/vouched.js';
import type { System } from './system.js';

export { recordsStamp } from './records/stamp.js';

/** Until when facts hold while the records stay as they are: the moment of a switch passes by itself. Milliseconds since the epoch. */
export function holdsUntil({ staged }: Facts): number {
  const at = staged?.scheduledAt ?? null;
  return at === null ? Number.POSITIVE_INFINITY : Date.parse(at) + latestMs;
}

/** The rest of a status is what the process knows that answers. */
export type Facts = Omit<Status, 'helper' | 'run' | 'last' | 'recovered' | 'pending'>;

const nothing: Facts = {
  interrupted: null,
  plan: null,
  staged: null,
  latest: null,
  restartPending: false,
  heldBack: [],
  restorePoint: null,
  restorePoints: { count: 0, ownBytes: 0 },
  automatic: { lastAttempt: null, lastSuccess: null, failures: 0 },
  problem: null,
  unseen: [],
};

/** `interrupted` is any open transaction: the caller knows whether it is working on it itself. */
export function facts(system: System, now = new Date()): Facts {
  try {
    return seen(engineFor(system), now);
  } catch (error) {
    const unseen = unseenRecords(system, error);
    return unseen ? { ...nothing, unseen: [unseen] } : { ...nothing, problem: faultOf(error).problem };
  }
}

function seen({ system, environment }: Engine, now: Date): Facts {
  const kept = { clones: environment.clones(system), restorePoints: environment.restorePoints(system) };
  const transactions = transactionsOf(system);
  requireComplete(transactions, kept);
  const used = activatedStages(transactions);
  const stages = stagesOf(system, environment).filter(({ id }) => !used.has(id));
  const open = transactions.find(({ ended }) => !ended);
  const latest = transactions.findLast(
    ({ kind, ended }) => ended && (kind === 'activate' || kind === 'rollback'),
  );
  return {
    interrupted: open ? { transaction: open.id, kind: open.kind } : null,
    plan: waitingPlan(system, stages, transactions),
    staged: stagedOf(system, stages.at(-1), now),
    latest: latest ? latestOf(system, latest) : null,
    restartPending: environment.pending(system) !== undefined,
    heldBack: heldBackPatches(system),
    ...restorePoints(transactions, restorePointsOf(system, environment)),
    automatic: readAutomatic(system),
    problem: null,
    unseen: [],
  };
}

/** The newest plan, unless there is nothing in it to carry out, it was carried out, or a stage carries it. */
function waitingPlan(
  system: System,
  stages: readonly StageRecord[],
  transactions: readonly Transaction[],
): Facts['plan'] {
  const plan = newestPlan(system);
  if (!plan || plan.changes.length === 0) return null;
  const { id, created, changes, downloadBytes } = plan;
  // The id is made from the content: a stage that passed its verification is as good for the same plan made later.
  const carried = stages.some((stage) => stage.plan.id === id && (stage.ready || stage.created >= created));
  if (carried || wasCarriedOut(plan, transactions)) return null;
  return {
    id,
    created,
    changes: changes.length,
    security: changes.filter(({ security }) => security).length,
    downloadBytes,
  };
}

/** A plan that is damaged is none: it is made again in a moment. */
function newestPlan(system: System): ReturnType<typeof readPlan> | undefined {
  try {
    return readPlan(system);
  } catch (error) {
    if (faultOf(error).code === 'PLAN_UNKNOWN') return undefined;
    throw error;
  }
}

/** An activation forgets its plan at its very end, and may be cut before; a plan made since is another, whatever its id. */
function wasCarriedOut(
  plan: { readonly id: string; readonly created: string },
  transactions: readonly Transaction[],
): boolean {
  const stages = new Set<unknown>(
    transactions.flatMap(({ id, kind, records }) =>
      kind === 'stage' && records[0]?.data.plan === plan.id ? [id] : [],
    ),
  );
  return transactions.some((transaction) => {
    const { kind, records } = transaction;
    const isOfPlan = kind === 'activate' && stages.has(records[0]?.data.stage);
    return isOfPlan && succeeded(transaction) && (records[0]?.time ?? '') >= plan.created;
  });
}

function stagedOf(system: System, stage: StageRecord | undefined, now: Date): Facts['staged'] {
  if (!stage) return null;
  const { id, plan, created, ready, conflicts } = stage;
  return {
    id,
    plan: plan.id,
    created,
    ready,
    how: plan.activation.how,
    interruptionSeconds: plan.activation.interruptionSeconds,
    packages: plan.changes.length,
    conflicts: conflicts.length,
    undecided: conflicts.filter(({ decided }) => !decided).length,
    ...scheduleFacts(system, id, now),
  };
}

function latestOf(system: System, transaction: Transaction): Facts['latest'] {
  const entry = entryOf(transaction, [], arrivalNotes(system));
  const { kind, ended, outcome, stage, restorePoint, arrival } = entry;
  const known = { transaction: transaction.id, kind, ended, outcome, stage, restorePoint };
  return arrival ? { ...known, arrival } : known;
}

function restorePoints(
  transactions: readonly Transaction[],
  points: ReturnType<typeof restorePointsOf>,
): Pick<Facts, 'restorePoint' | 'restorePoints'> {
  const vouched = vouchedRestorePoints(transactions);
  const known = new Map(points.map((point) => [point.id, point]));
  const newest = vouched.at(-1);
  const record = newest && known.get(newest.id);
  return {
    restorePoint: newest
      ? {
          id: newest.id,
          created: record?.created ?? newest.begun,
          title: record?.title ?? unreadableTitle,
        }
      : null,
    restorePoints: {
      count: vouched.length,
      ownBytes: vouched.reduce((total, { id }) => total + (known.get(id)?.ownBytes ?? 0), 0),
    },
  };
}
