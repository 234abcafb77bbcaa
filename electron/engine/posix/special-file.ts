/** mknod(2) for fifos, sockets and devices, which Node cannot make. */
import { checked, cString, libc } from './libc.js';
import type { RawPath } from './raw-path.js';

const mknod = libc.func('int mknod(const uint8_t *path, unsigned int mode, uint64_t device)') as (
  path: Buffer,
  mode: number,
  device: bigint,
) => number;

/** `mode` holds the type bits (S_IFIFO, …) and the permissions; `device` is `st_rdev` as stat(2) gives it. */
export function makeSpecialFile(path: RawPath, mode: number, device: bigint): void {
  checked(mknod(cString(path), mode, device), 'mknod', path);
}
