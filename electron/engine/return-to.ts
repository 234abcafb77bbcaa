/** The way back from one restore point to the one before it: what `rollback` does for whoever asks, and `recover` where a new system did not come up. */
import { linkSync, mkdirSync } from 'node:fs';
import type { FallbackReason, RolledBack } from '../../shared/history.js';
import type { Engine } from './engine.js';
import type { Switch } from './environments/environment.js';
import { statusOf } from './environments/tree/overlay-view.js';
import { Fault, faultOf, systemErrorCode } from './fault.js';
import { copyEntry } from './files/copy-tree.js';
import { fitness } from './fitness.js';
import { begin } from './journal/journal.js';
import { layMerged } from './meanwhile/merge-back.js';
import { bytes, display, join, parentOf, type RawPath } from './posix/raw-path.js';
import { newId } from './records/ids.js';
import type { RestorePointRecord } from './records/restore-points.js';
import { changedSince, type Since } from './since.js';
import { machineOf, storeFolder, type System } from './system.js';
import { startReturn } from './trial/begin-trial.js';
import { bootFilesOf, type BootFiles } from './trial/boot-files.js';

export interface Journey {
  readonly dryRun: boolean;
  /** Names the folder for the user's versions of files that go back: one for the whole way. */
  readonly aside: string;
  /** Paths that newer updates on the way changed: in a dry run they still look as those left them. */
  readonly passed: Set<string>;
  /** Why, where nobody asked for it. */
  readonly because?: { readonly reason: FallbackReason; readonly findings?: readonly string[] };
}

/** Nobody has worked yet in an environment that was never started. */
const nothingSince: Since = { packages: [], lost: [], kept: [], keepsakes: [], merged: new Map() };

/**
 * One step of the way, a transaction of its own. The caller holds the locks of the store and of the packages, and, unless it is a dry run, that of the
 * accounts. Where no start is waited for, it renews the boot menu and then ends what there is of a trial: until then the trial's own entry is the
 * one that is sure to start. Throws `RESTORE_POINT_DAMAGED`, `RESTORE_POINT_UNFIT`.
 */
export async function returnTo(
  engine: Engine,
  point: RestorePointRecord,
  journey: Journey,
  id = newId('rollback'),
): Promise<RolledBack> {
  const { system, environment } = engine;
  const { dryRun, passed, because } = journey;
  const back = requireFit(engine, point);
  const since = await system.report.phase('compare', 'Looking for what changed since', () =>
    back.isInEffect() ? changedSince(engine, point, back) : Promise.resolve(nothingSince),
  );
  const answer = {
    restorePoint: point.id,
    lost: { packages: [...since.packages], files: since.lost.filter((path) => !passed.has(path)).map(named) },
    kept: since.kept.filter((path) => !passed.has(path)).map(named),
  };
  if (dryRun) {
    for (const path of back.changedPaths()) passed.add(path);
    return { ...answer, dryRun, seconds: 0, switchSeconds: 0, keptAside: null };
  }
  system.signal.throwIfAborted();
  const transaction = begin(system, 'rollback', id, {
    restorePoint: point.id,
    ...(because && { because: because.reason }),
    ...(because?.findings && { findings: [...because.findings] }),
  });
  const started = Date.now();
  const files = system.isRunning ? filesBefore(engine, back) : undefined;
  const commitPoint = { isPassed: false };
  const switching = system.report.phase('switch', 'Returning to the environment before', () => {
    transaction.step('prepare');
    const kept = keepAside(system, journey.aside, since);
    back.prepareRollback([...since.keepsakes, ...layMerged(system, point, since.merged)]);
    transaction.commit('switch-back');
    commitPoint.isPassed = true;
    back.switchBack();
    transaction.step('settle');
    back.settleBack('rollback');
    transaction.end('done');
    return Promise.resolve(kept);
  });
  const aside = await switching.catch((error: unknown) => {
    // Before the commit point nothing was changed; after it the way back is completed by `recover`.
    if (!commitPoint.isPassed) transaction.end('failed', { code: faultOf(error).code });
    throw error;
  });
  const switchSeconds = (Date.now() - started) / 1000;
  await system.report.phase('clean', 'Removing what is no longer needed', () => {
    environment.destroyRestorePoint(system, point.id);
    return Promise.resolve();
  });
  if (environment.pending(system) !== undefined) await startReturn(engine, point.id, files);
  return { ...answer, dryRun, seconds: 0, switchSeconds, keptAside: aside };
}

/** With which kernel the environment before is started: the one that runs where it has that, else its newest. */
function filesBefore({ system, environment }: Engine, back: Switch): BootFiles | undefined {
  if (environment.takesEffect === 'at-once') return undefined;
  const release = machineOf(system).kernelRelease();
  return bootFilesOf(back.viewBefore(), release, 'same') ?? bootFilesOf(back.viewBefore(), release, 'newest');
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
    if (statusOf(to)) continue; // the newest version of it is there already
    try {
      linkSync(bytes(from), bytes(to));
    } catch (error) {
      if (!['EXDEV', 'EPERM', 'EMLINK'].includes(systemErrorCode(error) ?? '')) throw error;
      copyEntry(from, to);
    }
  }
  return display(folder);
}

function named(path: RawPath): string {
  return `/${display(path)}`;
}
