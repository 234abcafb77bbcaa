/** mount(2), umount2(2) and pivot_root(2). Called inside a private mount namespace; outside only for the store of environments. */
import { checked, cString, libc } from './libc.js';
import type { RawPath } from './raw-path.js';

/** mount(2) flags. */
export const mountFlags = {
  readOnly: 1,
  noSetuid: 2,
  noDevices: 4,
  noExecute: 8,
  remount: 32,
  bind: 4096,
  recursive: 16_384,
} as const;

const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const SYS_pivot_root = process.arch === 'x64' ? 155 : 41; // asm/unistd.h: x86-64; the generic table (arm64, riscv64)

const mountCall = libc.func(
  'int mount(const uint8_t *source, const uint8_t *target, const uint8_t *type, unsigned long flags, const uint8_t *data)',
) as (source: Buffer, target: Buffer, type: Buffer | null, flags: number, data: Buffer | null) => number;
const umount2 = libc.func('int umount2(const uint8_t *target, int flags)') as (
  target: Buffer,
  flags: number,
) => number;
const syscall = libc.func('long syscall(long number, const uint8_t *first, const uint8_t *second)') as (
  number: number,
  first: Buffer,
  second: Buffer,
) => number;

export function mount(source: string, target: RawPath, type: string | null, flags: number, data = ''): void {
  const result = mountCall(
    cString(source as RawPath),
    cString(target),
    type === null ? null : cString(type as RawPath),
    flags,
    data === '' ? null : cString(data as RawPath),
  );
  checked(result, `mount ${type ?? 'bind'}`, target);
}

/** Binds a file or folder; read-only takes a second step (mount(2): the first ignores all other flags). */
export function bind(from: RawPath, to: RawPath, readOnly: boolean): void {
  mount(from, to, null, mountFlags.bind | mountFlags.recursive);
  if (readOnly)
    mount(
      from,
      to,
      null,
      mountFlags.bind | mountFlags.remount | mountFlags.readOnly | mountFlags.noDevices | mountFlags.noSetuid,
    );
}

/** Detaches a mount and all below it from the name space. */
export function detach(target: RawPath): void {
  checked(umount2(cString(target), MNT_DETACH), 'umount2', target);
}

const SYS_mount_setattr = 442; // the same on every architecture
const AT_FDCWD = -100;
const AT_RECURSIVE = 0x8000;
const MOUNT_ATTR_RDONLY = 1n;

const mountSetattr = libc.func(
  'long syscall(long number, int directory, const uint8_t *path, unsigned int flags, const uint8_t *attributes, unsigned long size)',
) as (
  number: number,
  directory: number,
  path: Buffer,
  flags: number,
  attributes: Buffer,
  size: number,
) => number;

/** Makes a mount, and with `recursive` all below it, read-only or writable again (mount_setattr(2), Linux 5.12). */
export function setReadOnly(
  target: RawPath,
  { readOnly, recursive }: { readonly readOnly: boolean; readonly recursive: boolean },
): void {
  // struct mount_attr: attr_set, attr_clr, propagation, userns_fd
  const attributes = Buffer.alloc(32);
  attributes.writeBigUInt64LE(MOUNT_ATTR_RDONLY, readOnly ? 0 : 8);
  const result = mountSetattr(
    SYS_mount_setattr,
    AT_FDCWD,
    cString(target),
    recursive ? AT_RECURSIVE : 0,
    attributes,
    attributes.length,
  );
  checked(result, 'mount_setattr', target);
}

/** Throws `EBUSY` when something is open in it or mounted below it. */
export function unmount(target: RawPath): void {
  checked(umount2(cString(target), UMOUNT_NOFOLLOW), 'umount2', target);
}

/** Makes the current working directory the root and detaches the old one (pivot_root(2), `pivot_root(".", ".")`). */
export function enterRoot(root: RawPath): void {
  process.chdir(Buffer.from(root, 'latin1').toString('utf8'));
  const here = cString('.' as RawPath);
  checked(syscall(SYS_pivot_root, here, here), 'pivot_root', root);
  detach('.' as RawPath);
  process.chdir('/');
}
