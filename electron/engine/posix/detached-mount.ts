/**
 * A file system that is mounted, but nowhere (fsopen(2), fsmount(2); Linux 5.2): only this process reaches it, through a descriptor, and
 * it is gone with the descriptor, also when the process is killed.
 */
import { checked, cString, libc } from './libc.js';
import type { RawPath } from './raw-path.js';
import { closeSync } from 'node:fs';

// The same numbers on every architecture (asm-generic/unistd.h; x86-64 agrees).
const SYS_open_tree = 428;
const SYS_fsopen = 430;
const SYS_fsconfig = 431;
const SYS_fsmount = 432;
const CLOEXEC = 1;
const AT_FDCWD = -100;
const OPEN_TREE_CLONE = 1;
const OPEN_TREE_CLOEXEC = 0o2000000; // O_CLOEXEC; Node has no name for it
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;

const openTree = libc.func(
  'long syscall(long number, int folder, const uint8_t *path, unsigned int flags)',
) as (number: number, folder: number, path: Buffer, flags: number) => number;
const fsopen = libc.func('long syscall(long number, const uint8_t *type, unsigned int flags)') as (
  number: number,
  type: Buffer,
  flags: number,
) => number;
const fsconfig = libc.func(
  'long syscall(long number, int fd, unsigned int command, const uint8_t *key, const uint8_t *value, int auxiliary)',
) as (
  number: number,
  fd: number,
  command: number,
  key: Buffer | null,
  value: Buffer | null,
  auxiliary: number,
) => number;
const fsmount = libc.func(
  'long syscall(long number, int fd, unsigned int flags, unsigned int attributes)',
) as (number: number, fd: number, flags: number, attributes: number) => number;

/** A descriptor of the top folder: what lies below it is `/proc/self/fd/<descriptor>/…`. The caller closes it. */
export function mountDetached(
  type: string,
  source: RawPath,
  options: Readonly<Record<string, string>>,
): number {
  const context = checked(fsopen(SYS_fsopen, cString(type as RawPath), CLOEXEC), 'fsopen', source);
  try {
    for (const [key, value] of Object.entries({ source, ...options })) {
      const set = fsconfig(
        SYS_fsconfig,
        context,
        FSCONFIG_SET_STRING,
        cString(key as RawPath),
        cString(value),
        0,
      );
      checked(set, 'fsconfig', source);
    }
    checked(fsconfig(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, null, null, 0), 'fsconfig', source);
    return checked(fsmount(SYS_fsmount, context, CLOEXEC, 0), 'fsmount', source);
  } finally {
    closeSync(context);
  }
}

/** The same of what is mounted at `place`: it stays when that is unmounted (open_tree(2)). */
export function cloneMount(place: RawPath): number {
  const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  return checked(openTree(SYS_open_tree, AT_FDCWD, cString(place), flags), 'open_tree', place);
}
