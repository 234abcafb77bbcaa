/** Owner, mode, time and extended attributes of one entry, carried from one place to another. */
import { chmodSync, lchownSync, lstatSync, type BigIntStats } from 'node:fs';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { setModificationTime } from '../posix/times.js';
import { copyXattrs, isOverlayXattr, listXattrs, removeXattr } from '../posix/xattr.js';

export function bigStatus(path: RawPath): BigIntStats {
  return lstatSync(bytes(path), { bigint: true });
}

/** `undefined` where there is nothing, or nothing can be. */
export function bigStatusOf(path: RawPath): BigIntStats | undefined {
  try {
    return lstatSync(bytes(path), { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // ENOTDIR: a component is no directory
  }
}

/** Makes `to` look like `from` in everything but content. The owner comes first, since chown(2) clears setuid bits. */
export function copyAttributes(
  from: RawPath,
  to: RawPath,
  options: { readonly time: boolean; readonly status?: BigIntStats },
): void {
  const { status = bigStatus(from) } = options;
  lchownSync(bytes(to), Number(status.uid), Number(status.gid));
  if (!status.isSymbolicLink()) chmodSync(bytes(to), Number(status.mode & 0o7777n));
  const wanted = listXattrs(from);
  for (const name of listXattrs(to))
    if (!wanted.includes(name) && !isOverlayXattr(name)) removeXattr(to, name);
  copyXattrs(from, to, wanted);
  if (options.time) setModificationTime(to, status.mtimeNs);
}
