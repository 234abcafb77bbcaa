/**
 * A directory reached step by step without following any symbolic link, and held open. Other users own directories
 * below /var and /etc and could swap one for a link while root works in it; through the handle that gains them nothing.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { bytes, type RawPath } from '../posix/raw-path.js';

const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

export interface DirectoryHandle {
  /** The path of an entry of the directory, valid while the handle is open. */
  entry(name: string): RawPath;
  /** The path of the directory itself. */
  readonly self: RawPath;
  close(): void;
}

/** Opens `path` below `root`. Throws `ELOOP` or `ENOTDIR` where a component is a link, `ENOENT` where it is missing. */
export function openDirectory(root: RawPath, path: RawPath): DirectoryHandle {
  let fd = openSync(bytes(root), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const name of path.split('/')) {
      if (name === '' || name === '.') continue;
      if (name === '..') throw new Error('a path inside a tree never climbs');
      const next = openSync(bytes(`/proc/self/fd/${fd}/${name}` as RawPath), flags);
      closeSync(fd);
      fd = next;
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const self = `/proc/self/fd/${fd}/.` as RawPath;
  return {
    entry: (name) => `/proc/self/fd/${fd}/${name}` as RawPath,
    self,
    close: () => closeSync(fd),
  };
}

/** Keeps the directory that was used last open, since consecutive changes mostly lie side by side. */
export function directoryCache(root: RawPath): { of(path: RawPath): DirectoryHandle; close(): void } {
  let current: { path: RawPath; handle: DirectoryHandle } | undefined;
  return {
    of(path) {
      if (current?.path === path) return current.handle;
      current?.handle.close();
      current = undefined;
      current = { path, handle: openDirectory(root, path) };
      return current.handle;
    },
    close() {
      current?.handle.close();
      current = undefined;
    },
  };
}
