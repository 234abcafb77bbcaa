/**
 * The verb `rollback`: returns to a restore point. The same exchange in reverse, and as crash-safe: constant time, whatever
 * the size of the update was. An older restore point is reached through the newer ones, each a transaction of its own.
 */
import { linkSync, mkdirSync, rmSync } from 'node:fs';
import type { Outcome } from '../../shared/errors.js';
import type { RolledBack } from '../../shared/history.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import type { Switch } from './environments/environment.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { copyEntry } from './files/copy-tree.js';
import { statusOf } from './environments/tree/overlay-view.js';
import { fitness } from './fitness.js';
import { begin } from './journal/journal.js';
import { withPackageLocks, withStoreLock } from './journal/lock.js';
import { bytes, display, join, parentOf, type RawPath } from './posix/raw-path.js';
import { newId } from './records/ids.js';
import { readRestorePoint, restorePointsOf, type RestorePointRecord } from './records/restore-points.js';
import { requireRecovered } from './recover.js';
import { renewBootMenu } from './restart.js';
import { changedSince, type Since } from './since.js';
import { storeFolder, type System } from './system.js';

export interface RollbackOptions {
  /** The newest one by default. */
  readonly restorePoint?: string;
  /** Only say what would be lost. */
  readonly dryRun?: boolean;
}

export function rollback(system: System, options: RollbackOptions = {}): Promise<Outcome<RolledBack>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    const { environment, packages } = engine;
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      const started = Date.now();
      const target = readRestorePoint(system, environment, options.restorePoint);
      const way = restorePointsOf(system, environment)
        .filter(({ created, id }) => id === target.id || created > target.created)
        .reverse();
      return withPackageLocks(system, packages, async () => {
        const results: RolledBack[] = [];
        for (const point of way) results.push(await returnTo(engine, point, options.dryRun ?? false));
        if (!options.dryRun && system.isRunning) await renewBootMenu();
        return combined(target.id, results, (Date.now() - started) / 1000);
      });
    });
  });
}

async function returnTo(engine: Engine, point: RestorePointRecord, dryRun: boolean): Promise<RolledBack> {
  const { system, environment } = engine;
  const back = requireFit(engine, point);
  const since = await system.report.phase('compare', 'Looking for what changed since', () =>
    changedSince(engine, point, back),
  );
  const answer = {
    restorePoint: point.id,
    lost: { packages: [...since.packages], files: since.lost.map(named) },
    kept: since.kept.map(named),
  };
  if (dryRun) return { ...answer, dryRun, seconds: 0, switchSeconds: 0, keptAside: null };
  system.signal.throwIfAborted();
  const id = newId('rollback');
  const transaction = begin(system, 'rollback', id, { restorePoint: point.id });
  const started = Date.now();
  const aside = await system.report.phase('switch', 'Returning to the environment before', () => {
    transaction.step('prepare');
    const kept = keepAside(system, id, since);
    back.prepareRollback(since.keepsakes);
    transaction.commit('switch-back');
    back.switchBack();
    transaction.step('settle');
    back.settleBack('rollback');
    transaction.end('done');
    return Promise.resolve(kept);
  });
  const switchSeconds = (Date.now() - started) / 1000;
  await system.report.phase('clean', 'Removing what is no longer needed', () => {
    environment.destroyRestorePoint(system, point.id);
    return Promise.resolve();
  });
  return { ...answer, dryRun, seconds: 0, switchSeconds, keptAside: aside };
}

/** Throws `RESTORE_POINT_DAMAGED` or `RESTORE_POINT_UNFIT`. */
function requireFit({ system, environment }: Engine, point: RestorePointRecord): Switch {
  const back = environment.readSwitch(system, point.id);
  const damages = back.damages();
  if (damages.length > 0) throw new Fault('RESTORE_POINT_DAMAGED', ...damages);
  const unfit = fitness(back.viewBefore());
  if (unfit.length > 0) throw new Fault('RESTORE_POINT_UNFIT', ...unfit);
  return back;
}

/** The user's versions of files that go back: linked into `store/kept/<rollback>`, so that nothing is lost. */
function keepAside(system: System, id: string, { lost }: Since): string | null {
  if (lost.length === 0) return null;
  const folder = join(storeFolder(system, 'kept'), id);
  for (const path of lost) {
    const from = join(system.root, path);
    const status = statusOf(from);
    if (!status || status.isDirectory()) continue;
    const to = join(folder, path);
    mkdirSync(bytes(parentOf(to)), { recursive: true, mode: 0o700 });
    rmSync(bytes(to), { force: true });
    try {
      linkSync(bytes(from), bytes(to));
    } catch (error) {
      if (!['EXDEV', 'EPERM', 'EMLINK'].includes(systemErrorCode(error) ?? '')) throw error;
      copyEntry(from, to);
    }
  }
  return display(folder);
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

function named(path: RawPath): string {
  return `/${display(path)}`;
}
