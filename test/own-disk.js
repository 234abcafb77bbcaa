/**
 * A file system of its own for the files of a test run, in a sparse image: what tests ask to be durable need not wait for the machine's disk,
 * and a removal of thousands of files does not either. Only root can mount one; else the folder itself has to do.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The greatest size of the image, as far as half of what is free allows it. */
const mostBytes = 48 * 1024 ** 3;
const leastBytes = 8 * 1024 ** 3;

/** Mounts it in `folder`. Answers where, or null where that cannot be. */
export function mountOwnDisk(folder) {
  if (process.geteuid?.() !== 0) return null;
  const { bavail, bsize } = statfsSync(folder);
  const size = Math.min(mostBytes, Math.floor((bavail * bsize) / 2));
  if (size < leastBytes) return null;
  const [image, place] = [join(folder, 'image'), join(folder, 'disk')];
  writeFileSync(image, '');
  truncateSync(image, size);
  mkdirSync(place);
  // Without a journal and without barriers: nothing of it is to outlive the run.
  const isMounted =
    succeeds('mkfs.ext4', '-q', '-F', '-m', '0', '-O', '^has_journal', image) &&
    succeeds('mount', '-t', 'ext4', '-o', 'loop,barrier=0', image, place);
  if (isMounted) return place;
  rmSync(image, { force: true });
  return null;
}

/** Its loop device is freed with it. False when something of it is still in use. */
export function unmountOwnDisk(place) {
  return succeeds('umount', '--', place);
}

function succeeds(program, ...words) {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}
