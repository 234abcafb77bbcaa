/** When an index was fetched: archives give its files times of their own, so a stamp beside them tells. */
import { accessSync, closeSync, constants, futimesSync, openSync, statSync } from 'node:fs';
import { namesIn } from '../environments/plain-view.js';
import { systemErrorCode } from '../fault.js';
import { bytes, type RawPath } from '../posix/raw-path.js';

export function touchStamp(stamp: RawPath): void {
  const now = new Date();
  const fd = openSync(bytes(stamp), 'a', 0o600);
  try {
    futimesSync(fd, now, now);
  } finally {
    closeSync(fd);
  }
}

/** Milliseconds since the epoch; undefined where it cannot be told. */
export function modified(path: RawPath): number | undefined {
  try {
    return statSync(bytes(path)).mtimeMs;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Whether this user may read a folder that has such a file. */
export function holdsIndex(folder: RawPath, isIndex: (name: string) => boolean): boolean {
  try {
    accessSync(bytes(folder), constants.R_OK | constants.X_OK);
  } catch {
    return false;
  }
  return (namesIn(folder) ?? []).some(isIndex);
}
