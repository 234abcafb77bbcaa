/**
 * statx(2), getdents64(2), readlinkat(2) and llistxattr(2) with buffers that are reused from call to call, addressed by number.
 * A scan makes two such calls for each file; through `node:fs` they cost three times as much and round times to
 * doubles unless paid for with BigInts. `struct statx` has the same layout on every architecture.
 */
import koffi from 'koffi';
import { libc } from '../posix/libc.js';

export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_EMPTY_PATH = 0x1000;
/** STATX_BASIC_STATS: all that stat(2) gives. */
const BASIC_STATS = 0x7ff;

type Statx = (fd: number, path: number, flags: number, mask: number, result: number) => number;
const statx = libc.func(
  'int statx(int fd, uintptr_t path, int flags, unsigned int mask, uintptr_t result)',
) as Statx;

export const openat = libc.func('int openat(int fd, uintptr_t path, int flags)') as (
  fd: number,
  path: number,
  flags: number,
) => number;
export const close = libc.func('int close(int fd)') as (fd: number) => number;
export const read = libc.func('intptr_t read(int fd, uintptr_t buffer, size_t size)') as (
  fd: number,
  buffer: number,
  size: number,
) => number;
export const readlinkat = libc.func(
  'intptr_t readlinkat(int fd, uintptr_t path, uintptr_t buffer, size_t size)',
) as (fd: number, path: number, buffer: number, size: number) => number;
export const getdents64 = libc.func('intptr_t getdents64(int fd, uintptr_t buffer, size_t size)') as (
  fd: number,
  buffer: number,
  size: number,
) => number;
export const llistxattr = libc.func('intptr_t llistxattr(uintptr_t path, uintptr_t list, size_t size)') as (
  path: number,
  list: number,
  size: number,
) => number;
export const lgetxattr = libc.func(
  'intptr_t lgetxattr(uintptr_t path, uintptr_t name, uintptr_t value, size_t size)',
) as (path: number, name: number, value: number, size: number) => number;

/** Memory that C functions read and write by address. It lives as long as this object is referenced. */
export class NativeBuffer {
  readonly buffer: Buffer;
  readonly words: Uint32Array;
  readonly address: number;

  constructor(size: number) {
    const memory = new ArrayBuffer(size);
    this.buffer = Buffer.from(memory);
    this.words = new Uint32Array(memory);
    this.address = Number(koffi.address(this.buffer));
  }

  /** Writes a NUL-terminated latin1 string (a raw path or a name) at `offset`; false when there is no room. */
  writeCString(text: string, offset = 0): boolean {
    const { length } = text;
    const { buffer } = this;
    if (offset + length >= buffer.length) return false;
    for (let i = 0; i < length; i++) buffer[offset + i] = text.charCodeAt(i);
    buffer[offset + length] = 0;
    return true;
  }
}

export const S_IFMT = 0o170000;
export const S_IFREG = 0o100000;
export const S_IFDIR = 0o040000;

/** The 32-bit words of a stamp: inode (2), size (2), ctime (2 + 1), mtime (2 + 1), device (2). */
export const STAMP_WORDS = 12;
const STAMP_SOURCE = [8, 9, 10, 11, 24, 25, 26, 28, 29, 30, 34, 35] as const;

/** The result of one stat call, overwritten by the next. Offsets from struct statx in <linux/stat.h>. */
export class StatRecord {
  private readonly memory = new NativeBuffer(256);
  private readonly words = this.memory.words;

  /** 0, or -1 with errno set. */
  stat(fd: number, path: number, flags: number): number {
    return statx(fd, path, flags, BASIC_STATS, this.memory.address);
  }

  private word(index: number): number {
    return this.words[index] as number;
  }

  get uid(): number {
    return this.word(5);
  }
  get gid(): number {
    return this.word(6);
  }
  /** Type and permission bits. */
  get mode(): number {
    return this.word(7) & 0xffff;
  }
  get size(): number {
    return this.word(11) * 2 ** 32 + this.word(10);
  }
  /** Whole seconds, rounded down; `mtimeNanoseconds` is never negative. */
  get mtimeSeconds(): number {
    return (this.word(29) | 0) * 2 ** 32 + this.word(28);
  }
  get mtimeNanoseconds(): number {
    return this.word(30);
  }
  get rdevMajor(): number {
    return this.word(32);
  }
  get rdevMinor(): number {
    return this.word(33);
  }
  /** The file system, as one number for comparison. */
  get device(): number {
    return this.word(34) * 2 ** 32 + this.word(35);
  }

  /** Copies what identifies this version of the file (see STAMP_WORDS). */
  copyStamp(target: Uint32Array, at: number): void {
    for (let i = 0; i < STAMP_WORDS; i++) target[at + i] = this.words[STAMP_SOURCE[i] as number] as number;
  }

  matchesStamp(stamps: Uint32Array, at: number): boolean {
    for (let i = 0; i < STAMP_WORDS; i++) {
      if (stamps[at + i] !== this.words[STAMP_SOURCE[i] as number]) return false;
    }
    return true;
  }
}

/** The seconds of a stamp's ctime. */
export function stampChangeSeconds(stamps: Uint32Array, at: number): number {
  return ((stamps[at + 5] as number) | 0) * 2 ** 32 + (stamps[at + 4] as number);
}
