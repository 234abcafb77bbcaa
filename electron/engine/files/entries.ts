/** What a folder holds, with which of it are folders. */
import { readdirSync } from 'node:fs';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { bigStatusOf } from './attributes.js';

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Follows no link. In the order of the file system. */
export function entriesIn(folder: RawPath): FolderEntry[] {
  // Node looks at the entries of file systems that tell no types (such as zfs-fuse) itself, but can only do so with names in bytes.
  return readdirSync(bytes(folder), { withFileTypes: true, encoding: 'buffer' }).map((entry) => ({
    name: entry.name.toString('latin1'),
    isFolder: entry.isDirectory(),
  }));
}

/** The names of the folders in it, in order; none where it is no folder itself. */
export function foldersIn(folder: RawPath): string[] {
  if (!(bigStatusOf(folder)?.isDirectory() ?? false)) return [];
  return entriesIn(folder)
    .filter(({ isFolder }) => isFolder)
    .map(({ name }) => name)
    .sort();
}
