/** Small records that survive a power cut: written beside, fsynced, renamed, and the directory fsynced. */
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { bytes, parentOf, type RawPath } from '../posix/raw-path.js';
import { syncDirectory } from '../posix/sync.js';

/** After it returns, the file holds `content` whatever happens; before, it holds what it held. Mode 0600. */
export function writeFileDurably(path: RawPath, content: string | Buffer): void {
  const beside = `${path}.new` as RawPath;
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    const fd = openSync(bytes(beside), flags, 0o600);
    try {
      const data = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      for (let written = 0; written < data.length;) written += writeSync(fd, data, written);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(bytes(beside), bytes(path));
  } catch (error) {
    rmSync(bytes(beside), { force: true });
    throw error;
  }
  syncDirectory(parentOf(path));
}
