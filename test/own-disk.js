/**
 * A file system of its own for the files of a test run, in memory where there is enough of it. Tests copy and remove whole root trees hundreds of
 * times: XFS shares the content of copies, and what tests ask to be durable need not wait for the machine's disk. Only root can mount one; else
 * the folder itself has to do.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const gibibyte = 1024 ** 3;
/** Two suites with a guest each need some six. */
const leastBytes = 8 * gibibyte;
const mostBytes = 48 * gibibyte;

/** Mounts it in `folder`. Answers where, or null where that cannot be. */
export function mountOwnDisk(folder) {
  if (process.geteuid?.() !== 0) return null;
  const [memory, place] = [join(folder, 'memory'), join(folder, 'disk')];
  for (const name of [memory, place]) mkdirSync(name);
  const size = mountMemory(memory) ?? freeBytes(folder) / 2;
  if (size >= leastBytes && mountImage(join(memory, 'image'), place, Math.min(size, mostBytes))) return place;
  unmountOwnDisk(folder);
  return null;
}

/**
 * False when it could not be done. The loop device and the memory are freed with it; a mount namespace of another program that was made meanwhile
 * has a copy of every mount, and keeps them until it ends.
 */
export function unmountOwnDisk(folder) {
  return ['disk', 'memory'].every((name) => {
    const place = join(folder, name);
    return !isMounted(place) || succeeds('umount', '--', place) || succeeds('umount', '--lazy', '--', place);
  });
}

/** The bytes that it may hold; null where there is too little memory. */
function mountMemory(place) {
  const [, kibibytes] = /^MemAvailable:\s*(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
  const size = Math.floor((Number(kibibytes ?? 0) * 1024 * 6) / 10);
  if (size < leastBytes) return null;
  return succeeds('mount', '-t', 'tmpfs', '-o', `size=${size},mode=700`, 'understudy-test', place)
    ? size
    : null;
}

/** A little smaller than what it lies in, so that it is the image that is full first. */
function mountImage(image, place, size) {
  writeFileSync(image, '');
  truncateSync(image, Math.floor(size * 0.95));
  const isMade =
    succeeds('mkfs.xfs', '-q', image) && succeeds('mount', '-t', 'xfs', '-o', 'loop,discard', image, place);
  if (!isMade) rmSync(image, { force: true });
  return isMade;
}

function freeBytes(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function isMounted(place) {
  return readFileSync('/proc/self/mounts', 'utf8').includes(` ${place} `);
}

function succeeds(program, ...words) {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}
