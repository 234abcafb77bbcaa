/**
 * Understudy's own folder as a subvolume of its own in the top level (`@understudy`), mounted at its usual place in whichever environment
 * runs. So journal and records are the same ones before a switch, after it and after a return: no snapshot contains them.
 */
import { chmodSync, lstatSync, renameSync } from 'node:fs';
import { copyTree } from '../../files/copy-tree.js';
import { readMountTable, type MountEntry } from '../../inspect/mount-table.js';
import { thisMachine } from '../../inspect/sources.js';
import { mount, mountFlags } from '../../posix/mount.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { syncFileSystem } from '../../posix/sync.js';
import { makeStore, type System } from '../../system.js';
import { leftByTree } from '../snapshots/left-by-tree.js';
import { markPlainFolder, notAskedFor } from '../snapshots/preview.js';
import { layoutOf, ownSubvolume } from './layout.js';
import { mountByServiceManager, orByServiceManager } from './mount-for-us.js';
import { createSubvolume, deleteTree, subvolumeAt } from './subvolumes.js';
import { topOf } from './top.js';

export function storeObstacle(system: System): string | undefined {
  if (isAttached(system)) return undefined;
  if (mountAt(system.store)) return 'The folder of Understudy is a file system of its own.';
  return leftByTree(system);
}

export function previewObstacle(system: System): string | undefined {
  return isAttached(system) ? undefined : notAskedFor(system, 'btrfs');
}

export function attachStore(system: System, { create }: { readonly create: boolean }): void {
  if (isAttached(system)) return;
  const layout = layoutOf(system);
  if ('obstacle' in layout || previewObstacle(system) !== undefined) return;
  const top = topOf(layout.source);
  const own = join(top, ownSubvolume);
  if (!subvolumeAt(own)) {
    if (!create || storeObstacle(system) !== undefined) return;
    build(system, top, own);
  }
  makeStore(system);
  markPlainFolder(system.store, ownSubvolume);
  // Setuid programs of an environment must work in a rehearsal; nobody but root comes as far as them here.
  const options = `subvol=/${ownSubvolume}`;
  orByServiceManager(
    () => mount(layout.source, system.store, 'btrfs', mountFlags.noDevices, options),
    () => mountByServiceManager(layout.source, system.store, `${options},nodev`),
  );
}

/** Made beside and renamed, with what the plain folder held so far. */
function build(system: System, top: RawPath, own: RawPath): void {
  const beside = join(top, `${ownSubvolume}.new`);
  deleteTree(beside);
  createSubvolume(beside);
  chmodSync(bytes(beside), 0o700);
  if (lstatSync(bytes(system.store), { throwIfNoEntry: false })) copyTree(system.store, beside);
  syncFileSystem(top);
  renameSync(bytes(beside), bytes(own));
  syncFileSystem(top);
}

function isAttached(system: System): boolean {
  return mountAt(system.store)?.origin === `/${ownSubvolume}`;
}

function mountAt(place: RawPath): MountEntry | undefined {
  return readMountTable(thisMachine).at(place);
}
