/**
 * fcntl(2) record locks, the kind that dpkg and apt use. A lock belongs to the process and its inode, and is gone when
 * the process ends, whatever ends it: a stale lock cannot exist. It is gone as well when the process closes *any* descriptor of
 * that file, so a file that is locked here is never opened a second time.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { checked, lastErrorCode, libc } from './libc.js';
import { bytes, type RawPath } from './raw-path.js';

const F_GETLK = 5;
const F_SETLK = 6;
const F_WRLCK = 1;
const F_UNLCK = 2;

// struct flock on 64-bit Linux: short l_type, l_whence; (padding) off_t l_start, l_len; pid_t l_pid
// Declared without `...`: the calling conventions of x86-64 and arm64 Linux pass the pointer alike, and errno survives.
const fcntl = libc.func('int fcntl(int fd, int command, uint8_t *lock)') as (
  fd: number,
  command: number,
  lock: Buffer,
) => number;

function wholeFile(type: number): Buffer {
  const lock = Buffer.alloc(32);
  lock.writeInt16LE(type, 0);
  return lock;
}

export interface HeldLock {
  readonly path: RawPath;
  release(): void;
}

/** Device and inode of the files that this process has locked. */
const heldHere = new Set<string>();

function isHeldHere(path: RawPath): boolean {
  const status = lstatSync(bytes(path), { bigint: true, throwIfNoEntry: false });
  return status !== undefined && heldHere.has(`${status.dev}:${status.ino}`);
}

export type LockAttempt = { readonly held: HeldLock } | { readonly busy: { readonly pid: number } };

/** Takes the write lock of a file (created when missing, with mode 0640 unless said); says which process has it if it is taken. */
export function tryLock(path: RawPath, mode = 0o640): LockAttempt {
  if (isHeldHere(path)) return { busy: { pid: process.pid } };
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const fd = openSync(bytes(path), flags, mode);
  const result = fcntl(fd, F_SETLK, wholeFile(F_WRLCK));
  if (result < 0) {
    const code = lastErrorCode();
    if (code !== 'EACCES' && code !== 'EAGAIN') {
      closeSync(fd);
      checked(result, 'fcntl', path);
    }
    const pid = holderOf(fd);
    closeSync(fd);
    return { busy: { pid } };
  }
  const { dev, ino } = fstatSync(fd, { bigint: true });
  const identity = `${dev}:${ino}`;
  heldHere.add(identity);
  return {
    held: {
      path,
      release() {
        heldHere.delete(identity);
        closeSync(fd);
      },
    },
  };
}

/** The *other* process that holds the lock of an existing file, or `undefined`. Works with read permission alone. */
export function lockHolder(path: RawPath): number | undefined {
  if (isHeldHere(path)) return undefined;
  let fd: number;
  try {
    fd = openSync(bytes(path), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const pid = holderOf(fd);
    return pid === 0 ? undefined : pid;
  } finally {
    closeSync(fd);
  }
}

/** 0 when nobody holds it; -1 for a holder that this process id namespace cannot see. */
function holderOf(fd: number): number {
  const lock = wholeFile(F_WRLCK);
  checked(fcntl(fd, F_GETLK, lock), 'fcntl');
  if (lock.readInt16LE(0) === F_UNLCK) return 0;
  return lock.readInt32LE(24) || -1;
}
