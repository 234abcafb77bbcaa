/**
 * The lock of lckpwdf(3), which every tool takes that changes accounts: an fcntl lock on `/etc/.pwd.lock`. While it is held, this
 * process must not open that file (posix/lock.ts); it belongs to no environment, and nothing that walks the tree reads it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { lstatSync } from 'node:fs';
import { Fault } from '../../fault.js';
import { tryLock, type HeldLock } from '../../posix/lock.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { setModificationTime } from '../../posix/times.js';
import type { System } from '../../system.js';

/** As long as lckpwdf(3) waits. */
const patienceMs = 15_000;

/** Runs `body` while nobody else changes accounts. Throws `BUSY_ACCOUNTS` with the process that does. */
export async function withAccountsLock<T>(
  system: System,
  body: () => Promise<T>,
  patience: number = patienceMs,
): Promise<T> {
  const held = await lock(system, patience);
  try {
    return await body();
  } finally {
    held.release();
  }
}

async function lock(system: System, patience: number): Promise<HeldLock> {
  const path = join(system.root, 'etc/.pwd.lock');
  const until = Date.now() + patience;
  for (;;) {
    system.signal.throwIfAborted();
    const attempt = tryQuietly(system, path);
    if ('held' in attempt) return attempt.held;
    if (Date.now() >= until) throw new Fault('BUSY_ACCOUNTS', `process ${attempt.busy.pid}`);
    await wait(50);
  }
}

/** Where the file was never made, the folder keeps its time when it is: a lock is no change of the configuration. */
function tryQuietly({ root }: System, path: RawPath): ReturnType<typeof tryLock> {
  if (lstatSync(bytes(path), { throwIfNoEntry: false })) return tryLock(path);
  const folder = join(root, 'etc');
  const { mtimeNs } = lstatSync(bytes(folder), { bigint: true });
  const attempt = tryLock(path, 0o600);
  setModificationTime(folder, mtimeNs);
  return attempt;
}
