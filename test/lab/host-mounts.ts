/** What is mounted on this machine, but for the files of tests, several of which may run at a time. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Lines of proc_pid_mounts(5). */
export function hostMounts(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => !line.includes(` ${tmpdir()}/`));
}
