/**
 * GRUB. What the next starts take stands in a variable of an environment block of our own: 1, the trial; 2, it was tried. GRUB itself turns the 1
 * into a 2 before it starts the trial, so that whatever happens then, the start after it takes the previous entry. What is torn or missing
 * leaves grub.cfg's own default.
 */
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { writeFileDurably } from '../../files/durable.js';
import { removeTree } from '../../files/remove-tree.js';
import { readMountTable, type MountEntry } from '../../inspect/mount-table.js';
import { nameInTree, realRoot } from '../../inspect/mounts.js';
import type { MachineSources } from '../../inspect/sources.js';
import { bytes, display, isWithin, join, type RawPath } from '../../posix/raw-path.js';
import { syncDirectory } from '../../posix/sync.js';
import { lastLines, run } from '../../process/run.js';
import type { System } from '../../system.js';
import type { BootEntry, BootLoader, Trial, TrialState } from '../boot-loader.js';
import { forgetKept, keepFiles } from '../kept-files.js';
import { customBlock, environmentFile, withBlock, withoutBlock, type GrubEntry } from './custom-block.js';
import { environmentBlock, parseEnvironmentBlock } from './environment-block.js';

/** GRUB writes into a file by its blocks: on others they are shared, checksummed or spread. */
const writable = new Set(['ext2', 'ext3', 'ext4', 'vfat', 'xfs']);
const limit = { timeoutMs: 20_000 };

/** `folder`: where grub.cfg lies, absolute. */
export function grub(system: System, sources: MachineSources, folder: RawPath): BootLoader {
  const custom = join(folder, 'custom.cfg');
  const environment = join(folder, environmentFile);
  const mount = readMountTable(sources).holding(folder);
  const uuid = once(() => uuidOf(mount));

  /** Throws `BOOT_LOADER_FAILED`. */
  const usersLines = (): string => {
    const users = withoutBlock(textOf(custom) ?? '');
    if (users === undefined) throw new Fault('BOOT_LOADER_FAILED', damagedBlock(custom));
    return users;
  };
  const setState = (restorePoint: string, state: '' | '1' | '2'): void =>
    writeFileDurably(
      environment,
      environmentBlock({ understudy_trial: state, understudy_restore_point: restorePoint }),
    );
  const write = async ({ trial, previous }: Omit<Trial, 'restorePoint'>): Promise<void> => {
    const entry = async (one: BootEntry): Promise<GrubEntry> => ({
      title: one.title,
      uuid: (await uuid()) ?? '',
      kernel: pathOn(mount, one.kernel),
      initrds: one.initrds.map((path) => pathOn(mount, path)),
      options: one.options,
    });
    const block = customBlock({ trial: await entry(trial), previous: await entry(previous) });
    await replace(custom, withBlock(usersLines(), block));
  };

  return {
    name: 'grub',
    async obstacle() {
      const named = display(folder);
      if (!mount || nameInTree(realRoot(system), mount.mountPoint) === '/')
        return `${named} lies on the file system of the root: GRUB can note a trial only where /boot is a file system of its own.`;
      if (!writable.has(mount.fileSystem))
        return `GRUB can read ${mount.fileSystem}, on which ${named} lies, but not write to it.`;
      if (mount.readOnly) return `${named} lies on a file system that is mounted read-only.`;
      if (isAssembled(sources, mount))
        return `${named} lies on a logical volume, a RAID or an encrypted disk, to which GRUB cannot write.`;
      if (!/\bcustom\.cfg\b/.test(textOf(join(folder, 'grub.cfg')) ?? ''))
        return 'The boot menu does not read custom.cfg: 41_custom is missing in /etc/grub.d.';
      if (withoutBlock(textOf(custom) ?? '') === undefined) return damagedBlock(custom);
      return (await uuid()) === undefined ? `The file system of ${named} has no UUID.` : undefined;
    },
    keep: (restorePoint, files) => keepFiles(mount?.mountPoint ?? folder, restorePoint, files),
    async writeTrial({ restorePoint, trial, previous }) {
      try {
        setState(restorePoint, '');
        await write({ trial, previous });
        setState(restorePoint, '1');
      } catch (error) {
        removeTree(environment);
        throw error;
      }
    },
    async returnTo(restorePoint, entry) {
      await write({ trial: entry, previous: entry });
      setState(restorePoint, '2');
    },
    clear() {
      if (contentOf(environment) !== undefined) {
        removeTree(environment);
        syncDirectory(folder);
      }
      const text = textOf(custom);
      const users = withoutBlock(text ?? '');
      if (text !== undefined && users !== undefined && users !== text) {
        if (users === '') removeTree(custom);
        else keepMode(custom, () => writeFileDurably(custom, Buffer.from(users, 'latin1')));
        syncDirectory(folder);
      }
      forgetKept(mount?.mountPoint ?? folder);
    },
    state(): TrialState | undefined {
      const block = contentOf(environment);
      const variables = block && parseEnvironmentBlock(block);
      const restorePoint = variables?.understudy_restore_point;
      const number = variables?.understudy_trial;
      if (restorePoint === undefined || (number !== '1' && number !== '2')) return undefined;
      return { restorePoint, state: number === '1' ? 'waiting' : 'tried' };
    },
  };
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

/** As GRUB names it: from the top of the file system. */
function pathOn(mount: MountEntry | undefined, path: RawPath): string {
  if (!mount || !isWithin(path, mount.mountPoint))
    throw new Fault('BOOT_LOADER_FAILED', `${display(path)} does not lie where GRUB reads.`);
  const inside = path.slice(mount.mountPoint.length).replace(/^\/+/, '');
  return `${mount.origin === '/' ? '' : mount.origin}/${inside}`;
}

/** The device mapper and md have folders of their own in sysfs. */
function isAssembled(sources: MachineSources, { device }: MountEntry): boolean {
  const folder = join(sources.sys, `dev/block/${device}`);
  return ['dm', 'md'].some((name) => statSync(bytes(join(folder, name)), { throwIfNoEntry: false }));
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

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
