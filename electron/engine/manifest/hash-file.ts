/**
 * SHA-256 of one file, provided that it is the very file that the scan saw, and that it stays so while it is read.
 * Contents pass through one fixed buffer; no file is ever held in memory.
 */
import { createHash, hash } from 'node:crypto';
import { constants as files } from 'node:fs';
import { constants } from 'node:os';
import koffi from 'koffi';
import type { RawPath } from '../posix/raw-path.js';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  close,
  NativeBuffer,
  openat,
  read,
  S_IFMT,
  S_IFREG,
  StatRecord,
} from './native-stat.js';

export const DIGEST_BYTES = 32;
const CHUNK = 256 * 1024;
/** fcntl.h; not in node:fs. Refused with EPERM for files of others. */
const O_NOATIME = 0o1000000;
/** O_NONBLOCK: a FIFO that took the file's place must not hang the scan. */
const FLAGS = files.O_RDONLY | files.O_NOFOLLOW | files.O_NONBLOCK | 0o2000000; // O_CLOEXEC

/** `hashed`, or why not: another file or version is there now, nothing is there, or an errno. */
export const HASHED = 0;
export const CHANGED = -1;
export type HashOutcome = number;

export class FileHasher {
  private readonly chunk = new NativeBuffer(CHUNK);
  private readonly path = new NativeBuffer(4096);
  private readonly empty = new NativeBuffer(4);
  private readonly found = new StatRecord();

  /** Hashing stops with ECANCELED once the first element of `stop` is 1; it may be shared between threads. */
  constructor(private readonly stop: Int32Array = new Int32Array(1)) {}

  /**
   * Writes the digest of the file at the absolute `path` to `target` when the file still carries the stamp.
   * Returns HASHED, CHANGED or a positive errno (ENOENT when it is gone).
   */
  hash(path: RawPath, stamps: Uint32Array, stampAt: number, target: Uint8Array, at: number): HashOutcome {
    if (Atomics.load(this.stop, 0) !== 0) return constants.errno.ECANCELED;
    if (!this.path.writeCString(path)) return constants.errno.ENAMETOOLONG;
    let fd = openat(AT_FDCWD, this.path.address, FLAGS | O_NOATIME);
    if (fd < 0 && koffi.errno() === constants.errno.EPERM) fd = openat(AT_FDCWD, this.path.address, FLAGS);
    if (fd < 0) {
      const errno = koffi.errno();
      return errno === constants.errno.ELOOP || errno === constants.errno.ENXIO ? CHANGED : errno;
    }
    try {
      if (!this.isUnchanged(fd, stamps, stampAt)) return CHANGED;
      const outcome = this.digest(fd, this.found.size, target, at);
      if (outcome !== HASHED) return outcome;
      return this.isUnchanged(fd, stamps, stampAt) ? HASHED : CHANGED;
    } finally {
      close(fd);
    }
  }

  private isUnchanged(fd: number, stamps: Uint32Array, at: number): boolean {
    return (
      this.found.stat(fd, this.empty.address, AT_EMPTY_PATH) === 0 &&
      (this.found.mode & S_IFMT) === S_IFREG &&
      this.found.matchesStamp(stamps, at)
    );
  }

  private digest(fd: number, size: number, target: Uint8Array, at: number): HashOutcome {
    const { buffer, address } = this.chunk;
    let got = size === 0 ? 0 : read(fd, address, Math.min(CHUNK, size));
    if (got < 0) return koffi.errno();
    if (got === size) {
      target.set(hash('sha256', buffer.subarray(0, got), 'buffer'), at);
      return HASHED;
    }
    const running = createHash('sha256');
    for (let left = size; ;) {
      if (got < 0) return koffi.errno();
      if (got === 0) return CHANGED;
      if (Atomics.load(this.stop, 0) !== 0) return constants.errno.ECANCELED;
      running.update(buffer.subarray(0, got));
      left -= got;
      if (left === 0) break;
      got = read(fd, address, Math.min(CHUNK, left));
    }
    target.set(running.digest(), at);
    return HASHED;
  }
}
