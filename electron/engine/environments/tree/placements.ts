/**
 * Changes outside the exchange units (`/etc`, `/boot`, the rest of `/var`), file by file. A placement says what a path
 * shall be; placing it twice changes nothing, so a list that was cut short is simply placed again. Two lists are
 * written before the first placement: `forward` to the staged environment and `backward` to the one before.
 */
import {
  chmodSync,
  lchownSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  type BigIntStats,
} from 'node:fs';
import { z } from 'zod';
import { systemErrorCode } from '../../fault.js';
import { copyEntry } from '../../files/copy-tree.js';
import { directoryCache, type DirectoryHandle } from '../../files/directory-handle.js';
import { bigStatus } from '../../files/attributes.js';
import { besideName, bytes, join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import { setModificationTime } from '../../posix/times.js';
import { getXattr, isOverlayXattr, listXattrs, removeXattr, setXattr } from '../../posix/xattr.js';
import { statusOf } from './overlay-view.js';

const attributesSchema = z.strictObject({
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  xattrs: z.record(z.string(), z.string()),
});
export type FolderAttributes = z.infer<typeof attributesSchema>;

export const placementSchema = z.discriminatedUnion('put', [
  /** The entry becomes the inode at `from` (relative to the root). */
  z.strictObject({ put: z.literal('entry'), path: z.string(), from: z.string() }),
  z.strictObject({ put: z.literal('folder'), path: z.string(), attributes: attributesSchema }),
  z.strictObject({ put: z.literal('nothing'), path: z.string() }),
  /** The time of a directory whose entries change; comes after everything in it. Nanoseconds. */
  z.strictObject({ put: z.literal('time'), path: z.string(), time: z.string() }),
]);
export type Placement = z.infer<typeof placementSchema>;

/** Brings a list into the order in which it must be placed: removals from the leaves, then the rest from the top, then times. */
export function inOrder(list: readonly Placement[]): Placement[] {
  const byPath = (a: Placement, b: Placement): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
  const of = (...kinds: Placement['put'][]): Placement[] =>
    list.filter(({ put }) => kinds.includes(put)).sort(byPath);
  return [...of('nothing').reverse(), ...of('folder', 'entry'), ...of('time').reverse()];
}

/**
 * Places a list under `root`. A directory that is to go but holds something of the user's stays, and is reported.
 * `onStep` is called before each placement.
 */
export function place(root: RawPath, list: readonly Placement[], onStep?: () => void): { left: RawPath[] } {
  const left: RawPath[] = [];
  const folders = directoryCache(root);
  try {
    for (const placement of list) {
      onStep?.();
      const path = placement.path as RawPath;
      if (path === '') {
        if (placement.put === 'time') setModificationTime(root, BigInt(placement.time));
        continue;
      }
      const parent = openParent(folders, path, placement.put);
      if (!parent) continue;
      const entry = parent.entry(nameOf(path));
      switch (placement.put) {
        case 'nothing':
          if (!removeEntry(entry)) left.push(path);
          break;
        case 'folder':
          placeFolder(entry, placement.attributes);
          break;
        case 'entry':
          if (!placeEntry(join(root, placement.from), entry, parent.entry(besideName(nameOf(path)))))
            left.push(path);
          break;
        case 'time':
          if (statusOf(entry)?.isDirectory()) setModificationTime(entry, BigInt(placement.time));
          break;
      }
    }
  } finally {
    folders.close();
  }
  return { left };
}

/** A missing parent is no error where there is nothing to do in it. */
function openParent(
  folders: ReturnType<typeof directoryCache>,
  path: RawPath,
  put: Placement['put'],
): DirectoryHandle | undefined {
  try {
    return folders.of(parentOf(path));
  } catch (error) {
    // Gone, or replaced by something that is no directory when the list is placed a second time.
    const absent = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '');
    if (absent && (put === 'nothing' || put === 'time')) return undefined;
    throw error;
  }
}

function removeEntry(entry: RawPath): boolean {
  const status = statusOf(entry);
  if (!status) return true;
  if (!status.isDirectory()) {
    unlinkSync(bytes(entry));
    return true;
  }
  try {
    rmdirSync(bytes(entry));
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOTEMPTY') return false;
    throw error;
  }
}

function placeFolder(entry: RawPath, attributes: FolderAttributes): void {
  const status = statusOf(entry);
  if (status && !status.isDirectory()) unlinkSync(bytes(entry));
  if (!status?.isDirectory()) mkdirSync(bytes(entry), { mode: 0o700 });
  lchownSync(bytes(entry), attributes.uid, attributes.gid);
  chmodSync(bytes(entry), attributes.mode);
  for (const name of listXattrs(entry))
    if (!(name in attributes.xattrs) && !isOverlayXattr(name)) removeXattr(entry, name);
  for (const [name, value] of Object.entries(attributes.xattrs))
    setXattr(entry, name, Buffer.from(value, 'base64'));
}

/** False when a directory is in the way that holds something of the user's: nothing of theirs is removed for it. */
function placeEntry(from: RawPath, entry: RawPath, beside: RawPath): boolean {
  const source = bigStatus(from);
  const present = statusOf(entry);
  if (present && sameInode(entry, source)) return true; // rename(2) of two links to one inode would do nothing
  if (present?.isDirectory() && !removeEntry(entry)) return false;
  if (statusOf(beside)) unlinkSync(bytes(beside));
  try {
    linkSync(bytes(from), bytes(beside));
  } catch (error) {
    // vfat and other volumes have no hard links
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(systemErrorCode(error) ?? '')) throw error;
    copyEntry(from, beside);
  }
  renameSync(bytes(beside), bytes(entry));
  return true;
}

function sameInode(entry: RawPath, source: BigIntStats): boolean {
  const status = bigStatus(entry);
  return status.ino === source.ino && status.dev === source.dev;
}

export function folderAttributes(path: RawPath): FolderAttributes {
  const status = bigStatus(path);
  const xattrs: Record<string, string> = {};
  for (const name of listXattrs(path)) {
    const value = isOverlayXattr(name) ? undefined : getXattr(path, name);
    if (value) xattrs[name] = value.toString('base64');
  }
  return { mode: Number(status.mode & 0o7777n), uid: Number(status.uid), gid: Number(status.gid), xattrs };
}
