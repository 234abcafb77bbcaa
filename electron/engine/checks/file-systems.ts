/** Which file systems an update concerns, and how much room each has. */
import { statSync } from 'node:fs';
import { nameInTree, realRoot, roomAt, type Room } from '../inspect/mounts.js';
import { readMountTable, type MountEntry } from '../inspect/mount-table.js';
import { realAncestor } from '../inspect/backends.js';
import type { MachineSources } from '../inspect/sources.js';
import { bytes, display, type RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';

export interface FileSystem {
  /** The same for all paths that share one pool of free space. */
  readonly key: string;
  /** Its mount point as it is called inside the tree, for people. */
  readonly name: string;
  /** A path on it. */
  readonly path: RawPath;
  readonly entry: MountEntry | undefined;
}

/** The file system that holds `path`, or where `path` would be made. */
export function fileSystemOf(system: System, path: RawPath, sources: MachineSources): FileSystem {
  const existing = realAncestor(path);
  const entry = readMountTable(sources).holding(existing);
  const name =
    entry === undefined ? display(existing) : display(nameInTree(realRoot(system), entry.mountPoint));
  // Subvolumes of one btrfs have device numbers of their own but share their room; the source tells that they are one.
  const key = entry?.source.startsWith('/') === true ? entry.source : String(statSync(bytes(existing)).dev);
  return { key, name, path: existing, entry };
}

export function roomOn(fileSystem: FileSystem): Promise<Room> {
  return roomAt(fileSystem.path);
}
