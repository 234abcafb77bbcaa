/** The view of a tree that lies in a folder as it is, such as the running system or another `--root`. */
import { lstatSync, readdirSync } from 'node:fs';
import { systemErrorCode } from '../fault.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import type { TreeView } from './environment.js';
import { resolveInTree } from './resolve.js';

export function plainView(root: RawPath): TreeView {
  const locate = (path: RawPath): RawPath | undefined => {
    const onHost = join(root, path);
    return exists(onHost) ? onHost : undefined;
  };
  return {
    locate,
    resolve: (path) => resolveInTree(path, locate)?.onHost,
    list: (path) => namesIn(join(root, path)),
  };
}

/** True when the entry itself is there; a dangling link is. */
export function exists(path: RawPath): boolean {
  try {
    return lstatSync(bytes(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // a component is no directory, is too long for any file system, or leads round in a circle
    if (['ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}

/** The names in a directory sorted by bytes, or `undefined` when it is none. */
export function namesIn(path: RawPath): string[] | undefined {
  try {
    return readdirSync(bytes(path), { encoding: 'latin1' }).sort();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
