/** Another package tool at work: it holds one of the package manager's locks. */
import { readlinkSync, statSync } from 'node:fs';
import { namesIn } from '../environments/plain-view.js';
import { systemErrorCode } from '../fault.js';
import { readStart } from '../inspect/read.js';
import { thisMachine, type MachineSources } from '../inspect/sources.js';
import { lockHolder } from '../posix/lock.js';
import { isOwnLockFile } from '../posix/lock-file.js';
import { bytes, display, join, type RawPath } from '../posix/raw-path.js';
import { always, block, defineCheck, pass } from './check.js';
import { processName } from './process-name.js';

export const lockHeld = defineCheck({
  id: 'lock-held',
  title: 'No other package tool at work',
  when: always,
  examine({ view, packages, sources = thisMachine }) {
    for (const lock of packages.locks) {
      const path = view.resolve(lock);
      if (packages.locking === 'existence') {
        if (path === undefined || isOwnLockFile(path)) continue;
        return blockedByFile(lock, openedBy(path, sources), sources);
      }
      const pid = path === undefined ? undefined : holderOf(path, sources);
      if (pid === undefined) continue;
      return block(
        'Another package tool is working on this system.',
        `/${display(lock)} is locked by ${processName(pid, sources)}`,
        'Wait until it is done, or close it. Never delete the lock file.',
      );
    }
    return pass('No other package tool is working on this system.', 'no lock held');
  },
});

function blockedByFile(
  lock: RawPath,
  pid: number | undefined,
  sources: MachineSources,
): ReturnType<typeof block> {
  if (pid === undefined)
    return block(
      'The package manager is locked.',
      `/${display(lock)} is there, and no process that can be seen has it open`,
      'Wait until the other package tool is done. If none is running, its last work was cut short: then remove this file as root.',
    );
  return block(
    'Another package tool is working on this system.',
    `/${display(lock)} is held by ${processName(pid, sources)}`,
    'Wait until it is done, or close it. Never delete the lock file meanwhile.',
  );
}

/** The process that has the file open, proc_pid_fd(5): pacman keeps its lock open. Of others' processes only root sees that. */
export function openedBy(path: RawPath, sources: MachineSources): number | undefined {
  const pids = (namesIn(sources.proc) ?? []).filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    const folder = join(sources.proc, `${pid}/fd`);
    try {
      return (namesIn(folder) ?? []).some(
        (fd) => readlinkSync(bytes(join(folder, fd)), { encoding: 'latin1' }) === path,
      );
    } catch {
      return false; // it has ended, or is another user's
    }
  });
  return found === undefined ? undefined : Number(found);
}

function holderOf(path: RawPath, sources: MachineSources): number | undefined {
  try {
    return lockHolder(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'EACCES') throw error;
    return holderInList(path, sources);
  }
}

/**
 * Lock files are readable for root alone, but everyone may read the kernel's list of locks, proc_locks(5):
 * `1: POSIX  ADVISORY  WRITE 4711 fe:00:1234 0 EOF`.
 */
export function holderInList(path: RawPath, sources: MachineSources): number | undefined {
  const { dev, ino } = statSync(bytes(path));
  const device = `${hex(major(dev))}:${hex(minor(dev))}:${ino}`;
  const list = readStart(join(sources.proc, 'locks')).toString('latin1');
  for (const line of list.split('\n')) {
    const [, kind, , access, pid, file] = line.trim().split(/\s+/);
    // `->` in the second place is a process that waits for the lock.
    if ((kind === 'POSIX' || kind === 'OFDLCK') && access === 'WRITE' && file === device)
      return Number(pid) || -1;
  }
  return undefined;
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** As glibc's gnu_dev_major(3) and gnu_dev_minor(3), for the 32 bits that the kernel uses. */
function major(device: number): number {
  return (device >>> 8) & 0xfff;
}

function minor(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}
