/** Owner, mode, time and extended attributes of one entry, carried from one place to another. */
import { chmodSync, lchownSync, lstatSync, type BigIntStats } from 'node:fs';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { setModificationTime } from '../posix/times.js';
import { copyXattrs, isOverlayXattr, listXattrs, removeXattr } from '../posix/xattr.js';

export function bigStatus(path: RawPath): BigIntStats {
  return lstatSync(bytes(path), { bigint: true });
}

/** Makes `to` look like `from` in everything but content. The owner comes first, since chown(2) clears setuid bits. */
export function copyAttributes(from: RawPath, to: RawPath, options: { readonly time: boolean }): void {
  const status = bigStatus(from);
  lchownSync(bytes(to), Number(status.uid), Number(status.gid));
  if (!status.isSymbolicLink()) chmodSync(bytes(to), Number(status.mode & 0o7777n));
  const wanted = new Set(listXattrs(from));
  for (const name of listXattrs(to)) if (!wanted.has(name) && !isOverlayXattr(name)) removeXattr(to, name);
  copyXattrs(from, to);
  if (options.time) setModificationTime(to, status.mtimeNs);
}
