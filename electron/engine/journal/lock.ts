/** One Understudy at a time works on a system: a record lock on `store/lock`, gone with the process that holds it. */
import { lstatSync } from 'node:fs';
import { Fault } from '../fault.js';
import type { PackageManager } from '../packages/package-manager.js';
import { tryLock, type HeldLock } from '../posix/lock.js';
import { removeOwnLockFile, tryLockFile } from '../posix/lock-file.js';
import { bytes, isWithin, join } from '../posix/raw-path.js';
import { makeStore, type System } from '../system.js';

/** Runs `body` while this process alone may alter the system. Throws `BUSY_UNDERSTUDY` with the process that does. */
export async function withStoreLock<T>(system: System, body: () => Promise<T>): Promise<T> {
  makeStore(system);
  const path = join(system.store, 'lock');
  const attempt = tryLock(path);
  if ('busy' in attempt) throw new Fault('BUSY_UNDERSTUDY', `process ${attempt.busy.pid}`);
  try {
    return await body();
  } finally {
    attempt.held.release();
  }
}

/**
 * Takes the package manager's own locks, in order, so that no other tool works on the database meanwhile. A lock that does not
 * exist outside the database (of a cache that was never used) is left alone. Throws `BUSY_PACKAGES` and lets go of those
 * already taken. The caller holds the store's lock.
 */
export async function withPackageLocks<T>(
  system: System,
  packages: Pick<PackageManager, 'locks' | 'locking' | 'database'>,
  body: () => Promise<T>,
): Promise<T> {
  const held: HeldLock[] = [];
  try {
    for (const lock of packages.locks) {
      const path = join(system.root, lock);
      if (packages.locking === 'existence') {
        const attempt = tryLockFile(path);
        if ('busy' in attempt) throw new Fault('BUSY_PACKAGES', `/${lock} is there`);
        held.push(attempt.held);
        continue;
      }
      const inDatabase = packages.database.some((folder) => isWithin(lock, folder));
      if (!inDatabase && !lstatSync(bytes(path), { throwIfNoEntry: false })) continue;
      const attempt = tryLock(path);
      if ('busy' in attempt) throw new Fault('BUSY_PACKAGES', `/${lock}: process ${attempt.busy.pid}`);
      held.push(attempt.held);
    }
    return await body();
  } finally {
    for (const lock of held.reverse()) lock.release();
  }
}

/** Lets go of locks that a process of ours left which was killed, or went down with the machine. The caller holds the store's lock. */
export function releaseStaleLocks(
  system: System,
  { locks, locking }: Pick<PackageManager, 'locks' | 'locking'>,
): void {
  if (locking === 'record') return; // such a lock is gone with its process
  for (const lock of locks) removeOwnLockFile(join(system.root, lock));
}
