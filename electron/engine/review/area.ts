/** The area of the system that a path belongs to, as the review groups its files. */
import type { Area } from '../../../shared/changeset.js';
import { isWithin, type RawPath } from '../posix/raw-path.js';

const folders: readonly (readonly [Area, readonly string[]])[] = [
  ['programs', ['usr', 'opt', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'libo32']],
  ['configuration', ['etc']],
  ['boot', ['boot', 'efi', 'vmlinuz', 'vmlinuz.old', 'initrd.img', 'initrd.img.old']],
  ['state', ['var']],
];

/** `database` is what the package manager keeps its records in, relative to the root. */
export function areaOf(path: RawPath, database: readonly RawPath[]): Area {
  if (database.some((each) => isWithin(path, each))) return 'package database';
  return folders.find(([, own]) => own.some((folder) => isWithin(path, folder)))?.[0] ?? 'other';
}
