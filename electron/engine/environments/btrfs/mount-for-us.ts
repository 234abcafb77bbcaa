/**
 * Mounting where this process itself may not: the helper's unit lets it read disks, not write to them (`DeviceAllow=`), and whoever mounts a
 * btrfs opens its device for writing. The service manager then does it; what is asked of it is a file system that is mounted anyway.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { cloneMount } from '../../posix/detached-mount.js';
import { bytes, text, type RawPath } from '../../posix/raw-path.js';
import { runSyncOrFault } from '../../process/run-sync.js';

/** Nobody but root comes as far as what is mounted in it for a moment. */
const anteroom = '/run/understudy-mounts' as RawPath;

const limit = { timeoutMs: 60_000 };

/** What `attempt` answers, or else, where the device may not be opened, what `instead` does. */
export function orByServiceManager<T>(attempt: () => T, instead: () => T): T {
  try {
    return attempt();
  } catch (error) {
    const isRefused = ['EPERM', 'EACCES'].includes(systemErrorCode(error) ?? '');
    if (!isRefused || !existsSync('/run/systemd/system')) throw error;
    return instead();
  }
}

/** systemd-mount(1): a mount of the system itself, which stays until it is unmounted. */
export function mountByServiceManager(source: RawPath, place: RawPath, options: string): void {
  const how = ['--quiet', '--collect', '--fsck=no', '--type=btrfs', `--options=${options}`];
  runSyncOrFault(['systemd-mount', ...how, text(source), text(place)], limit);
}

/** A descriptor as `mountDetached` gives it. The mount itself is there for a moment alone. */
export function detachedByServiceManager(source: RawPath, options: string): number {
  mkdirSync(bytes(anteroom), { recursive: true, mode: 0o700 });
  chmodSync(bytes(anteroom), 0o700);
  const place = `${anteroom}/${process.pid}` as RawPath;
  mountByServiceManager(source, place, options);
  try {
    return cloneMount(place);
  } finally {
    runSyncOrFault(['systemd-umount', text(place)], limit);
  }
}
