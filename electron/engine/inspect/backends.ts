/**
 * Which environment backends this system could use, and why not. Everything is concluded from what can be read; nothing
 * is mounted or tried.
 */
import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import type { Backend } from '../../../shared/machine.js';
import { bytes, display, join, parentOf, raw, type RawPath } from '../posix/raw-path.js';
import { btrfsDriver } from '../environments/btrfs/btrfs-driver.js';
import type { SnapshotDriver } from '../environments/snapshots/snapshot-driver.js';
import { zfsDriver } from '../environments/zfs/zfs-driver.js';
import type { System } from '../system.js';
import { readMountTable, type MountTable } from './mount-table.js';
import { nameInTree, realRoot } from './mounts.js';
import { textAt } from './read.js';
import { thisMachine, type MachineSources } from './sources.js';
import { reasonOf } from './unseen.js';
import { zfsHoldsOverlays } from './zfs-version.js';

export interface TreeSupport {
  /** Whether staging in an overlay is possible. */
  readonly usable: boolean;
  readonly reason: string;
  /** Whether `/usr` can be exchanged in one step; else the switch is made at shutdown. */
  readonly exchange: boolean;
  readonly exchangeReason: string;
}

/**
 * File systems that can hold an overlay's upper layer: they keep `trusted.*` attributes, tell entry types in readdir, and
 * can make whiteouts (kernel: Documentation/filesystems/overlayfs.rst). ZFS can since OpenZFS 2.2, which is asked below.
 */
const upperCapable = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'f2fs',
  'tmpfs',
  'bcachefs',
  'ubifs',
  'zfs',
  'jfs',
]);
/** Those of them whose rename knows RENAME_EXCHANGE, renameat2(2). */
const exchangeCapable = new Set([...upperCapable].filter((name) => name !== 'jfs'));

const whyNot: Readonly<Record<string, string>> = {
  overlay: 'an overlay itself, and the kernel takes no overlay as the upper layer of another',
  vfat: 'FAT, which has no owners, modes or attributes',
  exfat: 'exFAT, which has no owners, modes or attributes',
  nfs: 'a network file system, which cannot hold an overlay’s upper layer',
  nfs4: 'a network file system, which cannot hold an overlay’s upper layer',
  cifs: 'a network file system, which cannot hold an overlay’s upper layer',
  squashfs: 'a read-only image',
  erofs: 'a read-only image',
  iso9660: 'a read-only image',
};

/** What the backend `tree` can do on this system. Never throws: what cannot be read is a reason against it. */
export function treeSupport(system: System, sources: MachineSources = thisMachine): TreeSupport {
  try {
    const table = readMountTable(sources);
    const against = stagingObstacle(system, table, sources);
    const obstacle = exchangeObstacle(system, table);
    return {
      usable: against === undefined,
      reason: against ?? 'An overlay on this file system can hold a clone of the system.',
      exchange: obstacle === undefined,
      exchangeReason: obstacle ?? '/usr is one folder on one file system and can be exchanged in one step.',
    };
  } catch (error) {
    const reason = `What the file systems allow could not be read: ${reasonOf(error)}`;
    return { usable: false, reason, exchange: false, exchangeReason: reason };
  }
}

export function backendsOf(system: System, sources: MachineSources = thisMachine): Backend[] {
  const { usable, reason, exchange, exchangeReason } = treeSupport(system, sources);
  const tree = usable
    ? `${reason} ${exchangeReason}${exchange ? '' : ' The switch is made at shutdown.'}`
    : reason;
  const where = { system, sources };
  return [
    { name: 'tree', usable, reason: tree },
    snapshotBackend(btrfsDriver, 'btrfs', where),
    snapshotBackend(zfsDriver, 'ZFS', where),
  ];
}

