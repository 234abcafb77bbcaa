/**
 * Reading small files of the machine and of a tree. Only regular files are read, and only so much of them: a pipe or a
 * device that lies in a damaged tree can neither hang nor flood us.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { systemErrorCode } from '../fault.js';
import { bytes, display, raw, type RawPath } from '../posix/raw-path.js';
import type { TreeView } from '../environments/environment.js';

const mostBytes = 4 * 1024 * 1024;

/** The beginning of a file, at most `limit` bytes. Throws what `open(2)` throws, and for what is no regular file. */
export function readStart(path: RawPath, limit: number = mostBytes): Buffer {
  // O_NONBLOCK: opening a pipe without a writer would wait for one, see fifo(7).
  const fd = openSync(bytes(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${display(path)} is no regular file`);
    const chunks: Buffer[] = [];
    let size = 0;
    while (size < limit) {
      const chunk = Buffer.alloc(Math.min(65_536, limit - size));
      const count = readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      size += count;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(fd);
  }
}

/** A file of the machine as text without surrounding space, or `undefined` when it is not there. */
export function textAt(path: RawPath): string | undefined {
  try {
    return readStart(path).toString('utf8').trim();
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** The first of some files of a tree that exists, as text; symbolic links are followed inside the tree. */
export function textIn(view: TreeView, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = view.resolve(raw(path));
    if (found !== undefined) return readStart(found).toString('utf8');
  }
  return undefined;
}

/**
 * True for an error that says "there is no such thing". sysfs answers `ENODEV` or `ENODATA` for a value that the
 * hardware does not have, although its file is there.
 */
export function isAbsence(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENODEV' || code === 'ENODATA';
}
