/** utimensat(2) with nanoseconds: Node's `utimes` takes seconds as a double and loses the last digits. */
import { cString, checked, libc } from './libc.js';
import type { RawPath } from './raw-path.js';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const UTIME_OMIT = 0x3ffffffen;

const utimensat = libc.func(
  'int utimensat(int dirfd, const uint8_t *path, const uint8_t *times, int flags)',
) as (dirfd: number, path: Buffer, times: Buffer, flags: number) => number;

/** Sets the modification time (nanoseconds since the epoch) of the entry itself, never of a link's target. */
export function setModificationTime(path: RawPath, nanoseconds: bigint): void {
  const times = Buffer.alloc(32);
  times.writeBigInt64LE(UTIME_OMIT, 8); // the access time is left alone
  let seconds = nanoseconds / 1_000_000_000n;
  let rest = nanoseconds % 1_000_000_000n;
  if (rest < 0n) {
    rest += 1_000_000_000n;
    seconds -= 1n;
  }
  times.writeBigInt64LE(seconds, 16);
  times.writeBigInt64LE(rest, 24);
  checked(utimensat(AT_FDCWD, cString(path), times, AT_SYMLINK_NOFOLLOW), 'utimensat', path);
}
