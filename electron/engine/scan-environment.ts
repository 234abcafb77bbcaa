/** Scans what belongs to the current environment: the same entries for every manifest that is ever compared with another. */
import type { Engine } from './engine.js';
import { outsideEnvironment } from './environments/areas.js';
import { foreignMounts } from './environments/tree/places.js';
import { HashCache } from './manifest/hash-cache.js';
import { scanTree, type ScanOptions } from './manifest/scan.js';
import { join } from './posix/raw-path.js';
import { storeFolder } from './system.js';

type Choices = Pick<ScanOptions, 'hash' | 'onProgress'>;

/**
 * Yields the entries in manifest order; with `hash`, files that did not change since the last scan are not read again.
 * Left out: the user's own areas, mounts that hold no part of the system, and the package manager's lock files, since
 * closing one that was read would let go of the lock that this process holds on it (fcntl(2)).
 */
export function scanEnvironment({ system, packages }: Engine, choices: Choices): ReturnType<typeof scanTree> {
  const left = new Set<string>([...packages.locks, ...foreignMounts(system)]);
  return scanTree(system.root, {
    ...choices,
    cache: choices.hash ? new HashCache(join(storeFolder(system, 'cache'), 'root.hashes')) : undefined,
    exclude: (path) => left.has(path) || outsideEnvironment(path),
    // Without hashing it is short, and after the commit point a cancel must not be heard any more.
    signal: choices.hash ? system.signal : undefined,
  });
}
