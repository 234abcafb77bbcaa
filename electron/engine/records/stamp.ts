/**
 * A cheap sign that the records changed: as long as it stays the same, so does what `facts` says. Every record is replaced
 * by a new file, and only the files of the journal grow, so inodes, sizes and times tell without a record being read.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { systemErrorCode } from '../fault.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';

/** The folders of the store, with the record in each of their folders; without one, the entries are the records. */
const folders: readonly (readonly [folder: string, record: string])[] = [
  ['journal', ''],
  ['plans', ''],
  ['stages', 'stage.json'],
  ['restore-points', 'point.json'],
  ['arrivals', ''],
  // Their state, and a folder a kernel release.
  ['livepatches', ''],
];

/** Costs a stat(2) for each record. For who may not read the store it says nothing but that. */
export function recordsStamp({ store }: Pick<System, 'store'>): string {
  const paths = ['automatic.json', 'schedule.json'].map((name) => join(store, name));
  for (const [name, record] of folders) {
    const folder = join(store, name);
    // The clock of change times ticks some hundred times a second: the names and inodes tell what happens between two ticks.
    paths.push(folder, ...namesIn(folder).map((each) => join(join(folder, each), record)));
  }
  return [store, ...paths].map((path) => `${path.slice(store.length)}=${signOf(path)}`).join(' ');
}

/** The change time is the kernel's own, to the nanosecond; nobody sets it back. */
function signOf(path: RawPath): string {
  try {
    const status = lstatSync(bytes(path), { bigint: true, throwIfNoEntry: false });
    return status ? `${status.dev}:${status.ino}:${status.size}:${status.ctimeNs}` : '-';
  } catch (error) {
    return systemErrorCode(error) ?? '?';
  }
}

function namesIn(folder: RawPath): string[] {
  try {
    return readdirSync(bytes(folder), { encoding: 'latin1' }).sort();
  } catch {
    return []; // absent, or not for this user: the sign of the folder says so
  }
}
