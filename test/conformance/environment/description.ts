/**
 * What a tree looks like to the tree's own `find`, `stat`, `sha256sum` and `getfattr`: a second witness beside Understudy's manifest,
 * which runs inside a session as well as in the tree itself. All records end with a NUL byte, so that any name survives.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where the script leaves its records, in the tree. */
export const reportFolder = 'run/report';

const outside = [
  'proc',
  'sys',
  'dev',
  'run',
  'tmp',
  'root',
  'home',
  'srv',
  'mnt',
  'media',
  'var/tmp',
  'var/log',
  'var/cache',
]
  // Mounts of other subvolumes are no part of a tree.
  .concat('.snapshots')
  .concat('var/lib/understudy', '.understudy', 'boot/.understudy', 'usr/sbin/policy-rc.d', 'lost+found')
  .map((path) => `-path ./${path}`)
  .join(' -o ');

export const describeScript = `
set -e
cd /
out=/${reportFolder}
all() { find . \\( ${outside} \\) -prune -o "$@"; }
all \\( -type d -printf 'd %m %U %G %T@ %p\\0' -o -type l -printf 'l %U %G %T@ %l %p\\0' -o -printf '%y %m %U %G %s %T@ %p\\0' \\) | sort -z > $out/entries
all -type f -print0 | sort -z | xargs -0 -r sha256sum -z > $out/sums
all \\( -type b -o -type c \\) -print0 | sort -z | xargs -0 -r stat --printf '%t:%T %n\\0' > $out/devices
all -type f -printf '%D:%i %p\\0' | sort -z > $out/inodes
all -print0 | sort -z | xargs -0 -r getfattr -h -d -m - -e hex --absolute-names > $out/attributes 2>/dev/null || [ $? = 1 ]
`;

export interface Description {
  readonly lines: ReadonlySet<string>;
}

/** Reads the records in `folder`. */
export function readDescription(folder: string): Description {
  const records = (name: string, end: string): string[] =>
    readFileSync(join(folder, name), 'latin1').split(end).filter(Boolean);
  return {
    lines: new Set([
      ...records('entries', '\0'),
      ...records('sums', '\0'),
      ...records('devices', '\0'),
      ...linkGroups(records('inodes', '\0')),
      // XFS shows access control lists a second time, under names of its own.
      ...records('attributes', '\n\n').map((record) => record.replace(/\ntrusted\.SGI_ACL_\w+=\S+/g, '')),
    ]),
  };
}

/** The names that share an inode, a line for each group. */
function linkGroups(records: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const record of records) {
    const space = record.indexOf(' ');
    const group = groups.get(record.slice(0, space)) ?? [];
    groups.set(record.slice(0, space), group);
    group.push(record.slice(space + 1));
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => `one inode: ${group.join(' = ')}`);
}

/** Lines that only one of the two has: `-` the first, `+` the second. */
export function contrast(first: Description, second: Description): string[] {
  const only = (a: Description, b: Description, mark: string): string[] =>
    [...a.lines].filter((line) => !b.lines.has(line)).map((line) => `${mark} ${line}`);
  return [...only(first, second, '-'), ...only(second, first, '+')].sort((a, b) =>
    a.slice(2) < b.slice(2) ? -1 : 1,
  );
}

/** An empty folder for the records. */
export function freshReport(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
