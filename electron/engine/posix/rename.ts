/** renameat2(2): the atomic exchange on which commit and rollback rest. */
import { cString, checked, libc } from './libc.js';
import type { RawPath } from './raw-path.js';

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;

const renameat2 = libc.func(
  'int renameat2(int olddirfd, const uint8_t *oldpath, int newdirfd, const uint8_t *newpath, unsigned int flags)',
) as (olddirfd: number, oldpath: Buffer, newdirfd: number, newpath: Buffer, flags: number) => number;

/**
 * Exchanges two paths in one atomic step; both must exist and lie on one file system.
 * Throws `EXDEV` (two file systems), `EBUSY` (a mount point), `EINVAL`/`ENOSYS` (file system cannot).
 */
export function exchange(a: RawPath, b: RawPath): void {
  checked(renameat2(AT_FDCWD, cString(a), AT_FDCWD, cString(b), RENAME_EXCHANGE), 'renameat2', a);
}
