/** Copies of kernels on the file system that the boot loader reads, in a folder of our own: `<restore point>/<name>`. */
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { Fault, systemErrorCode } from '../fault.js';
import { removeTree } from '../files/remove-tree.js';
import { bytes, display, join, nameOf, parentOf, type RawPath } from '../posix/raw-path.js';
import { syncFileSystem } from '../posix/sync.js';

/** The folder where it lies on a partition that others use as well. */
export function keptOn(top: RawPath): RawPath {
  return join(top, 'understudy');
}

/** Hard links where the file system has them, else copies. What is there already is whole, and may be what the next start takes: it stays. */
export function keepFiles(kept: RawPath, restorePoint: string, files: readonly RawPath[]): RawPath[] {
  const folder = join(kept, restorePoint);
  const wanted = files.map((from) => {
    const to = join(folder, nameOf(from));
    return { from, to, beside: `${to}.new` as RawPath };
  });
  const missing = wanted.filter(({ to }) => !existsSync(bytes(to)));
  try {
    if (missing.length > 0) mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
    for (const { from, beside } of missing) {
      removeTree(beside);
      linkOrCopy(from, beside);
    }
    if (missing.length > 0) syncFileSystem(folder);
    for (const { to, beside } of missing) renameSync(bytes(beside), bytes(to));
    if (missing.length > 0) syncFileSystem(folder);
  } catch (error) {
    for (const { beside } of missing) removeTree(beside);
    removeEmpty(folder);
    removeEmpty(kept);
    if (systemErrorCode(error) === 'ENOSPC') throw noRoom(kept);
    throw error;
  }
  return wanted.map(({ to }) => to);
}

export function forgetKept(kept: RawPath): void {
  // Where there is nothing, nothing is written: the file system may be read-only.
  if (existsSync(bytes(kept))) removeTree(kept);
}

function linkOrCopy(from: RawPath, to: RawPath): void {
  try {
    linkSync(bytes(from), bytes(to));
  } catch (error) {
    if (!['EPERM', 'EXDEV', 'EMLINK', 'ENOSYS', 'EOPNOTSUPP'].includes(systemErrorCode(error) ?? ''))
      throw error;
    const { bavail, bsize } = statfsSync(bytes(parentOf(to)));
    if (statSync(bytes(from)).size > bavail * bsize) throw noRoom(parentOf(to));
    copyFileSync(bytes(from), bytes(to), constants.COPYFILE_FICLONE);
  }
}

function noRoom(folder: RawPath): Fault {
  return new Fault('NO_SPACE', `${display(folder)}: no room for a copy of the kernel that runs.`);
}

function removeEmpty(folder: RawPath): void {
  try {
    rmdirSync(bytes(folder));
  } catch {
    // It holds something else, or was never made.
  }
}
