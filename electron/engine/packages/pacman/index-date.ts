/** Which index `pending` reads, Understudy's own or the system's, and when it was fetched. */
import { accessSync, closeSync, constants, futimesSync, openSync, statSync } from 'node:fs';
import { namesIn } from '../../environments/plain-view.js';
import { systemErrorCode } from '../../fault.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { stampIn } from './places.js';

export interface KnownIndex {
  /** The folder with the sync databases. */
  readonly folder: RawPath;
  readonly isOwn: boolean;
}

/** Understudy's own index is the newer one where it exists and this user may read it. */
export function knownIndex(system: System): KnownIndex {
  const own = join(system.store, 'packages/pacman/index/sync');
  if (databasesIn(own).length > 0) return { folder: own, isOwn: true };
  return { folder: join(system.root, 'var/lib/pacman/sync'), isOwn: false };
}

/** Remembers a refresh that succeeded. The times of the databases themselves are those of the archive. */
export function noteRefreshed(system: System): void {
  const now = new Date();
  const fd = openSync(bytes(stampIn(system)), 'a', 0o600);
  try {
    futimesSync(fd, now, now);
  } finally {
    closeSync(fd);
  }
}

export function indexDate(system: System): Date | undefined {
  const { folder, isOwn } = knownIndex(system);
  if (databasesIn(folder).length === 0) return undefined;
  // pacman gives each database the time of the archive, so its folder alone tells when one was fetched.
  const time = modified(isOwn ? stampIn(system) : folder);
  return time === undefined ? undefined : new Date(time);
}

function databasesIn(folder: RawPath): string[] {
  try {
    accessSync(bytes(folder), constants.R_OK | constants.X_OK);
  } catch {
    return [];
  }
  return (namesIn(folder) ?? []).filter((name) => name.endsWith('.db'));
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
