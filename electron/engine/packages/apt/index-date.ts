/** Which index `pending` reads, Understudy's own or the system's, and when it was fetched. */
import { join, type RawPath } from '../../posix/raw-path.js';
import { storeFolder, type System } from '../../system.js';
import { holdsIndex, modified, touchStamp } from '../index-stamp.js';

export interface KnownLists {
  readonly folder: RawPath;
  readonly isOwn: boolean;
}

/** Understudy's own index is the newer one where it exists and this user may read it. */
export function knownLists(system: System): KnownLists {
  const own = join(system.store, 'packages/apt/lists');
  if (holdsIndex(own, isList)) return { folder: own, isOwn: true };
  return { folder: join(system.root, 'var/lib/apt/lists'), isOwn: false };
}

/** Remembers a refresh that succeeded. The times of the lists themselves are those of the archive. */
export function noteRefreshed(system: System): void {
  touchStamp(stamp(storeFolder(system, 'packages/apt')));
}

export function indexDate(system: System): Date | undefined {
  const { folder, isOwn } = knownLists(system);
  if (!holdsIndex(folder, isList)) return undefined;
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

const isList = (name: string): boolean => /_(?:In)?Release$|_Packages(?:\.[a-z0-9]+)?$/.test(name);
