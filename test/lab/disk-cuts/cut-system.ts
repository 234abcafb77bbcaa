/** A system on a disk image of which a copy can be taken at any moment: what the disk holds then is what a power cut leaves on it. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { debianRootImpossible } from '../debian-root.js';
import { diskImpossible } from '../disk-image.js';
import { haveOwnMounts } from '../own-mounts.js';
import { practiceSystem, practiceSystemIn } from '../practice-system.js';
import { zfsImpossible } from '../zfs-daemon.js';
import { moveIn, zfsLayouts, zfsSystem } from '../zfs-system.js';

export const cutFileSystems = ['ext4', 'btrfs', 'zfs'] as const;
export type CutFileSystem = (typeof cutFileSystems)[number];

export interface CutSystem {
  readonly root: string;
  /** Of the whole disk. */
  readonly image: string;
  /** Mounts what a start takes as its root. */
  start(): Promise<void>;
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

const limit = { timeoutMs: 120_000 };
const mebibytes = 1200;

/** Why there can be none here, or `undefined`. For `describe.skipIf`. */
export async function cutSystemImpossible(fileSystem: CutFileSystem): Promise<string | undefined> {
  const reason =
    (await debianRootImpossible()) ??
    (await (fileSystem === 'zfs' ? zfsImpossible() : diskImpossible(fileSystem)));
  return reason ?? (await sharingImpossible());
}

/** Whether a copy is taken in one step: the file system of temporary files shares the content of copies (ioctl_ficlone(2)). */
async function sharingImpossible(): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-cuts-'));
  try {
    const [file, copy] = [join(folder, 'file'), join(folder, 'copy')];
    writeFileSync(file, Buffer.alloc(65_536, 1));
    const { status } = await run(['cp', '--reflink=always', file, copy], limit);
    return status === 0 ? undefined : 'needs a folder for temporary files that shares the content of copies';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the disk `from` holds at this moment. */
export async function copyOfDisk(from: string, to: string): Promise<void> {
  await runOrFault(['cp', '--reflink=always', from, to], limit);
}

/** The practice system, started. */
export function cutSystem(fileSystem: CutFileSystem): Promise<CutSystem> {
  return fileSystem === 'zfs' ? onZfs() : onLoop(fileSystem);
}

/** On btrfs laid out as in Ubuntu, Mint and Arch. */
async function onLoop(fileSystem: 'ext4' | 'btrfs'): Promise<CutSystem> {
  haveOwnMounts(); // a start has to read the disk anew
  const folder = mkdtempSync(join(tmpdir(), 'understudy-cuts-'));
  const [root, image] = [join(folder, 'root'), join(folder, 'image')];
  const mount = (options: string, place: string): Promise<unknown> =>
    runOrFault(['mount', '-t', fileSystem, '-o', options, image, place], limit);
  const stop = async (): Promise<void> => {
    await runOrFault(['umount', '--recursive', root], limit);
  };
  const start = async (): Promise<void> => {
    await mount(fileSystem === 'btrfs' ? 'loop,subvol=@' : 'loop', root);
  };
  const dispose = async (): Promise<void> => {
    await run(['umount', '--recursive', root], limit);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    mkdirSync(root);
    writeFileSync(image, '');
    truncateSync(image, mebibytes * 1024 ** 2);
    await runOrFault([`mkfs.${fileSystem}`, '-q', image], limit);
    if (fileSystem === 'btrfs') {
      await mount('loop', root);
      await runOrFault(['btrfs', 'subvolume', 'create', join(root, '@')], limit);
      await stop();
    }
    await start();
    await practiceSystemIn(root);
    if (fileSystem === 'btrfs') writeFileSync(join(root, 'etc/fstab'), 'UUID=0 / btrfs subvol=/@ 0 0\n');
    return { root, image, start, stop, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function onZfs(): Promise<CutSystem> {
  const layout = zfsLayouts['ZFSBootMenu, OpenZFS guides: pool/ROOT/name'];
  const place = await zfsSystem(layout, async (root) => moveIn(await practiceSystem(), root), {
    mebibytes,
    inMemory: false,
  });
  const { root, image, takeIn, boot, giveUp, dispose } = place;
  const start = async (): Promise<void> => {
    await takeIn();
    await boot();
  };
  return { root, image, start, stop: giveUp, dispose };
}
