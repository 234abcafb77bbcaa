/**
 * A cpio archive ("newc") as the kernel takes it behind an initramfs (Documentation/driver-api/early-userspace/buffer-format.rst): what
 * comes later is laid over what came before.
 */
import { closeSync, constants, copyFileSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { bytes, type RawPath } from '../posix/raw-path.js';
import type { Supplement } from './boot-files.js';

const folderMode = 0o40_755;
const fileMode = 0o100_644;

/** Copies the initramfs to `to` and appends the files. */
export function writeInitramfs(initramfs: RawPath, files: readonly Supplement[], to: RawPath): void {
  copyFileSync(bytes(initramfs), bytes(to));
  const { size } = statSync(bytes(to));
  const fd = openSync(bytes(to), constants.O_WRONLY | constants.O_APPEND);
  try {
    // An archive begins at a multiple of four; four zeros also end a stream of lz4.
    write(fd, Buffer.alloc(8 - (size % 4)));
    for (const part of archive(files)) write(fd, part);
  } finally {
    closeSync(fd);
  }
}

/** One entry after the other; folders come before what is in them, but for the topmost, which may be a link. */
export function* archive(files: readonly Supplement[]): Generator<Buffer> {
  let inode = 0;
  const made = new Set<string>();
  for (const { path, from } of files) {
    const parts = path.split('/');
    for (let length = 2; length < parts.length; length += 1) {
      const folder = parts.slice(0, length).join('/');
      if (made.has(folder)) continue;
      made.add(folder);
      yield entry(folder, folderMode, ++inode, Buffer.alloc(0));
    }
    yield entry(path, fileMode, ++inode, readFileSync(bytes(from)));
  }
  yield entry('TRAILER!!!', 0, 0, Buffer.alloc(0));
}

function entry(name: string, mode: number, inode: number, content: Buffer): Buffer {
  const nameBytes = Buffer.from(`${name}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, nameBytes.length, 0];
  const header = Buffer.from(`070701${fields.map(hex).join('')}`, 'latin1');
  return Buffer.concat([padded(Buffer.concat([header, nameBytes])), padded(content)]);
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
}

function write(fd: number, content: Buffer): void {
  for (let written = 0; written < content.length;) written += writeSync(fd, content, written);
}
