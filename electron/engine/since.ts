/** What happened to a system since an update, and what of it a rollback can keep. */
import type { Keepsake, Switch, TreeView } from './environments/environment.js';
import type { Engine } from './engine.js';
import { Fault } from './fault.js';
import { compareManifests } from './manifest/compare.js';
import { readManifest, verifyManifest } from './manifest/read.js';
import { BackMerge, type MergedBack } from './meanwhile/merge-back.js';
import { scanEnvironment } from './scan-environment.js';
import { statusOf } from './environments/tree/overlay-view.js';
import { isWithin, parentOf, type RawPath } from './posix/raw-path.js';
import { manifestAfter, type RestorePointRecord } from './records/restore-points.js';

/** Where both environments share them they stay as they are: written by programs, or with lines of ours as long as there is a trial. */
const menuFiles: ReadonlySet<string> = new Set(
  ['grub', 'grub2'].flatMap((folder) => [`boot/${folder}/grub.cfg`, `boot/${folder}/custom.cfg`]),
);

export interface Since {
  /** Packages that were installed, removed or changed since: they go back with everything else. */
  readonly packages: readonly string[];
  /** Files that both the update and the user changed: the old ones come back, the user's are kept aside. */
  readonly lost: readonly RawPath[];
  /** The user's other files. */
  readonly kept: readonly RawPath[];
  /** Those of them that lie in a folder which is exchanged, and must be brought over. */
  readonly keepsakes: readonly Keepsake[];
  /** Files that both changed, merged: the old ones come back with the user's changes in them. They count as kept. */
  readonly merged: ReadonlyMap<RawPath, Exclude<MergedBack, string>>;
}

/** Throws `RESTORE_POINT_DAMAGED` when the record of the update cannot be read. */
export async function changedSince(engine: Engine, point: RestorePointRecord, back: Switch): Promise<Since> {
  const { system, packages, current } = engine;
  requireRecord(engine, point);
  const changedPackages = packagesSince(engine, point);
  const theirs = new Set<string>();
  // What was removed since is no longer in the current database, but comes back with the one before.
  const old = back.viewBefore();
  const views = [current, old];
  for (const { name, architecture } of changedPackages) {
    for (const view of views) for (const path of packages.filesOf(view, name, architecture)) theirs.add(path);
  }
  const lost: RawPath[] = [];
  const kept: RawPath[] = [];
  const keepsakes: Keepsake[] = [];
  const merged = new Map<RawPath, Exclude<MergedBack, string>>();
  const merge = new BackMerge(engine, point, back);
  const settle = (path: RawPath, result: MergedBack): void => {
    if (result === 'lost') lost.push(path);
    else if (result !== 'old') {
      merged.set(path, result);
      kept.push(path);
    }
  };
  const updated = back.changedPaths();
  const now = scanEnvironment(engine, { hash: false });
  try {
    const before = readManifest(manifestAfter(system, point.id));
    for await (const difference of compareManifests(before, now, { ignoreDirectoryTimes: true })) {
      const { path } = difference;
      if (path === '' || theirs.has(path)) continue;
      if (packages.database.some((folder) => isWithin(path, folder))) continue;
      const inUnit = back.exchanges(path);
      if (!inUnit && menuFiles.has(path)) continue;
      if (inUnit && difference.kind === 'removed' && old.locate(path) === undefined) continue;
      if (belowFile(path, { back, old, updated })) {
        if (difference.kind === 'removed') continue;
        if (difference.after.type !== 'dir') lost.push(path);
        // Kept aside, it makes room for the file.
        if (!inUnit) keepsakes.push({ path, exists: false });
        continue;
      }
      if (merge.accounts.has(path)) continue;
      if (updated.has(path)) settle(path, merge.of(path));
      else {
        kept.push(path);
        if (inUnit) keepsakes.push({ path, exists: difference.kind !== 'removed' });
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('MANIFEST_')) {
      throw new Fault('RESTORE_POINT_DAMAGED', `${point.id}: ${error.message}`);
    }
    throw error;
  }
  for (const [path, result] of merge.accounts) settle(path as RawPath, result);
  return { packages: changedPackages.map(({ title }) => title), lost, kept, keepsakes, merged };
}

function packagesSince({ packages, current }: Engine, point: RestorePointRecord) {
  const changed: { name: string; architecture: string; title: string }[] = [];
  const remaining = new Map(Object.entries(point.installed));
  for (const { name, architecture, version } of packages.installed(current)) {
    const before = remaining.get(`${name}:${architecture}`);
    remaining.delete(`${name}:${architecture}`);
    if (before === version) continue;
    changed.push({
      name,
      architecture,
      title: before === undefined ? `${name} ${version} (installed since)` : `${name} ${before} → ${version}`,
    });
  }
  for (const [key, version] of remaining) {
    const [name = key, architecture = ''] = key.split(':');
    changed.push({ name, architecture, title: `${name} ${version} (removed since)` });
  }
  return changed;
}

/** Throws `RESTORE_POINT_DAMAGED` when the manifest of the system after the update is missing or damaged. */
export function requireRecord({ system }: Pick<Engine, 'system'>, point: RestorePointRecord): void {
  try {
    verifyManifest(manifestAfter(system, point.id));
  } catch (error) {
    throw new Fault(
      'RESTORE_POINT_DAMAGED',
      `${point.id}: the record of the update: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
}

/** True for what lies in a folder that the update made of a file: there is no place for it in the tree before. */
function belowFile(
  path: RawPath,
  before: { readonly back: Switch; readonly old: TreeView; readonly updated: ReadonlySet<string> },
): boolean {
  for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
    if (!before.back.exchanges(parent) && !before.updated.has(parent)) continue;
    const place = before.old.locate(parent);
    if (place !== undefined) return statusOf(place)?.isDirectory() === false;
  }
  return false;
}
