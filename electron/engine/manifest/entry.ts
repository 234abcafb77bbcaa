/**
 * What a manifest says about one path, the order in which manifests list paths, and when two entries are the same.
 * Manifests travel in batches (arrays in order): iterating asynchronously over single entries costs more than scanning them.
 */
import type { RawPath } from '../posix/raw-path.js';

export type EntryType = 'file' | 'dir' | 'link' | 'fifo' | 'socket' | 'char' | 'block';

export interface ManifestEntry {
  /** Relative to the root of the tree, without a leading `./`; `''` is the root itself. */
  readonly path: RawPath;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky (`& 0o7777`). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 for everything but files. */
  readonly size: number;
  /** Nanoseconds since the epoch; negative before 1970. */
  readonly mtimeNs: bigint;
  /** Target of a symbolic link, as stored. */
  readonly link?: RawPath | undefined;
  /** Lower-case hex; missing when the file could not be read or hashing was not asked for. */
  readonly sha256?: string | undefined;
  /** Of device nodes. */
  readonly device?: { readonly major: number; readonly minor: number } | undefined;
  /** Sorted by name, without overlayfs' own; missing when there are none. ACLs and file capabilities are among them. */
  readonly xattrs?: ReadonlyMap<string, Buffer> | undefined;
}

/** Entries in manifest order, in batches of any size. An array of entries is passed as `[entries]`. */
export type EntryBatches = AsyncIterable<readonly ManifestEntry[]> | Iterable<readonly ManifestEntry[]>;

export type ManifestField =
  'type' | 'mode' | 'uid' | 'gid' | 'size' | 'time' | 'link' | 'sha256' | 'device' | 'xattrs';

export interface EqualityOptions {
  /** A directory's time changes with every entry added or removed below it. */
  readonly ignoreDirectoryTimes?: boolean;
}

const SLASH = 0x2f;

/**
 * The order of manifests: depth first, the names in each directory by their bytes, a directory before its contents.
 * It is byte order with `/` below every other byte, so that `a`, `a/b`, `a.b` is ascending.
 */
export function comparePaths(a: RawPath, b: RawPath): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x === SLASH ? -1 : y === SLASH ? 1 : x - y;
  }
  return a.length - b.length;
}

/** The fields in which two entries differ; empty when they are the same. Paths are not compared. */
export function changedFields(
  a: ManifestEntry,
  b: ManifestEntry,
  options: EqualityOptions = {},
): ReadonlySet<ManifestField> {
  if (a.type !== b.type) return new Set<ManifestField>(['type']);
  const changed: ManifestField[] = [];
  if (a.mode !== b.mode) changed.push('mode');
  if (a.uid !== b.uid) changed.push('uid');
  if (a.gid !== b.gid) changed.push('gid');
  if (a.size !== b.size) changed.push('size');
  if (a.mtimeNs !== b.mtimeNs && !(options.ignoreDirectoryTimes && a.type === 'dir')) changed.push('time');
  if (a.link !== b.link) changed.push('link');
  if (a.sha256 !== b.sha256) changed.push('sha256');
  if (a.device?.major !== b.device?.major || a.device?.minor !== b.device?.minor) changed.push('device');
  if (!sameXattrs(a.xattrs, b.xattrs)) changed.push('xattrs');
  return changed.length === 0 ? NONE : new Set(changed);
}

const NONE: ReadonlySet<ManifestField> = new Set();

/** True when both entries describe the same thing. A hash that only one of them has counts as a difference. */
export function sameEntry(a: ManifestEntry, b: ManifestEntry, options: EqualityOptions = {}): boolean {
  return changedFields(a, b, options).size === 0;
}

function sameXattrs(a: ManifestEntry['xattrs'], b: ManifestEntry['xattrs']): boolean {
  if (a === b) return true;
  if ((a?.size ?? 0) !== (b?.size ?? 0)) return false;
  for (const [name, value] of a ?? []) {
    const other = b?.get(name);
    if (other === undefined || !value.equals(other)) return false;
  }
  return true;
}

/** All entries in one array, sorted if asked: for small trees, tests, and manifests that other programs wrote. */
export async function collectEntries(
  batches: EntryBatches,
  options: { sort?: boolean } = {},
): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  for await (const batch of batches) for (const entry of batch) entries.push(entry);
  if (options.sort) entries.sort((a, b) => comparePaths(a.path, b.path));
  return entries;
}