function stagingObstacle(system: System, table: MountTable, sources: MachineSources): string | undefined {
  if (!overlayKnown(sources)) return 'The running kernel has no overlay file system.';
  const root = realRoot(system);
  const holder = table.holding(root);
  if (holder === undefined) return 'The list of mounts does not tell which file system holds the system.';
  const store = table.holding(realAncestor(system.store)) ?? holder;
  for (const entry of new Set([holder, store])) {
    const name = display(nameInTree(root, entry.mountPoint));
    const why = whyNot[entry.fileSystem];
    if (why !== undefined) return `The file system of ${name} is ${why}.`;
    if (!upperCapable.has(entry.fileSystem)) {
      return `The file system of ${name} is ${entry.fileSystem}, which is not known to hold an overlay’s upper layer.`;
    }
    if (entry.fileSystem === 'zfs' && !zfsHoldsOverlays(sources))
      return `ZFS holds ${name}; an overlay needs OpenZFS 2.2 or later.`;
    if (entry.readOnly) return `The file system of ${name} is mounted read-only.`;
  }
  return undefined;
}

function exchangeObstacle(system: System, table: MountTable): string | undefined {
  const root = realRoot(system);
  const usr = join(root, 'usr');
  if (!lstatSync(bytes(usr)).isDirectory()) return '/usr is a symbolic link.';
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) {
    if (!leadsIntoUsr(join(root, name), name))
      return `/${name} lies beside /usr, not in it (no merged /usr).`;
  }
  const holder = table.holding(usr);
  if (holder?.mountPoint === usr) return '/usr is a file system of its own.';
  const inside = table.below(usr).map((entry) => display(nameInTree(root, entry.mountPoint)));
  if (inside.length > 0) return `/usr is spread over several mounts: ${inside.join(', ')}.`;
  if (holder !== undefined && !exchangeCapable.has(holder.fileSystem)) {
    return `The file system of /usr (${holder.fileSystem}) cannot exchange two folders in one step.`;
  }
  return undefined;
}

/** True for a link such as `bin -> usr/bin`, and where there is nothing of that name. */
function leadsIntoUsr(path: RawPath, name: string): boolean {
  const found = lstatSync(bytes(path), { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (!found.isSymbolicLink()) return false;
  const target = readlinkSync(bytes(path), { encoding: 'latin1' });
  // `sbin -> usr/bin` is how distributions with merged sbin have it.
  return [`usr/${name}`, 'usr/bin', 'usr/lib'].includes(target.replace(/^\/+/, '').replace(/\/+$/, ''));
}

/** True when the kernel has overlayfs, or a module of it that the first mount loads. */
function overlayKnown(sources: MachineSources): boolean {
  const known = textAt(join(sources.proc, 'filesystems')) ?? '';
  if (known.split('\n').some((line) => line.split('\t')[1] === 'overlay')) return true;
  const folder = `/lib/modules/${sources.kernelRelease()}/kernel/fs/overlayfs`;
  return ['overlay.ko', 'overlay.ko.xz', 'overlay.ko.zst', 'overlay.ko.gz'].some(
    (name) => statSync(`${folder}/${name}`, { throwIfNoEntry: false }) !== undefined,
  );
}

/** The nearest folder above a path that exists, free of symbolic links: where the path would be made. */
export function realAncestor(path: RawPath): RawPath {
  for (let current = path; current !== '' && current !== '/'; current = parentOf(current)) {
    if (statSync(bytes(current), { throwIfNoEntry: false }) !== undefined) {
      return realpathSync.native(bytes(current), { encoding: 'latin1' }) as RawPath;
    }
  }
  return raw('/');
}

function snapshotBackend(
  driver: SnapshotDriver,
  title: string,
  { system, sources }: { readonly system: System; readonly sources: MachineSources },
): Backend {
  const { name } = driver;
  try {
    const obstacle = driver.obstacle(system, sources);
    const reason =
      obstacle ?? `Snapshots of ${title} hold the environments; a switch is in effect at the next start.`;
    return { name, usable: obstacle === undefined, reason };
  } catch (error) {
    return {
      name,
      usable: false,
      reason: `The file system of the root could not be read: ${reasonOf(error)}`,
    };
  }
}
