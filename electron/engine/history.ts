/** The verb `history`: what happened, from the journal, and what can be returned to. */
import type { Outcome } from '../../shared/errors.js';
import type { History, HistoryEntry, RestorePoint } from '../../shared/history.js';
import { engineFor, type Engine } from './engine.js';
import { Fault, faultOf, outcomeOf, systemErrorCode } from './fault.js';
import { fitness } from './fitness.js';
import { transactionsOf } from './journal/journal.js';
import type { Transaction } from './journal/read-journal.js';
import { restorePointsOf, type RestorePointRecord } from './records/restore-points.js';
import { stagesOf } from './records/stages.js';
import { vouchedRestorePoints, type Vouched } from './records/vouched.js';
import { requireRecord } from './since.js';
import type { System } from './system.js';

export function history(system: System): Promise<Outcome<History>> {
  // eslint-disable-next-line @typescript-eslint/require-await -- a verb answers with a promise, and its body may throw
  return outcomeOf(async () => {
    const engine = engineFor(system);
    try {
      const points = restorePointsOf(system, engine.environment);
      const transactions = transactionsOf(system);
      return {
        entries: transactions.map((transaction) => entryOf(transaction, points)).reverse(),
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
      };
    } catch (error) {
      if (systemErrorCode(error) === 'EACCES') throw new Fault('NOT_ROOT');
      throw error;
    }
  });
}

function entryOf({ id, kind, records }: Transaction, points: readonly RestorePointRecord[]): HistoryEntry {
  const [first, last] = [records[0], records.at(-1)];
  const text = (name: string): string | null => {
    const value = first?.data[name];
    return typeof value === 'string' ? value : null;
  };
  const ended = last?.type === 'end' ? last : undefined;
  const restorePoint = text('restorePoint');
  return {
    transaction: id,
    kind,
    started: first?.time ?? '',
    ended: ended?.time ?? null,
    seconds: ended && first ? (Date.parse(ended.time) - Date.parse(first.time)) / 1000 : null,
    outcome: outcomeNamed(ended?.step),
    title: titles[kind],
    stage: kind === 'stage' ? id : text('stage'),
    restorePoint,
    packages: points.find((point) => point.id === restorePoint)?.packages ?? [],
  };
}

const titles: Readonly<Record<HistoryEntry['kind'], string>> = {
  stage: 'An update was rehearsed',
  activate: 'The system was updated',
  rollback: 'The system was taken back',
  prune: 'Old restore points were removed',
};

function outcomeNamed(step: string | undefined): HistoryEntry['outcome'] {
  switch (step) {
    case 'done':
    case 'failed':
    case 'rolled-back':
    case 'rolled-forward':
      return step;
    case undefined:
    default:
      return 'open';
  }
}

function restorePointOf({ system, environment }: Engine, point: RestorePointRecord): RestorePoint {
  const problems: string[] = [];
  try {
    const back = environment.readSwitch(system, point.id);
    problems.push(...back.damages());
    requireRecord({ system }, point);
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
    title: 'A restore point that cannot be read',
    ownBytes: 0,
    usable: false,
    problems: ['Its record is damaged or missing.'],
    inUse: false,
  };
}
