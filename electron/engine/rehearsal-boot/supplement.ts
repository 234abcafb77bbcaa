/** A cpio archive behind an initramfs: what comes later is laid over what came before. */
import { closeSync, constants, copyFileSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { cpioEnd, cpioEntry, cpioModes } from '../files/cpio.js';
import { bytes, type RawPath } from '../posix/raw-path.js';
import type { Supplement } from './boot-files.js';

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
      yield cpioEntry(folder, cpioModes.folder, ++inode, Buffer.alloc(0));
    }
    yield cpioEntry(path, cpioModes.file, ++inode, readFileSync(bytes(from)));
  }
  yield cpioEnd();
}

function write(fd: number, content: Buffer): void {
  for (let written = 0; written < content.length;) written += writeSync(fd, content, written);
}
