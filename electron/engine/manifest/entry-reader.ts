/** Describes one path as a manifest entry, all but the hash: lstat, link target, extended attributes. */
import { constants } from 'node:os';
import koffi from 'koffi';
import { lastErrorCode } from '../posix/libc.js';
import type { RawPath } from '../posix/raw-path.js';
import { isOverlayXattr } from '../posix/xattr.js';
import type { EntryType, ManifestEntry } from './entry.js';
import {
  AT_SYMLINK_NOFOLLOW,
  lgetxattr,
  llistxattr,
  NativeBuffer,
  readlinkat,
  StatRecord,
} from './native-stat.js';

/** st_mode >> 12, see inode(7). */
const TYPES: readonly (EntryType | undefined)[] = [
  undefined, 'fifo', 'char', undefined, 'dir', undefined, 'block', undefined, 'file', undefined, 'link', undefined, 'socket',
]; // prettier-ignore

const NANOSECONDS = 1_000_000_000n;
/** Almost every file has no or few attributes; the kernel allocates what is asked for, so asking for 64 KiB is slow. */
const SHORT_LIST = 512;
/** XATTR_LIST_MAX and XATTR_SIZE_MAX of <linux/limits.h>. */
const LONG_LIST = 65_536;

export type Unreadable = (path: RawPath, code: string) => void;

export class EntryReader {
  /** The absolute path of the entry, written by the caller. Longer than PATH_MAX, since deep trees are walked by fd. */
  readonly path = new NativeBuffer(131_072);
  /** What the last stat found. */
  readonly found = new StatRecord();
  private readonly link = new NativeBuffer(4096);
  private readonly list = new NativeBuffer(LONG_LIST);
  private readonly name = new NativeBuffer(256);
  private readonly value = new NativeBuffer(LONG_LIST);
  private lastSeconds = 0;
  private lastSecondsNs = 0n;

  constructor(
    private readonly withXattrs: boolean,
    private readonly onUnreadable: Unreadable,
  ) {}

  /** Fills `found`. Relative to the directory `fd`, the name starts at `nameAt` of `path`. False with errno set. */
  stat(fd: number, nameAt: number): boolean {
    return this.found.stat(fd, this.path.address + nameAt, AT_SYMLINK_NOFOLLOW) === 0;
  }

  /** The entry of the path that `stat` found; undefined when it vanished since. */
  describe(path: RawPath, fd: number, nameAt: number): MutableEntry | undefined {
    const { found } = this;
    const { mode } = found;
    const type = TYPES[mode >> 12];
    if (type === undefined) throw new Error(`unknown file type 0${(mode >> 12).toString(8)}`);
    const link = type === 'link' ? this.readLink(fd, nameAt) : undefined;
    if (type === 'link' && link === undefined) return undefined;
    return {
      path,
      type,
      mode: mode & 0o7777,
      uid: found.uid,
      gid: found.gid,
      size: type === 'file' ? found.size : 0,
      mtimeNs: this.mtime(),
      link,
      sha256: undefined,
      device:
        type === 'char' || type === 'block' ? { major: found.rdevMajor, minor: found.rdevMinor } : undefined,
      xattrs: this.withXattrs ? this.readXattrs(path) : undefined,
    };
  }

  /** Packages give many files one time: the BigInt of its seconds is kept. */
  private mtime(): bigint {
    const seconds = this.found.mtimeSeconds;
    if (seconds !== this.lastSeconds) {
      this.lastSeconds = seconds;
      this.lastSecondsNs = BigInt(seconds) * NANOSECONDS;
    }
    const rest = this.found.mtimeNanoseconds;
    return rest === 0 ? this.lastSecondsNs : this.lastSecondsNs + BigInt(rest);
  }

  private readLink(fd: number, nameAt: number): RawPath | undefined {
    const length = readlinkat(fd, this.path.address + nameAt, this.link.address, this.link.buffer.length);
    return length < 0 ? undefined : (this.link.buffer.toString('latin1', 0, length) as RawPath);
  }

  private readXattrs(path: RawPath): ReadonlyMap<string, Buffer> | undefined {
    let length = llistxattr(this.path.address, this.list.address, SHORT_LIST);
    if (length === 0) return undefined;
    if (length < 0 && koffi.errno() === constants.errno.ERANGE) {
      length = llistxattr(this.path.address, this.list.address, LONG_LIST);
    }
    if (length < 0) {
      this.reportUnless(path, constants.errno.ENOTSUP);
      return undefined;
    }
    const names = this.list.buffer.toString('latin1', 0, length).split('\0').slice(0, -1);
    const xattrs = new Map<string, Buffer>();
    for (const name of names.sort()) {
      if (isOverlayXattr(name)) continue;
      this.name.writeCString(name);
      const size = lgetxattr(this.path.address, this.name.address, this.value.address, LONG_LIST);
      if (size < 0) this.reportUnless(path, constants.errno.ENODATA);
      else xattrs.set(name, Buffer.from(this.value.buffer.subarray(0, size)));
    }
    return xattrs.size === 0 ? undefined : xattrs;
  }

  /** An entry that has just vanished is no news either. */
  private reportUnless(path: RawPath, harmless: number): void {
    const errno = koffi.errno();
    if (errno !== harmless && errno !== constants.errno.ENOENT) this.onUnreadable(path, lastErrorCode());
  }
}

export type MutableEntry = { -readonly [K in keyof ManifestEntry]: ManifestEntry[K] };
