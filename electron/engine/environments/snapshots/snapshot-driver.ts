/**
 * What a file system with snapshots must be able to do, so that environments can be built on it: btrfs and ZFS differ in this alone.
 * A *tree* is a whole root, such as a subvolume or a dataset; its id is the file system's own for it and never used again.
 */
import type { ForeignEnvironment } from '../../../../shared/environments.js';
import type { MachineSources } from '../../inspect/sources.js';
import type { RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import type { Environment } from '../environment.js';
import type { TouchedPaths } from './touched-paths.js';

export type TreeId = string;

/** How the next start finds its root; kept with a switch, for it is the same on the way back. */
export type Way =
  /** By the name that the boot entry gives: the trees change places under it. */
  | { readonly by: 'name'; readonly name: string }
  /** By what the file system itself says. */
  | { readonly by: 'default' };

export interface OwnTree {
  readonly id: TreeId;
  readonly name: string;
}

/** What all names of a file share. */
export interface FileNumbers {
  readonly dev: bigint;
  readonly ino: bigint;
}

export interface SnapshotDriver {
  readonly name: Exclude<Environment['name'], 'tree'>;
  /** Why no environments can be made here, a sentence; `undefined` when they can. */
  obstacle(system: System, sources?: MachineSources): string | undefined;
  /** Puts the store that all environments share in its place. */
  attach(system: System, options: { readonly create: boolean }): void;
  way(system: System): Way;
  /** The tree that is mounted at the system's root. */
  current(system: System): TreeId;
  /** The tree that the next start takes as its root. */
  next(system: System, way: Way): TreeId | undefined;
  /** One atomic step, durable when it returns; repeatable. */
  setNext(system: System, way: Way, id: TreeId): void;
  /** A tree of our own, as `of` (the current one) is at this moment. Throws `NO_SPACE`. */
  take(system: System, name: string, options: { readonly readOnly: boolean; readonly of?: TreeId }): TreeId;
  /** Where a tree can be read on the host; `undefined` when it is gone. */
  find(system: System, id: TreeId): RawPath | undefined;
  /** Removes our own tree of this name, with what is nested in it. Repeatable. Throws `ENVIRONMENT_IN_USE`. */
  remove(system: System, name: string): void;
  own(system: System): OwnTree[];
  /** Whether setting an extended attribute changes the ctime of an entry; else all attributes are compared. */
  timesAttributes(system: System): boolean;
  /** What the file system itself tells of differences; without it everything is looked at. */
  readonly differences?: {
    /** What was touched from the one to the other, both read-only. */
    touched(system: System, before: TreeId, after: TreeId): TouchedPaths;
    /** Asks for all names of a file in a tree. */
    otherNames(tree: RawPath): (file: FileNumbers) => readonly RawPath[];
  };
  /** Whether a file system of its own at this place in the root is a part of its tree, and of every tree made of it. */
  contains(system: System, mount: RawPath): boolean;
  /** File systems inside a tree that no snapshot of it contains, but which belong to it: their paths. */
  nested(system: System, id: TreeId): RawPath[];
  /** Gives one of them over to the same place in another tree, where an empty folder is. Repeatable. */
  handOver(system: System, path: RawPath, from: TreeId, to: TreeId): void;
  /** Words that, after the usual ones on the kernel's command line, make a start take this tree as its root, where there are some. */
  rootWords?(system: System, id: TreeId, usual: readonly string[]): string[];
  /** Bytes that removing the tree would free, where the file system keeps account; else `undefined`. */
  exclusiveBytes(system: System, id: TreeId): number | undefined;
  /** Mounts a tree by itself: read-only, without setuid, devices and programs. */
  mountAt(system: System, id: TreeId, folder: RawPath): void;
  /** Mounts a tree to be the root from then on: the same as an initramfs does. Absent where there is more to it than one mount. */
  mountAsRoot?(system: System, id: TreeId, folder: RawPath): void;
  /** Where a tree is mounted by itself, read-only. */
  mountPoints(system: System, id: TreeId): RawPath[];
  /** Snapshots that other programs made of the root; nothing where the root is on another file system. */
  foreign(system: System): ForeignEnvironment[];
}
