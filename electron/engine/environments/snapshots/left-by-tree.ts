/** Restore points of the backend `tree` are hard links and exchanged folders: they work only where they are. */
import { readdirSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';

/** Why the store cannot move to another file system, a sentence. */
export function leftByTree({ store }: System): string | undefined {
  return ['restore-points', 'stages'].every((name) => isEmpty(join(store, name)))
    ? undefined
    : 'There are restore points or staged updates made by the backend tree, which it alone can return to.';
}

/** What one may not look at is not there. */
function isEmpty(folder: RawPath): boolean {
  try {
    return readdirSync(bytes(folder)).length === 0;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemErrorCode(error) ?? '')) return true;
    throw error;
  }
}
