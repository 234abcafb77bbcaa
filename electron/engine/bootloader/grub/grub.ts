/**
 * GRUB. What the next starts take stands in a variable of an environment block of our own: 1, the trial; 2, it was tried. GRUB itself turns the 1
 * into a 2 before it starts the trial, so that whatever happens then, the start after it takes the previous entry. What is torn or missing
 * leaves grub.cfg's own default.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { writeFileDurably } from '../../files/durable.js';
import { removeTree } from '../../files/remove-tree.js';
import type { MountEntry } from '../../inspect/mount-table.js';
import type { MachineSources } from '../../inspect/sources.js';
import { bytes, display, join, type RawPath } from '../../posix/raw-path.js';
import { syncFileSystem } from '../../posix/sync.js';
import { lastLines, run } from '../../process/run.js';
import type { System } from '../../system.js';
import type { BootEntry, BootLoader, Trial, TrialState } from '../boot-loader.js';
import { forgetKept, keepFiles } from '../kept-files.js';
import { customBlock, environmentFile, withBlock, withoutBlock, type GrubEntry } from './custom-block.js';
import { environmentBlock, parseEnvironmentBlock } from './environment-block.js';
import { placesOf, type GrubPlaces } from './places.js';

const limit = { timeoutMs: 20_000 };

/** `folder`: where grub.cfg lies, absolute. */
export function grub(system: System, sources: MachineSources, folder: RawPath): BootLoader {
  // Looked for each time: a switch of trees changes what the next start reads.
  const places = (): GrubPlaces => placesOf(system, sources, folder);
  const customIn = ({ menu }: GrubPlaces): RawPath => join(menu, 'custom.cfg');
  const noteIn = ({ note }: GrubPlaces): RawPath => join(note, environmentFile);

  const setState = (at: GrubPlaces, restorePoint: string, state: '' | '1' | '2'): void => {
    const block = environmentBlock({ understudy_trial: state, understudy_restore_point: restorePoint });
    try {
      mkdirSync(bytes(at.note), { recursive: true });
      writeFileDurably(noteIn(at), block);
    } catch (error) {
      throw asFault(error, at.note);
    }
    syncFileSystem(at.note);
  };
  const forgetNote = (at: GrubPlaces): void => {
    if (contentOf(noteIn(at)) !== undefined) {
      removeTree(noteIn(at));
      syncFileSystem(at.note);
    }
    if (at.noteMount && existsSync(bytes(at.note))) removeEmptyFolder(at.note);
  };
  const write = async (at: GrubPlaces, { trial, previous }: Omit<Trial, 'restorePoint'>): Promise<void> => {
    const obstacle = menuObstacle(at.menu);
    if (obstacle !== undefined) throw new Fault('BOOT_LOADER_FAILED', obstacle);
    const uuid = (await uuidOf(at.mount)) ?? '';
    const noteUuid = at.noteMount && (await uuidOf(at.noteMount));
    const entry = (one: BootEntry): GrubEntry => ({
      title: one.title,
      uuid,
      kernel: pathOn(at, one.kernel),
      initrds: one.initrds.map((path) => pathOn(at, path)),
      options: one.options,
    });
    const block = customBlock({
      trial: entry(trial),
      previous: entry(previous),
      note: at.noteMount && {
        uuid: noteUuid ?? '',
        path: noteIn(at).slice(at.noteMount.mountPoint.length),
      },
    });
    const custom = customIn(at);
    await replace(custom, withBlock(withoutBlock(textOf(custom) ?? '') ?? '', block));
    // The journal of a file system, or the log of btrfs, is nothing that GRUB reads.
    syncFileSystem(at.menu);
  };

  return {
    name: 'grub',
    async obstacle() {
      const at = places();
      const why = at.obstacle ?? menuObstacle(at.menu);
      if (why !== undefined) return why;
      if ((await uuidOf(at.mount)) === undefined) return `The file system of ${display(folder)} has no UUID.`;
      return at.noteMount && (await uuidOf(at.noteMount)) === undefined
        ? `The file system of ${display(at.note)} has no UUID.`
        : undefined;
    },
    keep: (restorePoint, files) => keepFiles(places().kept, restorePoint, files),
    async writeTrial({ restorePoint, trial, previous }) {
      const at = places();
      try {
        setState(at, restorePoint, '');
        await write(at, { trial, previous });
        setState(at, restorePoint, '1');
      } catch (error) {
        forgetNote(at);
        throw error;
      }
    },
    async returnTo(restorePoint, entry) {
      const at = places();
      await write(at, { trial: entry, previous: entry });
      setState(at, restorePoint, '2');
    },
    clear() {
      const at = places();
      forgetNote(at);
      const custom = customIn(at);
      const text = textOf(custom);
      const users = withoutBlock(text ?? '');
      if (text !== undefined && users !== undefined && users !== text) {
        if (users === '') removeTree(custom);
        else keepMode(custom, () => writeFileDurably(custom, Buffer.from(users, 'latin1')));
        syncFileSystem(at.menu);
      }
      forgetKept(at.kept);
    },
    state(): TrialState | undefined {
      const block = contentOf(noteIn(places()));
      const variables = block && parseEnvironmentBlock(block);
      const restorePoint = variables?.understudy_restore_point;
      const number = variables?.understudy_trial;
      if (restorePoint === undefined || (number !== '1' && number !== '2')) return undefined;
      return { restorePoint, state: number === '1' ? 'waiting' : 'tried' };
    },
  };
}

