/** On a running system a backend with snapshots is a preview that its administrator asks for. What was begun with it goes on with it. */
import { lstatSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { writeFileDurably } from '../../files/durable.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { storePath, type System } from '../../system.js';

/** In the plain folder of the store, beneath the mount of the real one. */
const sign = 'elsewhere';

/** `undefined` where it may be used. The file lies in a folder that is root's, and belongs to no environment. */
export function notAskedFor(system: System, title: 'btrfs' | 'ZFS'): string | undefined {
  const optIn = `etc/understudy/${title.toLowerCase()}-environments`;
  const isWanted = [optIn, join(storePath, sign)].some((path) => isThere(join(system.root, path)));
  return !system.isRunning || isWanted
    ? undefined
    : `Snapshots of ${title} are a preview on a running system: an empty file /${optIn} asks for them.`;
}

/** For who looks before the store is mounted: the unit that recovers at the start of the system. */
export function markPlainFolder(folder: RawPath, where: string): void {
  const place = join(folder, sign);
  if (!lstatSync(bytes(place), { throwIfNoEntry: false })) writeFileDurably(place, `${where}\n`);
}

/** What one may not look at is not there. */
function isThere(path: RawPath): boolean {
  try {
    return lstatSync(bytes(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (['ENOTDIR', 'EACCES'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}
