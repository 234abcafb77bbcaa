/** ioctl(2) with a buffer that the kernel reads and writes. */
import { checked, libc } from './libc.js';
import type { RawPath } from './raw-path.js';

const call = libc.func('int ioctl(int fd, unsigned long request, uint8_t *argument)') as (
  fd: number,
  request: number,
  argument: Buffer,
) => number;

const directions = { write: 1, read: 2, both: 3 } as const;

/** The number of a request as <asm-generic/ioctl.h> makes it (x86-64, arm64, riscv64); `size` in bytes. */
export function requestOf(
  direction: keyof typeof directions,
  type: number,
  number: number,
  size: number,
): number {
  return directions[direction] * 2 ** 30 + size * 2 ** 16 + type * 2 ** 8 + number;
}

/** Throws an error like those of `node:fs`. */
export function ioctl(fd: number, request: number, argument: Buffer, name: string, path?: RawPath): void {
  checked(call(fd, request, argument), name, path);
}
