/**
 * Watches the free space while package scripts run, since the clone lies on the running system's own file system. A
 * script that fills the disk is stopped before the user's programs notice.
 */
import { statfs } from 'node:fs/promises';
import type { Session } from './environments/environment.js';
import { Fault } from './fault.js';
import { bytes, type RawPath } from './posix/raw-path.js';
import { display } from './posix/raw-path.js';

const everyMs = 50;

/** Closes the session and throws `NO_SPACE` as soon as less than `reserveBytes` are free where `folder` lies. */
export async function withSpaceGuard<T>(
  session: Session,
  folder: RawPath,
  reserveBytes: number,
  body: () => Promise<T>,
): Promise<T> {
  let shortage: Fault | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy || shortage) return;
    busy = true;
    try {
      const { bavail, bsize } = await statfs(bytes(folder));
      if (bavail * bsize < reserveBytes) {
        shortage = new Fault(
          'NO_SPACE',
          `Less than ${Math.round(reserveBytes / 1024 ** 2)} MB are left at ${display(folder)}.`,
        );
        await session.close();
      }
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), everyMs);
  try {
    const result = await body();
    if (shortage) throw shortage;
    return result;
  } catch (error) {
    throw shortage ?? error;
  } finally {
    clearInterval(timer);
  }
}
