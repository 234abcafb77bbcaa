/** What a verb or a helper left behind: processes and mounts that have to do with a folder. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Processes on this machine that have to do with the folder, and mounts in it that this process does not know: none may be
 * left once a verb has ended. A session that still lives has mounts of its own from the folder.
 */
export function leftovers(folder: string): string[] {
  const own = mountsWith('self', folder);
  const found: string[] = [];
  for (const id of readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && Number(name) !== process.pid,
  )) {
    try {
      const words = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const mounts = [...mountsWith(id, folder)].filter((mount) => !own.has(mount));
      if (mounts.length > 0 || words.includes(folder))
        found.push(`process ${id}: ${words} ${mounts.join(', ')}`);
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** What is mounted from the folder or in it, as `root mount-point` of proc_pid_mountinfo(5). */
function mountsWith(process: string, folder: string): Set<string> {
  const lines = readFileSync(`/proc/${process}/mountinfo`, 'latin1').split('\n');
  const mounts = lines.map((line) => line.split(' ').slice(3, 5).join(' '));
  return new Set(mounts.filter((mount) => mount.includes(folder)));
}
