/** The disk of a guest: a root tree on a file system of its own, the way its boot entry finds it. */
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { haveOwnMounts } from '../own-mounts.js';
import { makeExt4 } from './ext4-disk.js';
import { makeZfs, zfsRoot } from './zfs-disk.js';

/** Those that can be mounted here between two starts, and started by GRUB. */
export const mountedFileSystems = ['ext4', 'btrfs'] as const;
export type MountedFileSystem = (typeof mountedFileSystems)[number];
export const guestFileSystems = [...mountedFileSystems, 'zfs'] as const;
export type GuestFileSystem = (typeof guestFileSystems)[number];

/** What the kernel is told of the root; on btrfs as in Ubuntu, Mint and Arch: the subvolume `@`, by its name. */
export const rootOptions: Readonly<Record<GuestFileSystem, string>> = {
  ext4: 'root=/dev/vda rw',
  btrfs: 'root=/dev/vda rw rootfstype=btrfs rootflags=subvol=@',
  zfs: zfsRoot,
};

const limit = { timeoutMs: 180_000 };

/** Makes the image `file` of the tree `root`, with that much free room. */
export async function makeDisk(
  fileSystem: GuestFileSystem,
  root: string,
  file: string,
  freeMebibytes: number,
): Promise<void> {
  const { stdout } = await runOrFault(['du', '--summarize', '--block-size=1M', root], limit);
  // A tenth more for the file system's own structures.
  const mebibytes = Math.ceil(parseInt(stdout, 10) * 1.1) + freeMebibytes;
  switch (fileSystem) {
    case 'ext4':
      return makeExt4(root, file, mebibytes);
    case 'btrfs':
      return makeBtrfs(root, file, mebibytes);
    case 'zfs':
      return makeZfs(root, file, mebibytes);
  }
}

/** mkfs.btrfs(8) makes no subvolumes before version 6.11, so the tree is copied into one through a mount. */
async function makeBtrfs(root: string, file: string, mebibytes: number): Promise<void> {
  writeFileSync(file, '');
  truncateSync(file, mebibytes * 1024 ** 2);
  await runOrFault(['mkfs.btrfs', '-q', '-f', file], limit);
  await mounted(['-t', 'btrfs', '-o', 'loop'], file, async (top) => {
    await runOrFault(['btrfs', 'subvolume', 'create', join(top, '@')], limit);
    await runOrFault(['cp', '--archive', '--no-target-directory', root, join(top, '@')], limit);
    writeFileSync(join(top, '@/etc/fstab'), '/dev/vda / btrfs subvol=/@ 0 0\n');
  });
}

/** Works on the root in the image `file` here, where it is faster than in a guest. */
export function onDisk(
  fileSystem: MountedFileSystem,
  file: string,
  work: (root: string) => Promise<void> | void,
): Promise<void> {
  const options = fileSystem === 'btrfs' ? 'loop,subvol=@' : 'loop';
  return mounted(['-t', fileSystem, '-o', options], file, work);
}

async function mounted(
  options: readonly string[],
  file: string,
  work: (place: string) => Promise<void> | void,
): Promise<void> {
  haveOwnMounts(); // the guest reads the disk once it is unmounted
  const place = `${file}.mounted`;
  mkdirSync(place, { recursive: true });
  await runOrFault(['mount', ...options, file, place], limit);
  try {
    await work(place);
  } finally {
    // With what was mounted in it meanwhile.
    await runOrFault(['umount', '--recursive', place], limit);
  }
}
