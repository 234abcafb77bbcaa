/** One Understudy at a time works on a system: a record lock on `store/lock`, gone with the process that holds it. */
import { Fault } from '../fault.js';
import { lockHolder, tryLock, type HeldLock } from '../posix/lock.js';
import { join } from '../posix/raw-path.js';
import { makeStore, type System } from '../system.js';

/** Record locks do not exclude two holders within one process; this does. */
const heldHere = new Set<string>();

/** Runs `body` while this process alone may alter the system. Throws `BUSY_UNDERSTUDY` with the process that does. */
export async function withStoreLock<T>(system: System, body: () => Promise<T>): Promise<T> {
  makeStore(system);
  const path = join(system.store, 'lock');
  if (heldHere.has(path)) throw new Fault('BUSY_UNDERSTUDY', `process ${process.pid}`);
  const attempt = tryLock(path);
  if ('busy' in attempt) throw new Fault('BUSY_UNDERSTUDY', `process ${attempt.busy.pid}`);
  heldHere.add(path);
  try {
    return await body();
  } finally {
    heldHere.delete(path);
    attempt.held.release();
  }
}

/** The process that works on the system now, or `undefined`. */
export function storeLockHolder(system: System): number | undefined {
  const path = join(system.store, 'lock');
  return heldHere.has(path) ? process.pid : lockHolder(path);
}

/**
 * Takes the package manager's own locks, in order, so that no other tool works on the database meanwhile. Throws
 * `BUSY_PACKAGES` and lets go of those already taken.
 */
export async function withPackageLocks<T>(
  system: System,
  locks: readonly string[],
  body: () => Promise<T>,
): Promise<T> {
  const held: HeldLock[] = [];
  try {
    for (const lock of locks) {
      const attempt = tryLock(join(system.root, lock));
      if ('busy' in attempt) throw new Fault('BUSY_PACKAGES', `/${lock}: process ${attempt.busy.pid}`);
      held.push(attempt.held);
    }
    return await body();
  } finally {
    for (const lock of held.reverse()) lock.release();
  }
}
