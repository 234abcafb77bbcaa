/**
 * Where Understudy keeps its trees. Hard links and renames work within one file system only, so what belongs to a
 * file system lies on it: in the store where that is on the same one, else in `.understudy` at the mount's top.
 */
import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { bytes, isWithin, join, type RawPath } from '../../posix/raw-path.js';
import { setModificationTime } from '../../posix/times.js';
import { makeStore, type System } from '../../system.js';
import { readMountTable, type MountEntry } from '../../inspect/mount-table.js';
import { thisMachine } from '../../inspect/sources.js';

/** A file system of the system that packages write to. `mount` is relative to the root; `''` is the root itself. */
export interface Volume {
  readonly mount: RawPath;
  readonly fileSystem: string;
}

/** Folders at the top that packages write to. */
export const systemAreas = ['usr', 'boot', 'efi', 'var', 'opt', 'etc'];
const notOurs = [
  'var/lib/docker',
  'var/lib/containers',
  'var/lib/containerd',
  'var/lib/libvirt',
  'var/lib/understudy',
  'var/log',
  'var/tmp',
  'var/spool',
];
const realFileSystems = [
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'f2fs',
  'zfs',
  'jfs',
  'reiserfs',
  'bcachefs',
  'vfat',
  'exfat',
  'msdos',
];
/** File systems without the features that an overlay's lower layer or a hard link needs: they are copied. */
const simpleFileSystems = ['vfat', 'exfat', 'msdos'];

export function volumesOf(
  system: System,
  table: readonly MountEntry[] = readMountTable(thisMachine).entries,
): Volume[] {
  const volumes: Volume[] = [];
  for (const entry of table) {
    const mount = relativeTo(system.root, entry.mountPoint);
    if (mount === undefined || mount === '') continue;
    if (!realFileSystems.includes(entry.fileSystem) || entry.readOnly) continue;
    if (!systemAreas.some((area) => isWithin(mount, area)) || notOurs.some((area) => isWithin(mount, area)))
      continue;
    if (volumes.some((volume) => volume.mount === mount)) continue;
    volumes.push({ mount, fileSystem: entry.fileSystem });
  }
  volumes.sort((a, b) => (a.mount < b.mount ? -1 : 1));
  const root = table.findLast((entry) => entry.mountPoint === system.root);
  return [{ mount: '' as RawPath, fileSystem: root?.fileSystem ?? 'unknown' }, ...volumes];
}

/** Mount points inside the root that are none of its volumes, relative to it. */
export function foreignMounts(system: System): RawPath[] {
  const table = readMountTable(thisMachine).entries;
  const volumes = new Set<string>(volumesOf(system, table).map(({ mount }) => mount));
  return table.flatMap((entry) => {
    const mount = relativeTo(system.root, entry.mountPoint);
    return mount === undefined || mount === '' || volumes.has(mount) ? [] : [mount];
  });
}

export function isSimple(volume: Volume): boolean {
  return simpleFileSystems.includes(volume.fileSystem);
}

/** The volume that holds a path of the system. */
export function volumeOf(path: RawPath, volumes: readonly Volume[]): Volume {
  const found = volumes.findLast((volume) => isWithin(path, volume.mount));
  if (!found) throw new Error('the root volume is missing from the list');
  return found;
}

/** A private folder `name` on the volume's own file system, made when missing. */
export function placeOn(system: System, volume: Volume, name: string): RawPath {
  const top = join(system.root, volume.mount);
  makeStore(system);
  const near = statSync(bytes(system.store)).dev === statSync(bytes(top)).dev;
  const own = join(top, '.understudy');
  if (!near && !lstatSync(bytes(own), { throwIfNoEntry: false })) {
    // The mount's own folder keeps its time, as the one above the store does.
    const { mtimeNs } = lstatSync(bytes(top), { bigint: true });
    mkdirSync(bytes(own), { mode: 0o700 });
    setModificationTime(top, mtimeNs);
  }
  const folder = join(near ? system.store : own, name);
  mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
  return folder;
}

/** All folders of Understudy inside the root, relative to it. */
export function ownFolders(volumes: readonly Volume[]): RawPath[] {
  return ['var/lib/understudy' as RawPath, ...volumes.map((volume) => join(volume.mount, '.understudy'))];
}

function relativeTo(root: RawPath, path: RawPath): RawPath | undefined {
  if (root === '/') return path.slice(1) as RawPath;
  return isWithin(path, root) ? (path.slice(root.length + 1) as RawPath) : undefined;
}
