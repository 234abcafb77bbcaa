/** Which index `pending` reads, Understudy's own or the system's, and when it was fetched. */
import { join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { holdsIndex, modified, touchStamp } from '../index-stamp.js';
import { stampIn } from './places.js';

export interface KnownIndex {
  /** The folder with the sync databases. */
  readonly folder: RawPath;
  readonly isOwn: boolean;
}

/** Understudy's own index is the newer one where it exists and this user may read it. */
export function knownIndex(system: System): KnownIndex {
  const own = join(system.store, 'packages/pacman/index/sync');
  if (holdsIndex(own, isDatabase)) return { folder: own, isOwn: true };
  return { folder: join(system.root, 'var/lib/pacman/sync'), isOwn: false };
}

/** Remembers a refresh that succeeded. The times of the databases themselves are those of the archive. */
export function noteRefreshed(system: System): void {
  touchStamp(stampIn(system));
}

export function indexDate(system: System): Date | undefined {
  const { folder, isOwn } = knownIndex(system);
  if (!holdsIndex(folder, isDatabase)) return undefined;
  // pacman gives each database the time of the archive, so its folder alone tells when one was fetched.
  const time = modified(isOwn ? stampIn(system) : folder);
  return time === undefined ? undefined : new Date(time);
}

const isDatabase = (name: string): boolean => name.endsWith('.db');
