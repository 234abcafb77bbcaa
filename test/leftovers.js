/**
 * Clears away what tests left behind: processes, mounts, loop devices, files. Only what is provably theirs is touched, which
 * means: processes that were started with the folder as their temporary folder, or that live in it; mounts, loop devices and files
 * below it. Also a program: `node test/leftovers.js FOLDER`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** Removes `folder` and everything that belongs to it. Answers what should not have been there any more, one line each. */
export async function clearAway(folder) {
  if (!existsSync(folder)) return [];
  const place = realpathSync(folder);
  const found = [...(await endProcesses(place)), ...unmountAll(place), ...freeLoopDevices(place)];
  const left = mountsBelow(place);
  // A removal must never walk through a mount into somebody else's files: the folder then stays, and is named.
  if (left.length > 0) return [...found, ...left.map((mount) => `still mounted, not removed: ${mount}`)];
  const removal = ['-rf', '--one-file-system', '--', place];
  if (spawnSync('rm', removal, { stdio: 'ignore' }).status !== 0) {
    // Without root, the contents of a read-only folder can be removed only after it was made writable.
    spawnSync('chmod', ['-R', 'u+rwX', '--', place], { stdio: 'ignore' });
    const { status, stderr } = spawnSync('rm', removal, { encoding: 'utf8' });
    if (status !== 0) found.push(`not removed: ${stderr.trim().split('\n')[0]}`);
  }
  return found;
}

async function endProcesses(place) {
  const found = [];
  // What is ended may have been about to start another, so look again until there is none.
  for (let round = 0; round < 20; round += 1) {
    const theirs = processesOf(place);
    if (theirs.length === 0) break;
    for (const { pid, name } of theirs) {
      if (round === 0) found.push(`process ${pid} (${name})`);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await pause(100);
  }
  return found;
}

function processesOf(place) {
  const mine = ancestry();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !mine.has(pid) && belongs(pid, place))
    .map((pid) => ({ pid, name: read(`/proc/${pid}/comm`).trim() }));
}

/** A process that ended and was not yet waited for (a zombie) has no environment and no folders: it never belongs. */
function belongs(pid, place) {
  const [, folder = ''] = /(?:^|\0)TMPDIR=([^\0]*)/.exec(read(`/proc/${pid}/environ`)) ?? [];
  if (isWithin(folder, place)) return true;
  return ['root', 'cwd'].some((name) => isWithin(linkOf(`/proc/${pid}/${name}`), place));
}

/** This process and those that started it. */
function ancestry() {
  const pids = new Set();
  let pid = process.pid;
  while (pid > 0 && !pids.has(pid)) {
    pids.add(pid);
    pid = Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  }
  return pids;
}

function unmountAll(place) {
  const found = mountsBelow(place);
  for (const mount of found.toReversed()) {
    if (spawnSync('umount', ['--', mount], { stdio: 'ignore' }).status !== 0)
      spawnSync('umount', ['--lazy', '--', mount], { stdio: 'ignore' });
  }
  return found.map((mount) => `mount ${mount}`);
}

/** In the order in which they were made; proc_pid_mountinfo(5), field 5, with octal escapes. */
function mountsBelow(place) {
  return read('/proc/self/mountinfo')
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8))))
    .filter((path) => isWithin(path, place));
}

function freeLoopDevices(place) {
  const devices = existsSync('/sys/block') ? readdirSync('/sys/block') : [];
  return devices
    .filter((name) => name.startsWith('loop'))
    .filter((name) => isWithin(read(`/sys/block/${name}/loop/backing_file`).trim(), place))
    .map((name) => {
      spawnSync('losetup', ['--detach', `/dev/${name}`], { stdio: 'ignore' });
      return `loop device ${name}`;
    });
}

function isWithin(path, place) {
  return path === place || path.startsWith(join(place, '/'));
}

function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  for (const folder of process.argv.slice(2))
    for (const line of await clearAway(folder)) console.error(`cleared away: ${line}`);
}
