/** Extended attributes (xattr(7)), never following symbolic links. ACLs and file capabilities are xattrs too. */
import { cString, checked, lastErrorCode, libc } from './libc.js';
import type { RawPath } from './raw-path.js';

const llistxattr = libc.func('intptr_t llistxattr(const uint8_t *path, uint8_t *list, size_t size)') as (
  path: Buffer,
  list: Buffer | null,
  size: number,
) => number;
const lgetxattr = libc.func(
  'intptr_t lgetxattr(const uint8_t *path, const uint8_t *name, uint8_t *value, size_t size)',
) as (path: Buffer, name: Buffer, value: Buffer | null, size: number) => number;
const lsetxattr = libc.func(
  'int lsetxattr(const uint8_t *path, const uint8_t *name, const uint8_t *value, size_t size, int flags)',
) as (path: Buffer, name: Buffer, value: Buffer, size: number, flags: number) => number;
const lremovexattr = libc.func('int lremovexattr(const uint8_t *path, const uint8_t *name)') as (
  path: Buffer,
  name: Buffer,
) => number;

/** Reused across calls: almost every file has none or a few short names. */
const list = Buffer.alloc(65_536);

/** Names of the extended attributes, sorted; empty where the file system has none. */
export function listXattrs(path: RawPath): string[] {
  const length = llistxattr(cString(path), list, list.length);
  if (length === 0) return [];
  if (length < 0) {
    if (lastErrorCode() === 'ENOTSUP') return [];
    checked(length, 'llistxattr', path);
  }
  return list.toString('latin1', 0, length).split('\0').slice(0, -1).sort();
}

/** The value of one attribute, or `undefined` when it is not set. */
export function getXattr(path: RawPath, name: string): Buffer | undefined {
  const file = cString(path);
  const attribute = cString(name as RawPath);
  const size = lgetxattr(file, attribute, null, 0);
  if (size < 0 && lastErrorCode() === 'ENODATA') return undefined;
  const value = Buffer.alloc(checked(size, 'lgetxattr', path));
  return value.subarray(0, checked(lgetxattr(file, attribute, value, value.length), 'lgetxattr', path));
}

/** Sets (creates or replaces) an attribute. */
export function setXattr(path: RawPath, name: string, value: Buffer): void {
  checked(lsetxattr(cString(path), cString(name as RawPath), value, value.length, 0), 'lsetxattr', path);
}

/** Removes an attribute; one that is not set is no error. */
export function removeXattr(path: RawPath, name: string): void {
  const result = lremovexattr(cString(path), cString(name as RawPath));
  if (result < 0 && lastErrorCode() !== 'ENODATA') checked(result, 'lremovexattr', path);
}

/** Attributes that overlayfs keeps for itself (kernel: Documentation/filesystems/overlayfs.rst). */
export function isOverlayXattr(name: string): boolean {
  return name.startsWith('trusted.overlay.') || name.startsWith('user.overlay.');
}

/** Copies attributes, by default every one, except overlayfs' own. */
export function copyXattrs(from: RawPath, to: RawPath, names = listXattrs(from)): void {
  for (const name of names) {
    if (isOverlayXattr(name)) continue;
    const value = getXattr(from, name);
    if (value !== undefined) setXattr(to, name, value);
  }
}
