/**
 * Puts modules aside that nothing needs any more, and removes for good what was aside for its time. Each is one rename(2), so that a power cut leaves
 * it either where it was or where it goes; what is on its way out has no name by which it could come back.
 */
import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import type { ModulesCleaned, ModuleTree } from '../../../../shared/modules.js';
import { systemErrorCode } from '../../fault.js';
import { removeTree } from '../../files/remove-tree.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { syncDirectory } from '../../posix/sync.js';
import { setModificationTime } from '../../posix/times.js';
import { machineOf, type System } from '../../system.js';
import { removalOf } from './list-trees.js';
import { isFolder, type ModulePlaces } from './places.js';

export function clearAway(
  system: System,
  places: ModulePlaces,
  trees: readonly ModuleTree[],
  dryRun: boolean,
): Pick<ModulesCleaned, 'aside' | 'removed'> {
  const now = machineOf(system).now();
  const of = (state: ModuleTree['state']): string[] =>
    trees.filter((tree) => tree.state === state).map(({ release }) => release);
  const aside = of('left');
  const removed = of('old').filter(
    (release) => removalOf(system, join(places.old, release)) <= now && !isWaitedFor(places, trees, release),
  );
  if (!dryRun) {
    const gone = join(places.own, 'gone');
    for (const release of removed) removeAtOnce(places, join(places.old, release), gone);
    for (const release of aside) putAside(places, release, gone, now);
    removeTree(gone);
    for (const folder of [places.old, places.own]) removeEmpty(folder);
  }
  return { aside, removed };
}

/** A kernel that can be started although its modules are aside: they come back when it is. */
function isWaitedFor({ top }: ModulePlaces, trees: readonly ModuleTree[], release: string): boolean {
  return !isFolder(join(top, release)) && trees.some((tree) => tree.release === release && tree.bootable);
}

function putAside({ top, own, old }: ModulePlaces, release: string, gone: RawPath, now: number): void {
  const [from, to] = [join(top, release), join(old, release)];
  for (const folder of [own, old]) if (!isFolder(folder)) mkdirSync(bytes(folder), { mode: 0o755 });
  // Of an earlier time.
  if (isFolder(to)) removeAtOnce({ old }, to, gone);
  // It says from when on it is aside, before it is.
  setModificationTime(from, BigInt(now) * 1_000_000n);
  renameSync(bytes(from), bytes(to));
  for (const folder of [old, top]) syncDirectory(folder);
}

/** Half of it would come back as a whole. */
function removeAtOnce({ old }: Pick<ModulePlaces, 'old'>, path: RawPath, gone: RawPath): void {
  removeTree(gone);
  renameSync(bytes(path), bytes(gone));
  syncDirectory(old);
  removeTree(gone);
}

function removeEmpty(folder: RawPath): void {
  try {
    rmdirSync(bytes(folder));
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}
