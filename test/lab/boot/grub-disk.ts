/**
 * A disk that real GRUB starts from, in a machine of its own: MBR, GRUB's core image behind it, and a partition for /boot. What GRUB starts is no
 * system but a program that says over the serial port how it was started; so a start takes less than a second of computing.
 */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { whatWasStarted } from './started.js';

const limit = { timeoutMs: 60_000 };
export const mebibyte = 1024 ** 2;
const sector = 512;
const images = '/usr/lib/grub/i386-pc';

/** What the tests need of GRUB, without loading it from the disk. */
const modules =
  'biosdisk part_msdos part_gpt ext2 fat xfs normal linux search search_fs_uuid loadenv test echo configfile minicmd all_video true';

export async function grubImpossible(): Promise<string | undefined> {
  if (process.geteuid?.() !== 0) return 'needs root';
  for (const [argv, what] of [
    [['grub-mkimage', '--version'], 'grub-common'],
    [['ls', `${images}/boot.img`], 'grub-pc-bin'],
    [['qemu-system-x86_64', '--version'], 'qemu-system-x86'],
    [['as', '--version'], 'binutils'],
  ] as const)
    if ((await run([...argv] as [string, ...string[]], limit)).status !== 0) return `needs ${what}`;
  return undefined;
}

/** Makes the disk `file`; `prefix` is the folder of grub.cfg on the partition. */
export async function makeGrubDisk(
  file: string,
  { kind, prefix, mebibytes }: { kind: 'ext4' | 'xfs'; prefix: string; mebibytes: number },
): Promise<void> {
  const part = `${file}.part`;
  writeFileSync(part, '');
  truncateSync(part, mebibytes * mebibyte);
  await runOrFault(kind === 'ext4' ? ['mkfs.ext4', '-q', '-m', '0', part] : ['mkfs.xfs', '-q', part], limit);
  writeFileSync(file, startOfDisk(await grubCore(`${file}.core`, prefix), [mebibytes * mebibyte]));
  truncateSync(file, (mebibytes + 1) * mebibyte);
  await runOrFault(
    ['dd', `if=${part}`, `of=${file}`, 'bs=1M', 'seek=1', 'conv=notrunc,sparse', 'status=none'],
    limit,
  );
}

/** GRUB's core image, which finds its menu in the folder `prefix` of the first partition. */
export async function grubCore(file: string, prefix: string): Promise<Buffer> {
  const options = ['--format=i386-pc', `--output=${file}`, `--prefix=(hd0,msdos1)${prefix}`];
  await runOrFault(['grub-mkimage', ...options, ...modules.split(' ')], limit);
  return readFileSync(file);
}

/** The first mebibyte of a disk: the boot sector with a table of partitions of so many bytes, one after the other, and GRUB's core image. */
export function startOfDisk(core: Buffer, partitions: readonly number[]): Buffer {
  const first = Buffer.alloc(mebibyte);
  readFileSync(`${images}/boot.img`).copy(first, 0, 0, 440);
  let start = mebibyte;
  for (const [index, size] of partitions.entries()) {
    const entry = first.subarray(446 + 16 * index);
    entry.writeUInt8(index === 0 ? 0x80 : 0, 0);
    entry.writeUInt8(0x83, 4);
    entry.writeUInt32LE(start / sector, 8);
    entry.writeUInt32LE(size / sector, 12);
    start += size;
  }
  first.writeUInt16LE(0xaa55, 510);
  core.copy(first, sector);
  return first;
}

export async function mountGrubDisk(file: string, mebibytes: number, place: string): Promise<void> {
  const options = `loop,offset=${mebibyte},sizelimit=${mebibytes * mebibyte}`;
  await runOrFault(['mount', '-o', options, file, place], limit);
}

/** One start of the machine: the command line of what GRUB started. */
export async function startGrub(file: string): Promise<string> {
  const { stdout, stderr } = await run(
    [
      ...(['qemu-system-x86_64', '-accel', 'tcg', '-m', '64', '-nodefaults', '-display', 'none'] as const),
      ...['-no-reboot', '-nic', 'none', '-drive', `file=${file},format=raw,if=ide`, '-serial', 'stdio'],
    ],
    limit,
  );
  return whatWasStarted(stdout, stderr);
}

/** Assembles that program into `file`. */
export async function makeTellingKernel(file: string): Promise<void> {
  const source = join(import.meta.dirname, 'telling-kernel.s');
  await runOrFault(['as', '--32', '-o', `${file}.o`, source], limit);
  const linking = ['-m', 'elf_i386', '--entry=0', '-Ttext=0', '--oformat=binary'];
  await runOrFault(['ld', ...linking, '-o', file, `${file}.o`], limit);
}
