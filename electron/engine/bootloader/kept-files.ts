/** Copies of kernels beside the boot loader's own files: `understudy/<restore point>` on the file system that it reads. */
import {
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
import { bytes, display, join, nameOf, type RawPath } from '../posix/raw-path.js';
import { syncFileSystem } from '../posix/sync.js';

const keptFolder = 'understudy';

/** Hard links where the file system has them, else copies. What is there already is whole, and may be what the next start takes: it stays. */
export function keepFiles(top: RawPath, restorePoint: string, files: readonly RawPath[]): RawPath[] {
  const folder = join(join(top, keptFolder), restorePoint);
  const wanted = files.map((from) => {
    const to = join(folder, nameOf(from));
    return { from, to, beside: `${to}.new` as RawPath };
  });
  const missing = wanted.filter(({ to }) => !existsSync(bytes(to)));
  try {
    if (missing.length > 0) mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
    for (const { from, beside } of missing) {
      removeTree(beside);
      linkOrCopy(from, beside, top);
    }
    if (missing.length > 0) syncFileSystem(top);
    for (const { to, beside } of missing) renameSync(bytes(beside), bytes(to));
    if (missing.length > 0) syncFileSystem(top);
  } catch (error) {
    for (const { beside } of missing) removeTree(beside);
    removeEmpty(folder);
    removeEmpty(join(top, keptFolder));
    if (systemErrorCode(error) === 'ENOSPC') throw noRoom(top);
    throw error;
  }
  return wanted.map(({ to }) => to);
}

export function forgetKept(top: RawPath): void {
  removeTree(join(top, keptFolder));
}

function linkOrCopy(from: RawPath, to: RawPath, top: RawPath): void {
  try {
    linkSync(bytes(from), bytes(to));
  } catch (error) {
    if (!['EPERM', 'EXDEV', 'EMLINK', 'ENOSYS', 'EOPNOTSUPP'].includes(systemErrorCode(error) ?? ''))
      throw error;
    const { bavail, bsize } = statfsSync(bytes(top));
    if (statSync(bytes(from)).size > bavail * bsize) throw noRoom(top);
    copyFileSync(bytes(from), bytes(to));
  }
}

function noRoom(top: RawPath): Fault {
  return new Fault('NO_SPACE', `${display(top)}: no room for a copy of the kernel that runs.`);
}

function removeEmpty(folder: RawPath): void {
  try {
    rmdirSync(bytes(folder));
  } catch {
    // It holds something else, or was never made.
  }
}
