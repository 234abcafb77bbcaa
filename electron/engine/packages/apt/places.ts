/**
 * Where apt keeps things, and Understudy's own index and package cache beside them.
 *
 * Understudy never fetches into the system's own folders: an index that changes under the user's feet would change what their
 * own `apt` does, and the cache of a rehearsal must not be written by package scripts. So both folders lie in the store and are
 * bound over apt's. `partial/` keeps what was begun; apt itself gives it to its unprivileged user (`_apt`).
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Bind } from '../../environments/environment.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { storeFolder, type System } from '../../system.js';
import { databasePath, extendedStatesPath } from './database.js';

const path = (text: string): RawPath => text as RawPath;

export const database: readonly RawPath[] = [databasePath, extendedStatesPath];

/**
 * The order of apt itself: the front end's lock, dpkg's own, then those of the two folders. dpkg alone takes the second only,
 * `apt-get update` the third only.
 */
export const locks: readonly RawPath[] = [
  path('var/lib/dpkg/lock-frontend'),
  path('var/lib/dpkg/lock'),
  path('var/lib/apt/lists/lock'),
  path('var/cache/apt/archives/lock'),
];

export const caches: readonly RawPath[] = [
  path('var/cache/apt/archives'),
  path('var/lib/apt/lists'),
  path('var/cache/apt/pkgcache.bin'),
  path('var/cache/apt/srcpkgcache.bin'),
];

/** Where the settings below appear in a session; /run is empty there and belongs to no environment. */
const settingsInside = 'run/understudy/apt';
export const fetchSettings = `/${settingsInside}/fetch.conf`;
export const applySettings = `/${settingsInside}/apply.conf`;
export const withoutHooksSettings = `/${settingsInside}/without-hooks.conf`;

export function listsFolder(system: System): RawPath {
  return storeFolder(system, 'packages/apt/lists');
}

export function archivesFolder(system: System): RawPath {
  return storeFolder(system, 'packages/apt/archives');
}

export function binds(system: System, use: 'fetch' | 'rehearse'): Bind[] {
  const lists = listsFolder(system);
  const archives = archivesFolder(system);
  const settings = storeFolder(system, 'packages/apt/settings');
  for (const folder of [lists, archives]) {
    // apt fetches as _apt, which must reach `partial`. On the host nobody else does: the store above is root's alone.
    chmodSync(bytes(folder), 0o755);
    mkdirSync(bytes(join(folder, 'partial')), { recursive: true, mode: 0o700 });
  }
  writeFileSync(bytes(join(settings, 'fetch.conf')), commonSettings() + settingsForFetching);
  writeFileSync(bytes(join(settings, 'apply.conf')), commonSettings() + settingsForApplying);
  writeFileSync(bytes(join(settings, 'without-hooks.conf')), settingsWithoutHooks);
  // In the rehearsal package scripts run: they see the index and the packages, and cannot alter them.
  const readOnly = use === 'rehearse';
  return [
    { from: lists, to: path('var/lib/apt/lists'), readOnly },
    { from: archives, to: path('var/cache/apt/archives'), readOnly },
    { from: settings, to: path(settingsInside), readOnly: true },
  ];
}

/** Settings (apt.conf(5)) that hold for every run; they come after those of the system. */
function commonSettings(): string {
  return [
    'APT::Color "false";',
    'APT::Get::Show-User-Simulation-Note "false";',
    'APT::Get::AllowUnauthenticated "false";',
    'Dpkg::Use-Pty "false";',
    // apt fetches as the user _apt. In a user namespace that maps root alone there is no such user to change to, and
    // "root" there is the ordinary user who started us.
    ...(hasEveryUser() ? [] : ['APT::Sandbox::User "root";']),
    '',
  ].join('\n');
}

const settingsForFetching = [
  // What apt read from the index it keeps for its next run. Not in the rehearsal: the cache is read-only there, and an
  // apt that has just updated itself cannot read what the older one kept.
  'Dir::Cache::srcpkgcache "archives/srcpkgcache.bin";',
  'APT::Update::Error-Mode "any";',
  'Acquire::Languages "none";',
  'Acquire::IndexTargets::deb-src::Sources::DefaultEnabled "false";',
  'Acquire::Retries "3";',
  'Acquire::http::Timeout "30";',
  'Acquire::https::Timeout "30";',
  // What these hooks refresh (AppStream, command-not-found, a container's "empty the cache") belongs to the system's own
  // index, not to Understudy's.
  '#clear APT::Update::Pre-Invoke;',
  '#clear APT::Update::Post-Invoke;',
  '#clear APT::Update::Post-Invoke-Success;',
  '',
].join('\n');

// Else apt would set a search path of its own for dpkg and lose the stand-ins of the rehearsal.
const settingsForApplying = 'DPkg::Path "";\n';

const settingsWithoutHooks =
  '#clear DPkg::Pre-Invoke;\n#clear DPkg::Post-Invoke;\n#clear DPkg::Pre-Install-Pkgs;\n';

/** True where this process may become any user: the initial user namespace maps all of them (user_namespaces(7)). */
function hasEveryUser(): boolean {
  if (process.geteuid?.() !== 0) return false;
  return /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'latin1'));
}
