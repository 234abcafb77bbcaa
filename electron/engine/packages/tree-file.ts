/** Reads the files in which package managers keep what they know of a tree. */
import { readFileSync } from 'node:fs';
import type { TreeView } from '../environments/environment.js';
import { systemErrorCode } from '../fault.js';
import { bytes, type RawPath } from '../posix/raw-path.js';

/** Undefined where there is no such file. */
export function treeFile(view: TreeView, path: RawPath): Buffer | undefined {
  const onHost = view.resolve(path);
  if (onHost === undefined) return undefined;
  try {
    return readFileSync(bytes(onHost));
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
