/**
 * The disk of a guest that GRUB starts, as a BIOS machine's: one partition of ext4, or the root on btrfs with /boot on a file system of its own. The
 * boot menu is what grub-mkconfig would write of it, in short.
 */
import { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { grubCore, mebibyte, startOfDisk } from '../boot/grub-disk.js';
import { haveOwnMounts } from '../own-mounts.js';
import { makeDisk, type MountedFileSystem } from './guest-disk.js';

const limit = { timeoutMs: 180_000 };
const bootMebibytes = 256;
/** What the kernel is told of the root in the system's own entry. */
const rootWords: Readonly<Record<MountedFileSystem, string>> = {
  ext4: 'root=/dev/vda1 rw',
  btrfs: 'root=/dev/vda2 rw rootfstype=btrfs rootflags=subvol=@',
};

/** Makes the image `file` of the tree `root`, with that much free room for the root. */
export async function makeGrubGuestDisk(
  fileSystem: MountedFileSystem,
  root: string,
  file: string,
  freeMebibytes: number,
): Promise<void> {
  const [boot, tree, bootFiles] = [`${file}.boot`, `${file}.root`, `${file}.files`];
  await writeMenu(fileSystem, join(root, 'boot'));
  if (fileSystem === 'ext4') {
    writeFileSync(join(root, 'etc/fstab'), '/dev/vda1 / ext4 defaults 0 1\n');
    await makeDisk('ext4', root, tree, freeMebibytes);
    await assemble(file, '/boot/grub', [tree]);
    return;
  }
  await runOrFault(['mv', join(root, 'boot'), bootFiles], limit);
  mkdirSync(join(root, 'boot'));
  await makeDisk('btrfs', root, tree, freeMebibytes);
  await runOrFault(['mkfs.ext4', '-q', '-F', '-m', '0', '-d', bootFiles, boot, `${bootMebibytes}M`], limit);
  await assemble(file, '/grub', [boot, tree]);
  rmSync(bootFiles, { recursive: true, force: true });
  await onGrubGuestDisk(fileSystem, file, (place) => {
    const mounts = ['/dev/vda2 / btrfs subvol=/@ 0 0', '/dev/vda1 /boot ext4 defaults 0 2', ''];
    writeFileSync(join(place, 'etc/fstab'), mounts.join('\n'));
  });
}

/** Of the file systems `parts`, whose files are gone then; `prefix`: of GRUB's folder on the first. */
async function assemble(file: string, prefix: string, parts: readonly string[]): Promise<void> {
  const sizes = parts.map((part) => statSync(part).size);
  writeFileSync(file, startOfDisk(await grubCore(`${file}.core`, prefix), sizes));
  let end = mebibyte;
  for (const [index, part] of parts.entries()) {
    const places = ['bs=1M', `seek=${end / mebibyte}`, 'conv=notrunc,sparse', 'status=none'];
    await runOrFault(['dd', `if=${part}`, `of=${file}`, ...places], limit);
    end += sizes[index] ?? 0;
  }
  truncateSync(file, end);
  for (const path of [...parts, `${file}.core`]) rmSync(path);
}

/** Works on the whole root of such an image, with its /boot, here. */
export async function onGrubGuestDisk(
  fileSystem: MountedFileSystem,
  file: string,
  work: (root: string) => Promise<void> | void,
): Promise<void> {
  haveOwnMounts(); // the guest reads the disk once it is unmounted
  const place = `${file}.mounted`;
  mkdirSync(place, { recursive: true });
  const isWhole = fileSystem === 'ext4';
  const start = mebibyte * (isWhole ? 1 : 1 + bootMebibytes);
  const part = (from: number, size: number): string => `loop,offset=${from},sizelimit=${size}`;
  const root = `${isWhole ? '' : 'subvol=@,'}${part(start, statSync(file).size - start)}`;
  await runOrFault(['mount', '-t', fileSystem, '-o', root, file, place], limit);
  try {
    const options = part(mebibyte, bootMebibytes * mebibyte);
    if (!isWhole) await runOrFault(['mount', '-t', 'ext4', '-o', options, file, join(place, 'boot')], limit);
    await work(place);
  } finally {
    await runOrFault(['umount', '--recursive', place], limit);
  }
}

async function writeMenu(fileSystem: MountedFileSystem, boot: string): Promise<void> {
  const kernel = readdirSync(boot)
    .filter((name) => name.startsWith('vmlinuz-') && !name.endsWith('-practice'))
    .sort()
    .at(-1);
  if (kernel === undefined) throw new Error('the guest has no kernel');
  const path = `${fileSystem === 'ext4' ? '/boot' : ''}/${kernel}`;
  const words = `${rootWords[fileSystem]} console=tty0 console=ttyS0 quiet`;
  const custom = (await runOrFault(['/etc/grub.d/41_custom'], limit)).stdout;
  mkdirSync(join(boot, 'grub'), { recursive: true });
  // As grub-install(8) leaves them: what grub-mkconfig(8) writes later loads them from there.
  await runOrFault(['cp', '--recursive', '/usr/lib/grub/i386-pc', join(boot, 'grub')], limit);
  writeFileSync(
    join(boot, 'grub/grub.cfg'),
    [
      'set timeout=0',
      'set default=0',
      "menuentry 'Debian' {",
      `  linux ${path} ${words}`,
      `  initrd ${path.replace('vmlinuz', 'initrd.img')}`,
      '}',
      custom,
    ].join('\n'),
  );
}
