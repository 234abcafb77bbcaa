/** A root tree as an ext4 file system in an image, made without a mount. */
import { runOrFault } from '../../../electron/engine/process/run.js';

/** mke2fs(8): `-d` copies the tree into the new file system, with owners, modes, links and attributes; nothing is mounted. */
export async function makeExt4(root: string, file: string, mebibytes: number): Promise<void> {
  const now = 'lazy_itable_init=0,lazy_journal_init=0'; // nothing is left for the guest to do while it is measured
  await runOrFault(['mkfs.ext4', '-q', '-F', '-m', '0', '-E', now, '-d', root, file, `${mebibytes}M`], {
    timeoutMs: 180_000,
  });
}
