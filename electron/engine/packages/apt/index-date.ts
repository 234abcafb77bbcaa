/** Which index `pending` reads, Understudy's own or the system's, and when it was fetched. */
import { accessSync, closeSync, constants, futimesSync, openSync, statSync } from 'node:fs';
import { namesIn } from '../../environments/plain-view.js';
import { systemErrorCode } from '../../fault.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { storeFolder, type System } from '../../system.js';

export interface KnownLists {
  readonly folder: RawPath;
  readonly isOwn: boolean;
}

/** Understudy's own index is the newer one where it exists and this user may read it. */
export function knownLists(system: System): KnownLists {
  const own = join(system.store, 'packages/apt/lists');
  if (holdsIndex(own)) return { folder: own, isOwn: true };
  return { folder: join(system.root, 'var/lib/apt/lists'), isOwn: false };
}

/** Remembers a refresh that succeeded. The times of the lists themselves are those of the archive. */
export function noteRefreshed(system: System): void {
  const now = new Date();
  const fd = openSync(bytes(stamp(storeFolder(system, 'packages/apt'))), 'a', 0o600);
  try {
    futimesSync(fd, now, now);
  } finally {
    closeSync(fd);
  }
}

export function indexDate(system: System): Date | undefined {
  const { folder, isOwn } = knownLists(system);
  if (!holdsIndex(folder)) return undefined;
  const candidates = isOwn
    ? [stamp(join(system.store, 'packages/apt'))]
    : [
        // apt works in `partial` at every update, and its daily job leaves a stamp.
        join(folder, 'partial'),
        join(system.root, 'var/lib/apt/periodic/update-success-stamp'),
        folder,
      ];
  const times = candidates.map(modified).filter((time) => time !== undefined);
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}

function stamp(folder: RawPath): RawPath {
  return join(folder, 'refreshed');
}

function holdsIndex(folder: RawPath): boolean {
  try {
    accessSync(bytes(folder), constants.R_OK | constants.X_OK);
  } catch {
    return false;
  }
  return (namesIn(folder) ?? []).some((name) => /_(?:In)?Release$|_Packages(?:\.[a-z0-9]+)?$/.test(name));
}

function modified(path: RawPath): number | undefined {
  try {
    return statSync(bytes(path)).mtimeMs;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
