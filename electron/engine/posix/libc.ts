/**
 * The libc that koffi calls into. One place loads it and turns `errno` into Node's own kind of error, so that
 * callers can match on `error.code` (`ENOSPC`, `EXDEV`, …) as they do for `node:fs`.
 */
import { constants } from 'node:os';
import koffi from 'koffi';
import { bytes, display, type RawPath } from './raw-path.js';

export const libc = koffi.load('libc.so.6');

const names = new Map<number, string>(Object.entries(constants.errno).map(([name, value]) => [value, name]));
// Two numbers have two names each; these are the ones that Node uses.
names.set(constants.errno.EOPNOTSUPP, 'ENOTSUP');
names.set(constants.errno.EAGAIN, 'EAGAIN');

export interface SystemCallError extends Error {
  code: string;
  errno: number;
  syscall: string;
}

/** Throws an error like those of `node:fs` when `result` is negative; else returns it. */
export function checked(result: number, syscall: string, path?: RawPath): number {
  if (result >= 0) return result;
  const errno = koffi.errno();
  const code = names.get(errno) ?? `E${errno}`;
  const error = new Error(
    `${code}: ${syscall}${path === undefined ? '' : ` '${display(path)}'`}`,
  ) as SystemCallError;
  error.code = code;
  error.errno = errno;
  error.syscall = syscall;
  throw error;
}

/** The `errno` of the last call through koffi, as its symbolic name. */
export function lastErrorCode(): string {
  const errno = koffi.errno();
  return names.get(errno) ?? `E${errno}`;
}

/** A path as a NUL-terminated C string. Refuses an embedded NUL, which would silently shorten the path. */
export function cString(path: RawPath): Buffer {
  if (path.includes('\0')) throw new Error('a path cannot contain a NUL byte');
  return Buffer.concat([bytes(path), Buffer.of(0)]);
}
