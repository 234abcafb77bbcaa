/**
 * The verb `prune`: removes the oldest restore points beyond a number or a size. Never the only one, never the newest,
 * never one that something stands on: a rollback to an older one goes through the newer ones, so the oldest go first.
 */
import type { Outcome } from '../../shared/errors.js';
import type { Pruned } from '../../shared/history.js';
import { privilegedEngineFor } from './engine.js';
import { Fault, outcomeOf } from './fault.js';
import { begin } from './journal/journal.js';
import { withStoreLock } from './journal/lock.js';
import { newId } from './records/ids.js';
import { restorePointsOf, type RestorePointRecord } from './records/restore-points.js';
import { requireRecovered } from './recover.js';
import type { System } from './system.js';

export interface PruneOptions {
  /** Restore points to keep; the setting by default, at least 1. */
  readonly keep?: number;
  /** Bytes that they may hold together; the setting by default. */
  readonly maxBytes?: number;
  readonly dryRun?: boolean;
}

export function prune(system: System, options: PruneOptions = {}): Promise<Outcome<Pruned>> {
  return outcomeOf(async () => {
    const keep = options.keep ?? system.settings.keepRestorePoints;
    const maxBytes = options.maxBytes ?? system.settings.restorePointBytes;
    if (!Number.isInteger(keep) || keep < 0 || !(maxBytes >= 0))
      throw new Fault('USAGE', 'keep and size are whole numbers from 0.');
    if (keep === 0) throw new Fault('RESTORE_POINT_NEEDED', 'At least one restore point is always kept.');
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      const points = restorePointsOf(system, engine.environment);
      const kept = withinBounds(points, keep, maxBytes);
      const removed = points.slice(0, points.length - kept.length);
      if (!options.dryRun && removed.length > 0) {
        const ids = removed.map(({ id }) => id);
        const transaction = begin(system, 'prune', newId('prune'), { restorePoints: ids });
        for (const id of ids) {
          transaction.step('remove', { restorePoint: id });
          engine.environment.destroyRestorePoint(system, id);
        }
        transaction.end('done');
      }
      return {
        removed: removed.map(({ id }) => id),
        kept: kept.map(({ id }) => id),
        freedBytes: removed.reduce((total, { ownBytes }) => total + ownBytes, 0),
      };
    });
  });
}

/** The newest ones that fit both bounds; always at least the newest. */
function withinBounds(
  points: readonly RestorePointRecord[],
  keep: number,
  maxBytes: number,
): RestorePointRecord[] {
  const kept: RestorePointRecord[] = [];
  let total = 0;
  for (const point of [...points].reverse()) {
    total += point.ownBytes;
    if (kept.length > 0 && (kept.length >= keep || total > maxBytes)) break;
    kept.unshift(point);
  }
  return kept;
}
