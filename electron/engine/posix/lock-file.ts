/**
 * Locks that are held by a file being there (open(2) with `O_EXCL`), as pacman has one. Such a lock outlives the process that took it, so
 * one of ours says that it is ours: it is stale as soon as nobody holds the lock of the store, without which nobody takes it.
 */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { systemErrorCode } from '../fault.js';
import type { LockAttempt } from './lock.js';
import { besideName, bytes, join, nameOf, parentOf, type RawPath } from './raw-path.js';

const mark = 'understudy\n';

/** Takes the lock, also one that an earlier process of ours left. The caller holds the lock of the store. */
export function tryLockFile(path: RawPath): LockAttempt {
  removeOwnLockFile(path);
  // It is never there without the mark: link(2) fails where another lock is, like an open with `O_EXCL`.
  const marked = join(parentOf(path), besideName(nameOf(path)));
  rmSync(bytes(marked), { force: true });
  writeFileSync(bytes(marked), mark, { mode: 0o444, flag: 'wx', flush: true });
  try {
    linkSync(bytes(marked), bytes(path));
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return { busy: { pid: -1 } };
    throw error;
  } finally {
    rmSync(bytes(marked), { force: true });
  }
  return { held: { path, release: () => removeOwnLockFile(path) } };
}

/** Removes the lock where it is one of ours. The caller holds the lock of the store, or looks at a tree that does not run. */
export function removeOwnLockFile(path: RawPath): void {
  if (isOwnLockFile(path)) rmSync(bytes(path), { force: true });
}

/** A file without the mark, or one that may not be read, is someone else's. */
export function isOwnLockFile(path: RawPath): boolean {
  try {
    return readFileSync(bytes(path), 'latin1') === mark;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}
