/**
 * Where a practice system is made: a cache folder on a file system that can hold an overlay's upper layer (a container's root
 * mostly cannot) and has the room. Nothing is concluded from names: a session over an empty clone is opened and closed.
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { openSession } from '../environments/session/open-session.js';
import { readMountTable } from '../inspect/mount-table.js';
import { thisMachine } from '../inspect/sources.js';
import { inUserNamespace } from '../environments/tree/clone.js';
import { Fault, faultOf, systemErrorCode } from '../fault.js';
import { bytes, display, isWithin, join, raw, type RawPath } from '../posix/raw-path.js';
import { tryLock, type HeldLock } from '../posix/lock.js';

/** The copy, the archive, a stage of everything in it, and the room that staging always leaves free. */
const roomNeeded = 1.5 * 1024 ** 3;

export interface PracticePlace {
  /** Holds everything; removed as a whole unless the root is to be kept. */
  readonly folder: RawPath;
  /** The practice root, an empty folder. */
  readonly root: RawPath;
  remove(): void;
  /** Removes everything but the root. */
  keepRoot(): void;
}

/** Throws `PRACTICE_IMPOSSIBLE` with the reason for each folder that was tried. */
export async function practicePlace(
  given: string | undefined,
  candidates = cacheFolders(),
): Promise<PracticePlace> {
  if (given !== undefined) return givenPlace(given);
  const reasons: string[] = [];
  for (const parent of candidates) {
    try {
      mkdirSync(parent, { recursive: true, mode: 0o700 });
      if (!isOurs(parent)) {
        reasons.push(`${parent}: belongs to someone else, or others may write to it.`);
        continue;
      }
      removeStale(raw(parent));
      const place = placeAt(raw(mkdtempSync(`${parent}/practice-`)));
      const reason = await unfit(place.folder);
      if (reason === undefined) return place;
      place.remove();
      reasons.push(`${parent}: ${reason}`);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      reasons.push(`${parent}: ${error instanceof Error ? error.message : ''}`);
    }
  }
  throw new Fault('PRACTICE_IMPOSSIBLE', ...reasons);
}

/** The folder that the user named must be new or empty: nothing in it is ever removed that was not made here. */
async function givenPlace(given: string): Promise<PracticePlace> {
  const folder = raw(given);
  try {
    mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
    if (readdirSync(bytes(folder)).length > 0)
      throw new Fault('PRACTICE_IMPOSSIBLE', `${given}: the folder is not empty.`);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('PRACTICE_IMPOSSIBLE', `${given}: ${error instanceof Error ? error.message : ''}`);
  }
  const place = placeAt(folder);
  const reason = await unfit(folder);
  if (reason === undefined) return place;
  place.remove();
  throw new Fault('PRACTICE_IMPOSSIBLE', `${given}: ${reason}`);
}

/** Root's own cache, whatever a user's environment says; then where everyone may write. */
export function cacheFolders(): string[] {
  const uid = process.getuid?.() ?? 0;
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  const own = cache ?? (home === undefined ? undefined : `${home}/.cache`);
  const first = uid === 0 && !inUserNamespace() ? '/var/cache' : own;
  return [
    ...(first === undefined ? [] : [`${first}/understudy`]),
    `/var/tmp/understudy-practice-${ownUser(uid)}`,
    `/tmp/understudy-practice-${ownUser(uid)}`,
  ];
}

/** In a folder that anyone may write to, anyone may have made the folder before, or a link in its place. */
export function isOurs(folder: string): boolean {
  const status = lstatSync(folder);
  return status.isDirectory() && status.uid === process.getuid?.() && (status.mode & 0o022) === 0;
}

/** In a user namespace everyone is root; the name of the folder shall still tell users apart. */
function ownUser(uid: number): string {
  return process.env['UNDERSTUDY_PRACTICE_USER'] ?? String(uid);
}

function placeAt(folder: RawPath): PracticePlace {
  const lock = tryLock(join(folder, 'lock'));
  const held: HeldLock | undefined = 'held' in lock ? lock.held : undefined;
  const root = join(folder, 'root');
  mkdirSync(bytes(root), { mode: 0o755 });
  return {
    folder,
    root,
    remove() {
      removeFolder(folder);
      held?.release();
    },
    keepRoot() {
      for (const name of readdirSync(bytes(folder), { encoding: 'latin1' }))
        if (name !== 'root') removeFolder(join(folder, name));
      held?.release();
    },
  };
}

/** Removes what killed runs left: whoever works in a folder holds its lock. Kept roots have no lock file. */
function removeStale(parent: RawPath): void {
  for (const name of readdirSync(bytes(parent), { encoding: 'latin1' })) {
    const folder = join(parent, name);
    if (!name.startsWith('practice-') || !readdirSync(bytes(folder), { encoding: 'latin1' }).includes('lock'))
      continue;
    const attempt = tryLock(join(folder, 'lock'));
    if ('busy' in attempt) continue;
    removeFolder(folder);
    attempt.held.release();
  }
}

/** Refuses where something is mounted below: what is removed must be what was made. */
export function removeFolder(folder: RawPath): void {
  const mounted = readMountTable(thisMachine).entries.filter(({ mountPoint }) =>
    isWithin(mountPoint, folder),
  );
  if (mounted.length > 0)
    throw new Fault(
      'INTERNAL',
      ...mounted.map(({ mountPoint }) => `${display(mountPoint)} is still mounted`),
    );
  rmSync(bytes(folder), { recursive: true, force: true });
}

/** Why no clone of a root in the folder could be opened, or `undefined`. */
export async function unfit(folder: RawPath): Promise<string | undefined> {
  const { bavail, bsize } = statfsSync(bytes(folder));
  if (bavail * bsize < roomNeeded)
    return `${gigabytes(bavail * bsize)} are free there, and ${gigabytes(roomNeeded)} are needed.`;
  const trial = join(folder, 'trial');
  const [lower, upper, work, mountPoint] = ['lower', 'upper', 'work', 'root'].map((name) =>
    join(trial, name),
  );
  if (lower === undefined || upper === undefined || work === undefined || mountPoint === undefined)
    return undefined;
  for (const path of [lower, upper, work, mountPoint]) mkdirSync(bytes(path), { recursive: true });
  try {
    const session = await openSession({
      layers: [{ mount: '', kind: 'overlay', lower, upper, work }],
      binds: [],
      mountPoint,
      network: 'none',
      hidden: [],
      userNamespace: inUserNamespace(),
    });
    await session.close();
    return undefined;
  } catch (error) {
    const { problem } = faultOf(error);
    return `A clone cannot be opened there: ${problem.details.join(' ')}`;
  } finally {
    removeFolder(trial);
  }
}

function gigabytes(size: number): string {
  return `${(size / 1e9).toFixed(1)} GB`;
}
