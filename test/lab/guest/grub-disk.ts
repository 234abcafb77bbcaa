/**
 * The disk of a guest that GRUB starts, as a BIOS machine's: /boot on a file system of its own, the root on btrfs. The boot menu is what grub-mkconfig
 * would write of it, in short.
 */
import { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { grubCore, mebibyte, startOfDisk } from '../boot/grub-disk.js';
import { makeDisk } from './guest-disk.js';

const limit = { timeoutMs: 180_000 };
const bootMebibytes = 256;
/** What the kernel is told in the system's own entry. */
const usualWords = 'root=/dev/vda2 rw rootfstype=btrfs rootflags=subvol=@ console=tty0 console=ttyS0 quiet';

/** Makes the image `file` of the tree `root`, with that much free room for the root. */
export async function makeGrubGuestDisk(root: string, file: string, freeMebibytes: number): Promise<void> {
  const [boot, tree, bootFiles] = [`${file}.boot`, `${file}.root`, `${file}.files`];
  await writeMenu(join(root, 'boot'));
  await runOrFault(['mv', join(root, 'boot'), bootFiles], limit);
  mkdirSync(join(root, 'boot'));
  await makeDisk('btrfs', root, tree, freeMebibytes);
  await runOrFault(['mkfs.ext4', '-q', '-F', '-m', '0', '-d', bootFiles, boot, `${bootMebibytes}M`], limit);
  const sizes = [bootMebibytes * mebibyte, statSync(tree).size] as const;
  writeFileSync(file, startOfDisk(await grubCore(`${file}.core`, '/grub'), sizes));
  truncateSync(file, mebibyte + sizes[0] + sizes[1]);
  for (const [part, seek] of [
    [boot, 1],
    [tree, 1 + bootMebibytes],
  ] as const) {
    const places = ['bs=1M', `seek=${seek}`, 'conv=notrunc,sparse', 'status=none'];
    await runOrFault(['dd', `if=${part}`, `of=${file}`, ...places], limit);
  }
  for (const path of [boot, tree, bootFiles, `${file}.core`]) rmSync(path, { recursive: true, force: true });
  await onGrubGuestDisk(file, (place) => {
    const mounts = ['/dev/vda2 / btrfs subvol=/@ 0 0', '/dev/vda1 /boot ext4 defaults 0 2', ''];
    writeFileSync(join(place, 'etc/fstab'), mounts.join('\n'));
  });
}

/** Works on the whole root of such an image, with its /boot, here. */
export async function onGrubGuestDisk(
  file: string,
  work: (root: string) => Promise<void> | void,
): Promise<void> {
  const place = `${file}.mounted`;
  mkdirSync(place, { recursive: true });
  const start = mebibyte * (1 + bootMebibytes);
  const part = (from: number, size: number): string => `loop,offset=${from},sizelimit=${size}`;
  const root = `subvol=@,${part(start, statSync(file).size - start)}`;
  await runOrFault(['mount', '-t', 'btrfs', '-o', root, file, place], limit);
  try {
    const options = part(mebibyte, bootMebibytes * mebibyte);
    await runOrFault(['mount', '-t', 'ext4', '-o', options, file, join(place, 'boot')], limit);
    await work(place);
  } finally {
    await runOrFault(['umount', '--recursive', place], limit);
  }
}

async function writeMenu(boot: string): Promise<void> {
  const kernel = readdirSync(boot)
    .filter((name) => name.startsWith('vmlinuz-') && !name.endsWith('-practice'))
    .sort()
    .at(-1);
  if (kernel === undefined) throw new Error('the guest has no kernel');
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
      `  linux /${kernel} ${usualWords}`,
      `  initrd /${kernel.replace('vmlinuz', 'initrd.img')}`,
      '}',
      custom,
    ].join('\n'),
  );
}
