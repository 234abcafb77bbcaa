/**
 * The store is a dataset of its own beside the environments, where it is encrypted as they are, and mounted over the plain folder of that
 * name: whichever environment runs, the journal, the stages and the restore points are the same. It never mounts by itself.
 */
import { chmodSync, closeSync, constants, openSync } from 'node:fs';
import { copyTree } from '../../files/copy-tree.js';
import { readMountTable, type MountEntry } from '../../inspect/mount-table.js';
import { thisMachine } from '../../inspect/sources.js';
import { bytes, type RawPath } from '../../posix/raw-path.js';
import { syncFileSystem } from '../../posix/sync.js';
import { makeStore, type System } from '../../system.js';
import { leftByTree } from '../snapshots/left-by-tree.js';
import { markPlainFolder, notAskedFor } from '../snapshots/preview.js';
import { asked, datasetNamed, zfs, zfsWhenFree } from './datasets.js';
import { mountedLayout, type Layout } from './layout.js';
import { isZfs, mountAt, unmountAt } from './mounts.js';

/** `whole` once it holds everything that the plain folder held. */
const storeProperty = 'org.understudy:store';

export function storeObstacle(system: System, layout: Layout): string | undefined {
  const name = storeName(layout);
  const mounted = mountOver(system);
  if (mounted)
    return isZfs(mounted) && mounted.source === name
      ? undefined
      : 'The folder of Understudy is a file system of its own.';
  const strange = asked(() =>
    process.geteuid?.() === 0 && stateOf(name) === 'strange'
      ? `There is a dataset ${name} that Understudy did not make.`
      : undefined,
  );
  if (strange !== undefined) return strange;
  return leftByTree(system);
}

export function previewObstacle(system: System, layout: Layout): string | undefined {
  return mountOver(system)?.source === storeName(layout) ? undefined : notAskedFor(system, 'ZFS');
}

export function attachStore(system: System, { create }: { readonly create: boolean }): void {
  const layout = mountedLayout(system);
  if ('obstacle' in layout || previewObstacle(system, layout) !== undefined) return;
  const name = storeName(layout);
  const state = stateOf(name);
  if (state === 'whole') {
    if (mountOver(system)?.source === name) return;
    makeStore(system);
    markPlainFolder(system.store, name);
    mountAt(name, system.store, { root: layout.root, readOnly: false });
  } else if (create && state !== 'strange') {
    if (state === 'new') {
      unmountAt(name, system.store);
      zfsWhenFree(name, 'destroy', name);
    }
    if (storeObstacle(system, layout) === undefined) build(system, layout, name);
  }
}

const storeName = ({ parent }: Layout): string => `${parent}/understudy`;

/** `new`: making it was cut. `strange`: someone else's dataset of this name, which is left alone. */
function stateOf(name: string): 'missing' | 'new' | 'whole' | 'strange' {
  const found = datasetNamed(name, [storeProperty]);
  if (!found) return 'missing';
  const { value, source } = found.values.get(storeProperty) ?? {};
  return source === 'local' && (value === 'new' || value === 'whole') ? value : 'strange';
}

/** Mounted over the plain folder, which stays reachable through a descriptor, and is whole when all of it is copied. */
function build(system: System, layout: Layout, name: string): void {
  makeStore(system);
  const below = openSync(bytes(system.store), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const properties = ['canmount=noauto', 'mountpoint=legacy', `${storeProperty}=new`];
    zfs('create', ...properties.flatMap((property) => ['-o', property]), name);
    mountAt(name, system.store, { root: layout.root, readOnly: false });
    const plain = `/proc/self/fd/${below}/.` as RawPath;
    copyTree(plain, system.store);
    markPlainFolder(plain, name);
    chmodSync(bytes(system.store), 0o700);
    syncFileSystem(system.store);
    zfs('set', `${storeProperty}=whole`, name);
  } finally {
    closeSync(below);
  }
}

function mountOver(system: System): MountEntry | undefined {
  return readMountTable(thisMachine).at(system.store);
}
