/** Durability: one syncfs(2) for a whole tree instead of an fsync(2) for each of its files. */
import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { checked, libc } from './libc.js';
import { bytes, type RawPath } from './raw-path.js';

const syncfs = libc.func('int syncfs(int fd)') as (fd: number) => number;

/** Writes everything that is pending on the file system that holds `path` to the disk. */
export function syncFileSystem(path: RawPath): void {
  const fd = openSync(bytes(path), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    checked(syncfs(fd), 'syncfs', path);
  } finally {
    closeSync(fd);
  }
}

/** fsync(2) of a directory: makes the names in it durable. */
export function syncDirectory(path: RawPath): void {
  const fd = openSync(bytes(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
