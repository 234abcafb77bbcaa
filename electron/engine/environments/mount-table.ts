/** The kernel's mount table (proc_pid_mountinfo(5)), with the octal escapes undone. */
import { readFileSync } from 'node:fs';
import { isWithin, type RawPath } from '../posix/raw-path.js';

export interface MountEntry {
  readonly mountPoint: RawPath;
  readonly device: string;
  readonly fileSystem: string;
  readonly source: string;
  readonly readOnly: boolean;
}

export function readMountTable(file = '/proc/self/mountinfo'): MountEntry[] {
  return readFileSync(file, 'latin1')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [before, after] = line.split(' - ');
      const [, , device, , mountPoint, options] = before?.split(' ') ?? [];
      const [fileSystem, source, superOptions] = after?.split(' ') ?? [];
      if (device === undefined || mountPoint === undefined || fileSystem === undefined) return [];
      const readOnly = `${options},${superOptions}`.split(',').includes('ro');
      return [
        { mountPoint: unescape(mountPoint), device, fileSystem, source: unescape(source ?? ''), readOnly },
      ];
    });
}

/** The mount that holds `path`: the last one with the longest mount point above it. */
export function mountOf(
  path: RawPath,
  table: readonly MountEntry[] = readMountTable(),
): MountEntry | undefined {
  let best: MountEntry | undefined;
  for (const entry of table) {
    if (entry.mountPoint !== '/' && !isWithin(path, entry.mountPoint)) continue;
    if (best === undefined || entry.mountPoint.length >= best.mountPoint.length) best = entry;
  }
  return best;
}

function unescape(field: string): RawPath {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8)),
  ) as RawPath;
}
