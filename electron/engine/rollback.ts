/**
 * The verb `rollback`: returns to a restore point. The same exchange in reverse, and as crash-safe: constant time, whatever
 * the size of the update was. An older restore point is reached through the newer ones, each a transaction of its own.
 */
import type { Outcome } from '../../shared/errors.js';
import type { RolledBack } from '../../shared/history.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import { Fault, outcomeOf } from './fault.js';
import { transactionsOf } from './journal/journal.js';
import { withPackageLocks, withStoreLock } from './journal/lock.js';
import { newId } from './records/ids.js';
import { readRestorePoint, type RestorePointRecord } from './records/restore-points.js';
import { vouchedRestorePoints } from './records/vouched.js';
import { requireRecovered } from './recover.js';
import { withAccountsLock } from './reintegrate/accounts/account-lock.js';
import { renewBootMenu } from './restart/boot-menu.js';
import { returnTo, type Journey } from './return-to.js';
import type { System } from './system.js';
import { cancelTrial } from './trial/begin-trial.js';

export interface RollbackOptions {
  /** The newest one by default. */
  readonly restorePoint?: string;
  /** Only say what would be lost. */
  readonly dryRun?: boolean;
  /** What speaks against the system that is left, for the history. */
  readonly because?: readonly string[];
}

export function rollback(system: System, options: RollbackOptions = {}): Promise<Outcome<RolledBack>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    const { packages, environment } = engine;
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      const started = Date.now();
      const way = wayTo(engine, options.restorePoint);
      requireOneStart(engine, way);
      const alone = <T>(body: () => Promise<T>): Promise<T> =>
        withPackageLocks(system, packages, () => (options.dryRun ? body() : withAccountsLock(system, body)));
      return alone(async () => {
        const results: RolledBack[] = [];
        const journey: Journey = {
          dryRun: options.dryRun ?? false,
          aside: newId('rollback'),
          passed: new Set(),
          ...(options.because && { because: { reason: 'unhealthy', findings: options.because } }),
        };
        for (const point of way) results.push(await returnTo(engine, point, journey));
        const isInEffect = environment.pending(system) === undefined;
        if (!options.dryRun && system.isRunning && isInEffect) {
          await renewBootMenu(system);
          for (const { id } of way) cancelTrial(engine, id);
        }
        return combined(way.at(-1)?.id ?? '', results, (Date.now() - started) / 1000);
      });
    });
  });
}

/**
 * The restore points to return through, newest first; the last one is the target. Throws `RESTORE_POINT_UNKNOWN`,
 * `NOTHING_TO_ROLL_BACK`, and `RESTORE_POINT_DAMAGED` when one on the way cannot be read: none is passed over.
 */
function wayTo(
  { system }: Engine,
  wanted: string | undefined,
): [...RestorePointRecord[], RestorePointRecord] {
  const made = vouchedRestorePoints(transactionsOf(system));
  const newest = made.at(-1);
  if (!newest) throw new Fault(wanted === undefined ? 'NOTHING_TO_ROLL_BACK' : 'RESTORE_POINT_UNKNOWN');
  const target = made.findIndex(({ id }) => id === (wanted ?? newest.id));
  if (target < 0) throw new Fault('RESTORE_POINT_UNKNOWN', JSON.stringify(wanted?.slice(0, 80)));
  const points = made.slice(target).map(({ id }) => readRestorePoint(system, id));
  const [last, ...newer] = points as [RestorePointRecord, ...RestorePointRecord[]];
  return [...newer.reverse(), last];
}

/**
 * Where a return takes effect at a start, there is one return a start: what runs is the tree that it is reckoned from. A switch that waits
 * for its restart can be taken back at once. Throws `RESTART_PENDING`.
 */
function requireOneStart({ system, environment }: Engine, way: readonly RestorePointRecord[]): void {
  if (environment.takesEffect === 'at-once') return;
  const pending = environment.pending(system);
  const [first, ...others] = way;
  if (pending !== undefined && (pending !== first?.id || others.length > 0))
    throw new Fault('RESTART_PENDING', pending);
  if (others.length > 0)
    throw new Fault('RESTART_PENDING', `Return to ${first?.id} first, restart, and then go further back.`);
}

function combined(restorePoint: string, results: readonly RolledBack[], seconds: number): RolledBack {
  return {
    restorePoint,
    dryRun: results.every(({ dryRun }) => dryRun),
    seconds,
    switchSeconds: results.reduce((total, result) => total + result.switchSeconds, 0),
    lost: {
      packages: results.flatMap(({ lost }) => lost.packages),
      files: results.flatMap(({ lost }) => lost.files),
    },
    kept: [...new Set(results.flatMap(({ kept }) => kept))],
    keptAside: results.find(({ keptAside }) => keptAside !== null)?.keptAside ?? null,
  };
}
