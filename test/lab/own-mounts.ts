/**
 * Mounts that this process has for itself, with what it starts from now on. Another process that makes a mount namespace meanwhile would
 * take every mount of the machine along into it, and a file system ends only with its last mount.
 *
 * Threads that run already keep the mounts that they had: what Node does in its pool (`node:fs/promises`) does not see the new ones.
 */
import { checked, libc } from '../../electron/engine/posix/libc.js';
import { mount } from '../../electron/engine/posix/mount.js';
import { raw } from '../../electron/engine/posix/raw-path.js';

const CLONE_NEWNS = 0x20000;
const MS_REC = 16_384;
const MS_SLAVE = 1 << 19;

const unshare = libc.func('int unshare(int flags)') as (flags: number) => number;
let isDone = false;

/** unshare(2); nothing that is mounted from now on is seen elsewhere. */
export function haveOwnMounts(): void {
  if (isDone) return;
  checked(unshare(CLONE_NEWNS), 'unshare');
  mount('none', raw('/'), null, MS_REC | MS_SLAVE);
  isDone = true;
}
