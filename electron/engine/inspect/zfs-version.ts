/** The ZFS in the running kernel. */
import { join } from '../posix/raw-path.js';
import { textAt } from './read.js';
import type { MachineSources } from './sources.js';

/** An overlay's upper layer on ZFS needs OpenZFS 2.2. */
export function zfsHoldsOverlays(sources: MachineSources): boolean {
  const [major = 0, minor = 0] = (textAt(join(sources.sys, 'module/zfs/version')) ?? '')
    .split('.')
    .map(Number);
  return major > 2 || (major === 2 && minor >= 2);
}
