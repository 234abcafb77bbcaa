/**
 * The top level of a btrfs file system, where subvolumes are renamed. It is mounted nowhere: this process alone reaches it, and nothing of
 * it is left when the process is gone.
 */
import { mountDetached } from '../../posix/detached-mount.js';
import type { RawPath } from '../../posix/raw-path.js';
import { detachedByServiceManager, orByServiceManager } from './mount-for-us.js';
import { topLevel } from './subvolumes.js';

const open = new Map<string, number>();

export function topOf(source: RawPath): RawPath {
  const known = open.get(source);
  const fd =
    known ??
    orByServiceManager(
      () => mountDetached('btrfs', source, { subvolid: String(topLevel) }),
      () => detachedByServiceManager(source, `subvolid=${topLevel}`),
    );
  open.set(source, fd);
  return `/proc/self/fd/${fd}/.` as RawPath;
}
