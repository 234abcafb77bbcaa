/** A process in words that its user recognises. */
import { readStart } from '../inspect/read.js';
import type { MachineSources } from '../inspect/sources.js';
import { display, join, type RawPath } from '../posix/raw-path.js';

const mostCharacters = 120;

/** `apt-get (process 4711): apt-get dist-upgrade`; -1 is a process that this one cannot see. */
export function processName(pid: number, sources: MachineSources): string {
  if (pid <= 0) return 'a process outside this container';
  const folder = join(sources.proc, String(pid));
  const name = read(join(folder, 'comm')).trimEnd();
  // Arguments are separated and ended by NUL, proc_pid_cmdline(5).
  const command = display(read(join(folder, 'cmdline')).replace(/\0+$/, '').replace(/\0/g, ' ') as RawPath);
  const short = command.length > mostCharacters ? `${command.slice(0, mostCharacters)}…` : command;
  return `${name === '' ? 'a program' : display(name as RawPath)} (process ${pid})${short === '' ? '' : `: ${short}`}`;
}

/** The process may end while we look at it. */
function read(path: RawPath): string {
  try {
    return readStart(path, 4096).toString('latin1');
  } catch {
    return '';
  }
}
