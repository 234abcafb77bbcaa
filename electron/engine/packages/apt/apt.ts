/** apt and dpkg behind the `PackageManager` interface: Debian, Ubuntu and their kin. */
import type { PackageManager } from '../package-manager.js';
import { apply } from './apply.js';
import { audit } from './audit.js';
import { changelog } from './changelog/changelog.js';
import { conflicts, nameBeside } from './conflicts.js';
import { databaseDigest, filesOf, interrupted, statusEntries, statusPath } from './database.js';
import { download } from './download.js';
import { indexDate } from './index-date.js';
import { pending } from './pending.js';
import { binds, caches, database, locks } from './places.js';
import { refresh } from './refresh.js';
import { resolve } from './resolve.js';

export const apt: PackageManager = {
  name: 'apt',
  database,
  locks,
  locking: 'record',
  caches,
  marksSecurity: true,
  manages: (view) => view.resolve(statusPath) !== undefined,
  binds,
  changelog,
  databaseDigest,
  installed: (view) =>
    statusEntries(view).map(({ name, architecture, version, complete, held }) => ({
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
