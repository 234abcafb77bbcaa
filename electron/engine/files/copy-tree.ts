/** Copies entries with everything that can be said of them: used only where a hard link cannot do. */
import { constants, copyFileSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { makeSpecialFile } from '../posix/special-file.js';
import { bigStatus, copyAttributes } from './attributes.js';
import { entriesIn } from './entries.js';

/** Copies one entry that is no directory; `to` must not exist. */
export function copyEntry(from: RawPath, to: RawPath): void {
  const status = bigStatus(from);
  if (status.isFile())
    copyFileSync(bytes(from), bytes(to), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  else if (status.isSymbolicLink()) symlinkSync(readlinkSync(bytes(from), 'buffer'), bytes(to));
  else makeSpecialFile(to, Number(status.mode), status.rdev);
  copyAttributesWhereSupported(from, to, status);
}

/** Copies the content of a folder into an existing one, on the same volume only. */
export function copyTree(from: RawPath, to: RawPath): void {
  const device = bigStatus(from).dev;
  for (const entry of entriesIn(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (!entry.isFolder) {
      copyEntry(source, target);
      continue;
    }
    if (entry.name === '.understudy' || bigStatus(source).dev !== device) continue;
    mkdirSync(bytes(target), { mode: 0o700 });
    copyTree(source, target);
    copyAttributesWhereSupported(source, target);
  }
}

/** vfat has no owners; the kernel refuses to change what it shows. */
function copyAttributesWhereSupported(from: RawPath, to: RawPath, status = bigStatus(from)): void {
  try {
    copyAttributes(from, to, { time: true, status });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EPERM') throw error;
  }
}
