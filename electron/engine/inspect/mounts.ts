/** The file systems of a tree with their free room: the one that holds its root, and what is mounted below it. */
import { realpathSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Mount } from '../../../shared/machine.js';
import { bytes, display, type RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';
import { readMountTable, type MountEntry, type MountTable } from './mount-table.js';
import type { MachineSources } from './sources.js';
import type { Unseen } from './unseen.js';

/** A server that went away must not hold us up: statfs(2) on its share waits for it without end. */
const statfsLimitMs = 2000;

/** File systems that hold nobody's data. */
const virtual = new Set(
  (
    'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl fuse.gvfsd-fuse fuse.lxcfs ' +
    'fuse.portal hugetlbfs mqueue nsfs proc pstore ramfs rpc_pipefs securityfs selinuxfs sysfs tracefs'
  ).split(' '),
);

/** The root folder of the system free of symbolic links, as the mount table spells it. */
export function realRoot(system: System): RawPath {
  return realpathSync.native(bytes(system.root), { encoding: 'latin1' }) as RawPath;
}

/** A mount point as it is called inside the tree; the file system that holds the tree's root is its `/`. */
export function nameInTree(root: RawPath, mountPoint: RawPath): RawPath {
  if (root === '/') return mountPoint;
  return mountPoint.startsWith(`${root}/`) ? (mountPoint.slice(root.length) as RawPath) : ('/' as RawPath);
}

export async function mountsOf(system: System, sources: MachineSources, unseen: Unseen): Promise<Mount[]> {
  const table = await unseen.attempt<MountTable | undefined>('mounts', undefined, () =>
    readMountTable(sources),
  );
  if (table === undefined) return [];
  const root = await unseen.attempt<RawPath>('the root folder', system.root, () => realRoot(system));
  const holder = table.holding(root);
  if (holder === undefined) unseen.note('the mount of the root', 'The list of mounts does not contain it.');
  const entries = table.below(root).filter((entry) => isStorage(entry, nameInTree(root, entry.mountPoint)));
  const mounts = await Promise.all([
    ...(holder === undefined ? [] : [measured(holder, root, '/' as RawPath, unseen)]),
    ...entries.map((entry) => measured(entry, entry.mountPoint, nameInTree(root, entry.mountPoint), unseen)),
  ]);
  return mounts.sort((a, b) => (a.mountPoint < b.mountPoint ? -1 : 1));
}

/** What someone may keep data on: no virtual file system, none of the memory of /run, no mounted image file. */
function isStorage(entry: MountEntry, name: RawPath): boolean {
  if (virtual.has(entry.fileSystem) || entry.fileSystem === 'squashfs') return false;
  return !/^\/(dev|proc|sys|run)\//.test(`${name}/`);
}

async function measured(entry: MountEntry, path: RawPath, name: RawPath, unseen: Unseen): Promise<Mount> {
  const room = await unseen.attempt(`free space of ${display(name)}`, undefined, () => roomAt(path));
  return {
    mountPoint: display(name),
    device: display(entry.source),
    fileSystem: entry.fileSystem,
    readOnly: entry.readOnly,
    totalBytes: room?.totalBytes ?? 0,
    freeBytes: room?.freeBytes ?? 0,
    freeInodes: room?.freeInodes ?? null,
  };
}

export interface Room {
  readonly totalBytes: number;
  /** Free to everyone: what the file system keeps back for root is not counted on. */
  readonly freeBytes: number;
  /** Null where the file system makes inodes as it needs them. */
  readonly freeInodes: number | null;
}

/** The room on the file system that holds `path`. Throws what statfs(2) throws, or that it took too long. */
export async function roomAt(path: RawPath): Promise<Room> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(new Error('The file system does not answer.')), statfsLimitMs);
  });
  try {
    const found = await Promise.race([statfs(bytes(path)), late]);
    return {
      totalBytes: found.blocks * found.bsize,
      freeBytes: found.bavail * found.bsize,
      freeInodes: found.files === 0 ? null : found.ffree,
    };
  } finally {
    clearTimeout(deadline);
  }
}