/** Why the menu in this folder takes no entries of ours, a sentence. */
function menuObstacle(menu: RawPath): string | undefined {
  if (!/\bcustom\.cfg\b/.test(textOf(join(menu, 'grub.cfg')) ?? ''))
    return 'The boot menu does not read custom.cfg: 41_custom is missing in /etc/grub.d.';
  const custom = join(menu, 'custom.cfg');
  return withoutBlock(textOf(custom) ?? '') === undefined ? damagedBlock(custom) : undefined;
}

/** A configuration that GRUB would not understand never takes the place of one that it does. Throws `BOOT_LOADER_FAILED`. */
async function replace(file: RawPath, text: string): Promise<void> {
  for (const program of ['grub-script-check', 'grub2-script-check']) {
    const checked = await run([program], { ...limit, input: Buffer.from(text, 'latin1') });
    if (checked.ended === 'not-found') continue;
    if (checked.status === 0) break;
    throw new Fault('BOOT_LOADER_FAILED', display(file), ...lastLines(checked.stderr, 3));
  }
  keepMode(file, () => writeFileDurably(file, Buffer.from(text, 'latin1')));
}

function keepMode(file: RawPath, write: () => void): void {
  const mode = statSync(bytes(file), { throwIfNoEntry: false })?.mode ?? 0o600;
  write();
  chmodSync(bytes(file), mode & 0o777);
}

function damagedBlock(file: RawPath): string {
  return `${display(file)} was changed between the marks of Understudy: remove the lines from "### BEGIN understudy" to "### END understudy".`;
}

function pathOn(at: GrubPlaces, file: RawPath): string {
  const path = at.pathOn(file);
  if (path === undefined)
    throw new Fault('BOOT_LOADER_FAILED', `${display(file)} does not lie where GRUB reads.`);
  return path;
}

/** Throws the error itself unless the file system is full. */
function asFault(error: unknown, folder: RawPath): unknown {
  return systemErrorCode(error) === 'ENOSPC'
    ? new Fault('NO_SPACE', `${display(folder)}: no room for a note of the trial.`)
    : error;
}

function removeEmptyFolder(folder: RawPath): void {
  try {
    rmdirSync(bytes(folder));
  } catch (error) {
    if (!['ENOTEMPTY', 'ENOENT'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}

/** From the file system itself: blkid(8). */
async function uuidOf(mount: MountEntry | undefined): Promise<string | undefined> {
  if (!mount) return undefined;
  const argv = ['blkid', '--probe', '--match-tag', 'UUID', '--output', 'value', display(mount.source)];
  const { stdout } = await run(argv as [string, ...string[]], limit);
  return /^[0-9A-Za-z-]+$/.exec(stdout.trim())?.[0];
}

/** One character a byte: the user's lines go back as they came. */
function textOf(file: RawPath): string | undefined {
  return contentOf(file)?.toString('latin1');
}

function contentOf(file: RawPath): Buffer | undefined {
  try {
    return readFileSync(bytes(file));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
