/** One entry of one side: its type, its attributes, and whether two of them are the same. Times are no part of it. */
import { readFileSync, readlinkSync, type BigIntStats } from 'node:fs';
import { sameContent } from '../environments/tree/overlay-changes.js';
import { bigStatusOf } from '../files/attributes.js';
import type { EntryType } from '../manifest/entry.js';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { getXattr, isOverlayXattr, listXattrs } from '../posix/xattr.js';

export interface Entry {
  /** Where it lies on the host. */
  readonly place: RawPath;
  readonly type: EntryType;
  readonly status: BigIntStats;
}

/** Owner, permissions and extended attributes; ACLs are among the latter (acl(5)). */
export interface Attributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Values in hex. */
  readonly xattrs: ReadonlyMap<string, string>;
}

export function entryAt(place: RawPath | undefined): Entry | undefined {
  const status = place === undefined ? undefined : bigStatusOf(place);
  return place !== undefined && status ? { place, type: typeOf(status), status } : undefined;
}

export function attributesOf({ place, status }: Entry): Attributes {
  const xattrs = new Map<string, string>();
  for (const name of listXattrs(place)) {
    const value = isOverlayXattr(name) ? undefined : getXattr(place, name);
    if (value !== undefined) xattrs.set(name, value.toString('hex'));
  }
  return { mode: Number(status.mode & 0o7777n), uid: Number(status.uid), gid: Number(status.gid), xattrs };
}

export function sameAttributes(a: Attributes, b: Attributes): boolean {
  if (a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid || a.xattrs.size !== b.xattrs.size)
    return false;
  return [...a.xattrs].every(([name, value]) => b.xattrs.get(name) === value);
}

/** What a file holds, a link names or a device stands for. Of folders nothing: their entries are looked at one by one. */
export function sameSubstance(a: Entry, b: Entry): boolean {
  if (a.type !== b.type) return false;
  if (a.status.dev === b.status.dev && a.status.ino === b.status.ino) return true;
  switch (a.type) {
    case 'file':
      return a.status.size === b.status.size && sameFile(a, b);
    case 'link':
      return linkTarget(a) === linkTarget(b);
    case 'char':
    case 'block':
      return a.status.rdev === b.status.rdev;
    case 'dir':
    case 'fifo':
    case 'socket':
      return true;
  }
}

export function sameEntry(a: Entry, b: Entry): boolean {
  return sameSubstance(a, b) && sameAttributes(attributesOf(a), attributesOf(b));
}

/** Of one size. Configuration is small: it is read at once. */
function sameFile(a: Entry, b: Entry): boolean {
  if (a.status.size > smallFile) return sameContent(a.place, b.place);
  return readFileSync(bytes(a.place)).equals(readFileSync(bytes(b.place)));
}

const smallFile = 256 * 1024;

function linkTarget({ place }: Entry): string {
  return readlinkSync(bytes(place), 'latin1');
}

function typeOf(status: BigIntStats): EntryType {
  if (status.isFile()) return 'file';
  if (status.isDirectory()) return 'dir';
  if (status.isSymbolicLink()) return 'link';
  if (status.isFIFO()) return 'fifo';
  if (status.isSocket()) return 'socket';
  return status.isCharacterDevice() ? 'char' : 'block';
}
