/** GRUB on an EFI system partition as Debian's grub-install puts it there, and a system around it whose /boot GRUB finds by its file system. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, type MachineSources } from '../../../electron/engine/inspect/sources.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { run, runOrFault } from '../../../electron/engine/process/run.js';

const limit = { timeoutMs: 60_000 };

/** Of those in Debian's signed image, what the tests need. What is not in it comes from nowhere: no folder of modules is there. */
const modules =
  'part_gpt part_msdos fat ext2 btrfs normal linux search search_fs_uuid loadenv test echo configfile minicmd all_video true';

export async function grubUefiImpossible(): Promise<string | undefined> {
  const found = await run(['ls', '/usr/lib/grub/x86_64-efi/moddep.lst'], limit);
  if (found.status !== 0) return 'needs grub-efi-amd64-bin';
  return (await run(['grub-mkimage', '--version'], limit)).status === 0 ? undefined : 'needs grub-common';
}

/** `menu`: the folder of grub.cfg, from the top of the file system in the image file `disk`. */
export async function installGrub(esp: string, disk: string, menu: string): Promise<void> {
  for (const path of ['EFI/BOOT', 'EFI/debian']) mkdirSync(join(esp, path), { recursive: true });
  const image = join(esp, 'EFI/BOOT/BOOTX64.EFI');
  const options = ['--format=x86_64-efi', `--output=${image}`, '--prefix=/EFI/debian'];
  await runOrFault(['grub-mkimage', ...options, ...modules.split(' ')], limit);
  const stub = [
    `search.fs_uuid ${await uuidOf(disk)} root`,
    `set prefix=($root)'${menu}'`,
    'configfile $prefix/grub.cfg',
    '',
  ];
  writeFileSync(join(esp, 'EFI/debian/grub.cfg'), stub.join('\n'));
}

async function uuidOf(disk: string): Promise<string> {
  const argv = ['blkid', '--probe', '--match-tag', 'UUID', '--output', 'value', disk] as const;
  return (await runOrFault([...argv], limit)).stdout.trim();
}

/** An image of a file system. */
export async function makeImage(kind: 'ext4' | 'btrfs', file: string, mebibytes: number): Promise<void> {
  writeFileSync(file, '');
  truncateSync(file, mebibytes * 1024 ** 2);
  await runOrFault(
    kind === 'ext4' ? ['mkfs.ext4', '-q', '-m', '0', file] : ['mkfs.btrfs', '-q', file],
    limit,
  );
}

/**
 * The machine, this one unless said otherwise, but what is mounted at `esp` is said to be the FAT in the file `partition`: so it is also where the kernel has none. `folder` stands
 * for /proc, made anew at each look.
 */
export function withFatAt(
  esp: string,
  partition: string,
  folder: string,
  machine: MachineSources = thisMachine,
): MachineSources {
  mkdirSync(join(folder, 'self'), { recursive: true });
  return {
    ...machine,
    get proc() {
      const lines = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
      const described = lines.map((line) => {
        const [before = '', after] = line.split(' - ');
        const isIt = after !== undefined && before.split(' ')[4] === esp;
        return isIt ? `${before} - vfat ${partition} rw` : line;
      });
      writeFileSync(join(folder, 'self/mountinfo'), described.join('\n'), 'latin1');
      return raw(folder);
    },
  };
}
