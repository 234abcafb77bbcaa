/** pacman behind the `PackageManager` interface: Arch Linux and its kin. */
import type { PackageManager } from '../package-manager.js';
import { apply } from './apply.js';
import { audit } from './audit.js';
import { conflicts, nameBeside } from './conflicts.js';
import { databaseDigest, filesOf, localEntries, manages } from './database.js';
import { download } from './download.js';
import { indexDate } from './index-date.js';
import { pending } from './pending.js';
import { binds, caches, database, lockFile } from './places.js';
import { refresh } from './refresh.js';
import { resolve } from './resolve.js';
import { interrupted } from './transaction-log.js';

export const pacman: PackageManager = {
  name: 'pacman',
  database,
  locks: [lockFile],
  locking: 'existence',
  caches,
  marksSecurity: false,
  manages,
  binds,
  databaseDigest,
  installed: (view) =>
    localEntries(view).map(({ name, architecture, version, complete, held }) => ({
      name,
      architecture,
      version,
      complete,
      held,
    })),
  interrupted,
  indexDate,
  filesOf,
  pending,
  refresh,
  resolve,
  download,
  apply,
  audit,
  conflicts,
  nameBeside,
};
