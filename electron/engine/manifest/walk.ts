/**
 * Walks a tree in manifest order, one entry at a time, holding no more than the names of the directories it is in.
 * Every directory is opened through its parent's descriptor and never through a symbolic link, so that what is walked
 * cannot be redirected by renaming directories meanwhile.
 */
import { constants as files } from 'node:fs';
import { constants } from 'node:os';
import koffi from 'koffi';
import { checked, lastErrorCode } from '../posix/libc.js';
import { join, type RawPath } from '../posix/raw-path.js';
import { EntryReader, type MutableEntry, type Unreadable } from './entry-reader.js';
import { AT_FDCWD, close, getdents64, NativeBuffer, openat, S_IFDIR, S_IFMT } from './native-stat.js';

const O_CLOEXEC = 0o2000000;
const O_NOATIME = 0o1000000;
const FLAGS = files.O_RDONLY | files.O_DIRECTORY | files.O_NOFOLLOW | O_CLOEXEC;

interface Frame {
  readonly fd: number;
  /** Relative path of the directory with a trailing slash; `''` for the root. */
  readonly prefix: string;
  /** Where the names of this directory start in the buffer of the absolute path. */
  readonly nameAt: number;
  readonly names: readonly string[];
  next: number;
}

export interface WalkOptions {
  readonly exclude?: ((path: RawPath, isDirectory: boolean) => boolean) | undefined;
  readonly oneFileSystem?: boolean | undefined;
  readonly xattrs: boolean;
  readonly onUnreadable: Unreadable;
}

export class TreeWalker {
  readonly reader: EntryReader;
  private readonly frames: Frame[] = [];
  private readonly names = new NativeBuffer(65_536);
  private readonly device: number;
  private first: MutableEntry | undefined;

  /** Throws like `node:fs` when the root is missing or not a directory. */
  constructor(
    root: RawPath,
    private readonly options: WalkOptions,
  ) {
    this.reader = new EntryReader(options.xattrs, options.onUnreadable);
    const { path } = this.reader;
    path.writeCString(root);
    const fd = checked(
      openat(AT_FDCWD, path.address, files.O_RDONLY | files.O_DIRECTORY | O_CLOEXEC),
      'open',
      root,
    );
    // With the slash, the root may itself be a symbolic link to the tree.
    const base = join(root, '.') === '/' ? '/' : `${root}/`;
    path.writeCString(base);
    checked(this.reader.stat(AT_FDCWD, 0) ? 0 : -1, 'stat', root);
    this.device = this.reader.found.device;
    this.first = this.reader.describe('' as RawPath, AT_FDCWD, 0);
    this.enter(fd, '' as RawPath, base.length);
  }

  /** The next entry, described by `reader.found` until the next call; undefined at the end. */
  next(): MutableEntry | undefined {
    if (this.first !== undefined) {
      const root = this.first;
      this.first = undefined;
      return root;
    }
    for (;;) {
      const frame = this.frames.at(-1);
      if (frame === undefined) return undefined;
      const name = frame.names[frame.next++];
      if (name === undefined) {
        this.frames.pop();
        close(frame.fd);
        continue;
      }
      const entry = this.visit(frame, name);
      if (entry !== undefined) return entry;
    }
  }

  close(): void {
    for (const frame of this.frames.splice(0)) close(frame.fd);
  }

  private visit(frame: Frame, name: string): MutableEntry | undefined {
    const { reader, options } = this;
    const path = (frame.prefix + name) as RawPath;
    if (!reader.path.writeCString(name, frame.nameAt)) {
      options.onUnreadable(path, 'ENAMETOOLONG');
      return undefined;
    }
    if (!reader.stat(frame.fd, frame.nameAt)) {
      if (koffi.errno() !== constants.errno.ENOENT) options.onUnreadable(path, lastErrorCode());
      return undefined;
    }
    const isDirectory = (reader.found.mode & S_IFMT) === S_IFDIR;
    if (options.exclude?.(path, isDirectory)) return undefined;
    const entry = reader.describe(path, frame.fd, frame.nameAt);
    if (entry === undefined || !isDirectory) return entry;
    if (options.oneFileSystem && reader.found.device !== this.device) return entry;
    return this.descend(frame, path, name) ? entry : undefined;
  }

  /** False when the directory is gone, or something else is in its place. */
  private descend(frame: Frame, path: RawPath, name: string): boolean {
    const address = this.reader.path.address + frame.nameAt;
    let fd = openat(frame.fd, address, FLAGS | O_NOATIME);
    if (fd < 0 && koffi.errno() === constants.errno.EPERM) fd = openat(frame.fd, address, FLAGS);
    if (fd >= 0) {
      const nameAt = frame.nameAt + name.length + 1;
      this.reader.path.buffer[nameAt - 1] = 0x2f;
      this.enter(fd, path, nameAt);
      return true;
    }
    const errno = koffi.errno();
    const { ENOENT, ENOTDIR, ELOOP } = constants.errno;
    if (errno === ENOENT || errno === ENOTDIR || errno === ELOOP) return false;
    this.options.onUnreadable(path, lastErrorCode());
    return true;
  }

  private enter(fd: number, path: RawPath, nameAt: number): void {
    const names: string[] = [];
    const { buffer, address } = this.names;
    for (;;) {
      const length = getdents64(fd, address, buffer.length);
      if (length < 0) this.options.onUnreadable(path, lastErrorCode());
      if (length <= 0) break;
      // struct linux_dirent64: u64 inode, s64 offset, u16 record length, u8 type, the name, at most 8 NULs
      for (let at = 0; at < length;) {
        const next = at + ((buffer[at + 16] as number) | ((buffer[at + 17] as number) << 8));
        let end = Math.max(at + 20, next - 8);
        while (buffer[end] !== 0) end++;
        const name = buffer.toString('latin1', at + 19, end);
        if (name !== '.' && name !== '..') names.push(name);
        at = next;
      }
    }
    names.sort(); // raw paths compare by their bytes
    this.frames.push({ fd, prefix: path === '' ? '' : `${path}/`, nameAt, names, next: 0 });
  }
}
