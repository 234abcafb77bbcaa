/**
 * Where pacman keeps things, and Understudy's own index and package cache beside them.
 *
 * Understudy never fetches into the system's own folders: an index that is newer than the installed packages makes the user's next
 * `pacman -S` a partial upgrade. So its own lies in the store, which appears in a session at `inside`; what is installed stays where it is,
 * and the index has a link to it. The new system gets the index that it was made from.
 */
import { chmodSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import type { Bind } from '../../environments/environment.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { storeFolder, type System } from '../../system.js';
import { localPath } from './database.js';

const path = (text: string): RawPath => text as RawPath;

/** Not the whole of `var/lib/pacman`: the lock beside it is no part of any environment but the running one. */
export const database: readonly RawPath[] = [localPath];
export const lockFile = path('var/lib/pacman/db.lck');
export const caches: readonly RawPath[] = [path('var/cache/pacman/pkg'), path('var/lib/pacman/sync')];

const store = 'packages/pacman';
const inside = 'run/understudy/pacman';

/** Folders as pacman sees them in a session. */
export const sessionPlaces = {
  index: `/${inside}/index`,
  incoming: `/${inside}/incoming`,
  archives: `/${inside}/pkg`,
  /** The system's own, which has the packages that are installed, as far as nobody emptied it. */
  systemArchives: '/var/cache/pacman/pkg',
  database: '/var/lib/pacman',
} as const;

/** `--dbpath` of everything but the rehearsal: the sync databases are in `sync`. */
export function indexFolder(system: System): RawPath {
  return storeFolder(system, `${store}/index`);
}

/** Where a new index is fetched to, until all of it is there. */
export function incomingFolder(system: System): RawPath {
  return storeFolder(system, `${store}/incoming`);
}

export function archivesFolder(system: System): RawPath {
  return storeFolder(system, `${store}/pkg`);
}

/** Touched by every refresh that succeeded. */
export function stampIn(system: System): RawPath {
  return join(system.store, `${store}/refreshed`);
}

export function binds(system: System, use: 'fetch' | 'rehearse'): Bind[] {
  const archives = archivesFolder(system);
  for (const folder of [indexFolder(system), incomingFolder(system)]) {
    mkdirSync(bytes(join(folder, 'sync')), { recursive: true, mode: 0o755 });
    const link = bytes(join(folder, 'local'));
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(`/${localPath}`, link);
    // Nobody but the process that holds the store's lock works here, so it is one that was killed.
    rmSync(bytes(join(folder, 'db.lck')), { force: true });
    chmodSync(bytes(folder), 0o755);
  }
  chmodSync(bytes(archives), 0o755);
  const from = storeFolder(system, store);
  // pacman fetches as a user of its own (pacman.conf(5), DownloadUser), which must get there. On the host nobody else does.
  chmodSync(bytes(from), 0o755);
  // In the rehearsal package scripts run: they see the index and the packages, and cannot alter them.
  return [{ from, to: path(inside), readOnly: use === 'rehearse' }];
}
