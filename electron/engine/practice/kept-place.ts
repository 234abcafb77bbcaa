/** Where the practice system lies that stays, held by this process alone from the first time it asks until it ends. */
import { existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { Fault, systemErrorCode } from '../fault.js';
import { tryLock } from '../posix/lock.js';
import { bytes, join, raw, type RawPath } from '../posix/raw-path.js';
import { cacheFolders, isOurs, unfit } from './place.js';

/** Besides `practice-…`, which are removed when their process is gone. */
const name = 'app';

/** In a place that holds a whole system; the last that is written and the first that is removed. */
export const markerName = 'complete.json';

const notOurs = 'belongs to someone else, or others may write to it.';

/** Folders whose lock this process holds: a lock file is never opened twice (see posix/lock.ts). */
const held = new Set<RawPath>();

/** Throws `PRACTICE_IMPOSSIBLE` with the reason for each folder that was tried, `BUSY_UNDERSTUDY` where another process has it. */
export async function keptPlace(given: string | undefined, candidates = cacheFolders()): Promise<RawPath> {
  if (process.getuid?.() !== 0) throw new Fault('NOT_ROOT', 'A user namespace makes one root as well.');
  if (given !== undefined) return namedPlace(given);
  const known = candidates.find((parent) => existsSync(`${parent}/${name}/${markerName}`));
  const reasons: string[] = [];
  for (const parent of known === undefined ? candidates : [known, ...candidates]) {
    const folder = `${parent}/${name}`;
    try {
      // Each before anything is made in it: in a folder that anyone may write to, anyone may have put a link there.
      const foreign = [parent, folder].find((path) => {
        mkdirSync(path, { recursive: true, mode: 0o700 });
        return !isOurs(path);
      });
      const reason = foreign === undefined ? await unlessFit(raw(folder)) : notOurs;
      if (reason === undefined) return raw(folder);
      reasons.push(`${folder}: ${reason}`);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      reasons.push(`${folder}: ${error instanceof Error ? error.message : ''}`);
    }
  }
  throw new Fault('PRACTICE_IMPOSSIBLE', ...new Set(reasons));
}

/** New, empty, or ours from before: nothing in it is ever removed that was not made here. */
async function namedPlace(given: string): Promise<RawPath> {
  const folder = raw(given);
  try {
    mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
    const names = readdirSync(bytes(folder), { encoding: 'latin1' });
    if (names.length > 0 && !names.includes('lock'))
      throw new Fault('PRACTICE_IMPOSSIBLE', `${given}: the folder is not empty.`);
    if (!isOurs(given)) throw new Fault('PRACTICE_IMPOSSIBLE', `${given}: ${notOurs}`);
    const reason = await unlessFit(folder);
    if (reason === undefined) return folder;
    throw new Fault('PRACTICE_IMPOSSIBLE', `${given}: ${reason}`);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('PRACTICE_IMPOSSIBLE', `${given}: ${error instanceof Error ? error.message : ''}`);
  }
}

/** Why the folder cannot be used; takes its lock first. One that already holds a system was found fit before. */
async function unlessFit(folder: RawPath): Promise<string | undefined> {
  take(folder);
  const isUsed = lstatSync(bytes(join(folder, 'root')), { throwIfNoEntry: false }) !== undefined;
  return isUsed ? undefined : unfit(folder);
}

function take(folder: RawPath): void {
  if (held.has(folder)) return;
  const attempt = tryLock(join(folder, 'lock'));
  if ('busy' in attempt)
    throw new Fault('BUSY_UNDERSTUDY', `process ${attempt.busy.pid} has the practice system`);
  held.add(folder);
}
