/** Reads small files and folders of a tree: links are followed inside the tree alone, and only regular files are ever opened. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { TreeView } from '../environments/environment.js';
import { resolveInTree } from '../environments/resolve.js';
import { systemErrorCode } from '../fault.js';
import { bytes, type RawPath } from '../posix/raw-path.js';

/** The names in a folder, sorted by bytes, after links on the way to it; none where there is no folder. */
export function namesIn(view: TreeView, path: RawPath): string[] {
  return folderIn(view, path)?.names ?? [];
}

/** A folder with its own path after every link on the way, or `undefined` where there is none. */
export function folderIn(view: TreeView, path: RawPath): { path: RawPath; names: string[] } | undefined {
  const found = resolveInTree(path, (each) => view.locate(each));
  const names = found && view.list(found.inTree);
  return names && { path: found.inTree, names };
}

/** The first bytes of a file, at most `limit`; `undefined` when there is no regular file. */
export function readStart(view: TreeView, path: RawPath, limit: number): Buffer | undefined {
  return readOpened(view, path, (size) => Math.min(size, limit));
}

/** A whole file; `undefined` when there is no regular file or it is larger than `limit`. */
export function readWhole(view: TreeView, path: RawPath, limit: number): Buffer | undefined {
  return readOpened(view, path, (size) => (size > limit ? undefined : size));
}

/** As `readWhole`, with each byte as one character. */
export function readText(view: TreeView, path: RawPath, limit: number): string | undefined {
  return readWhole(view, path, limit)?.toString('latin1');
}

function readOpened(
  view: TreeView,
  path: RawPath,
  length: (size: number) => number | undefined,
): Buffer | undefined {
  const onHost = view.resolve(path);
  if (onHost === undefined) return undefined;
  let fd: number;
  try {
    // O_NONBLOCK: opening a fifo must not wait for a writer
    fd = openSync(bytes(onHost), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO', 'ENODEV'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    const wanted = stat.isFile() ? length(stat.size) : undefined;
    if (wanted === undefined) return undefined;
    const buffer = Buffer.alloc(wanted);
    let filled = 0;
    while (filled < wanted) {
      const count = readSync(fd, buffer, filled, wanted - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}
