/**
 * Datasets are mounted for work, never by their own mount point: that of an environment is `/`, and the running system has it.
 *
 * Here alone is what differs between the kernel's ZFS, which mounts a dataset wherever mount(2) says, and zfs-fuse, which knows the mount
 * point in the dataset's properties alone. That one cannot list the attributes of a file that has none in a file system that is read-only
 * (and the kernel then asks for no attributes any more), so there it is the mount that is; it does not note in a file's ctime that one of its
 * attributes changed; and it cannot compare snapshots.
 */
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { bigStatus } from '../../files/attributes.js';
import { readMountTable, type MountEntry } from '../../inspect/mount-table.js';
import { thisMachine } from '../../inspect/sources.js';
import { mount, mountFlags, unmount } from '../../posix/mount.js';
import { bytes, display, parentOf, text, type RawPath } from '../../posix/raw-path.js';
import { setModificationTime } from '../../posix/times.js';
import { zfs, zfsWhenFree } from './datasets.js';

const kernelType = 'zfs';
const fuseType = 'fuse.zfs';

export function isZfs({ fileSystem }: MountEntry): boolean {
  return fileSystem === kernelType || fileSystem === fuseType;
}

export function timesAttributes({ fileSystem }: MountEntry): boolean {
  return fileSystem === kernelType;
}

/** Whether it has `zfs diff`. */
export function comparesSnapshots({ fileSystem }: MountEntry): boolean {
  return fileSystem === kernelType;
}

/** Properties of a dataset that nobody shall write to. */
export function fixingProperties({ fileSystem }: MountEntry): [string, string][] {
  return fileSystem === kernelType ? [['readonly', 'on']] : [];
}

/** All mounts of a dataset that this process sees. */
export function mountsOf(dataset: string): MountEntry[] {
  return readMountTable(thisMachine).entries.filter((entry) => isZfs(entry) && entry.source === dataset);
}

interface MountOptions {
  /** Whose root says which ZFS there is. */
  readonly root: MountEntry;
  readonly readOnly: boolean;
}

/** Makes the folder when it is missing. Setuid programs work there, devices do not. Repeatable. */
export function mountAt(dataset: string, place: RawPath, { root, readOnly }: MountOptions): void {
  if (mountsOf(dataset).some(({ mountPoint }) => mountPoint === place)) return;
  mkdirSync(bytes(place), { recursive: true, mode: 0o700 });
  if (root.fileSystem === kernelType) {
    mount(dataset, place, kernelType, mountFlags.noDevices | (readOnly ? mountFlags.readOnly : 0));
    return;
  }
  mountByProperty(dataset, place);
  const { bind, remount, readOnly: fixed, noDevices } = mountFlags;
  mount(dataset, place, null, bind | remount | noDevices | (readOnly ? fixed : 0));
}

/** As zfs-fuse can: over nothing but an empty folder, from which it is bound to another one. */
function mountByProperty(dataset: string, place: RawPath): void {
  const isEmpty = readdirSync(bytes(place)).length === 0;
  const empty = isEmpty ? place : (`${place}.mounting` as RawPath);
  const { mtimeNs } = bigStatus(parentOf(place));
  mkdirSync(bytes(empty), { recursive: true, mode: 0o700 });
  const property = text(empty);
  // A part of a tree has its mount point from that already.
  const has = zfs('get', '-H', '-o', 'value', 'mountpoint', dataset).replace(/\n$/, '');
  if (has !== property) zfs('set', `mountpoint=${property}`, dataset);
  zfsWhenFree(dataset, 'mount', dataset);
  if (isEmpty) return;
  mount(empty, place, null, mountFlags.bind);
  unmount(empty);
  rmdirSync(bytes(empty));
  // As it was before the folder: it may be a part of the system.
  setModificationTime(parentOf(place), mtimeNs);
}

/** Takes our own mount of a dataset away. Throws `ENVIRONMENT_IN_USE` when a program works in it. */
export function unmountAt(dataset: string, place: RawPath): void {
  if (!mountsOf(dataset).some(({ mountPoint }) => mountPoint === place)) return;
  try {
    unmount(place);
  } catch (error) {
    if (systemErrorCode(error) !== 'EBUSY') throw error;
    throw new Fault('ENVIRONMENT_IN_USE', `${dataset}: a program works in ${display(place)}`);
  }
}
