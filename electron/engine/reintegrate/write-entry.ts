/** Makes what a merge decided about one path, at a place where nothing is yet. */
import { chmodSync, closeSync, constants, lchownSync, openSync, writeSync } from 'node:fs';
import { copyEntry } from '../files/copy-tree.js';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { listXattrs, removeXattr, setXattr } from '../posix/xattr.js';
import type { Attributes } from './entry.js';
import type { Result } from './outcome.js';

/** For anything but a folder. A file with content of its own gets the time of its making. */
export function writeEntry(result: Exclude<Result, { readonly put: 'nothing' }>, to: RawPath): void {
  if (result.put === 'entry') {
    copyEntry(result.entry.place, to);
    return;
  }
  const { content, attributes } = result;
  if (Buffer.isBuffer(content)) writeNew(to, content);
  else copyEntry(content.place, to);
  setAttributes(to, attributes, Buffer.isBuffer(content) || content.type !== 'link');
}

/** The owner comes first, since chown(2) clears setuid bits and capabilities; the ACL last, since chmod(2) changes its mask. */
export function setAttributes(to: RawPath, { mode, uid, gid, xattrs }: Attributes, hasMode = true): void {
  lchownSync(bytes(to), uid, gid);
  if (hasMode) chmodSync(bytes(to), mode);
  for (const name of listXattrs(to)) if (!xattrs.has(name)) removeXattr(to, name);
  for (const [name, value] of xattrs) setXattr(to, name, Buffer.from(value, 'hex'));
}

function writeNew(to: RawPath, content: Buffer): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const fd = openSync(bytes(to), flags, 0o600);
  try {
    for (let written = 0; written < content.length;) written += writeSync(fd, content, written);
  } finally {
    closeSync(fd);
  }
}
