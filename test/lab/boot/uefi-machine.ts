/**
 * A machine with UEFI firmware: OVMF in QEMU, with a disk whose EFI system partition is made anew from a folder before each start and is read
 * back into it afterwards. So the boot loader sees a real FAT also where the kernel of the test has none. What it starts is no system but a
 * program that says how it was started. A start takes some five seconds of computing, nearly all of them the firmware's.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { whatWasStarted } from './started.js';

const limit = { timeoutMs: 120_000 };
const mebibyte = 1024 ** 2;
const firmware = '/usr/share/OVMF';
/** Before the partition; as much lies behind it, for the second copy of the table. */
const start = 1;
const partitionMebibytes = 64;
const espType = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';

export async function uefiImpossible(): Promise<string | undefined> {
  if (process.geteuid?.() !== 0) return 'needs root';
  for (const [argv, what] of [
    [['ls', `${firmware}/OVMF_CODE_4M.fd`], 'ovmf'],
    [['mkfs.vfat', '--help'], 'dosfstools'],
    [['mcopy', '--version'], 'mtools'],
    [['sfdisk', '--version'], 'fdisk'],
    [['qemu-system-x86_64', '--version'], 'qemu-system-x86'],
    [['ld', '--version'], 'binutils'],
  ] as const)
    if ((await run([...argv] as [string, ...string[]], limit)).status !== 0) return `needs ${what}`;
  return undefined;
}

export interface UefiMachine {
  /** The FAT of its partition as a file of its own, as it was last filled: what blkid(8) tells of it is true of the partition. */
  readonly partition: string;
  /** One start: the command line of what was started. What the boot loader changed on the partition is in the folder then. */
  start(): Promise<string>;
  dispose(): void;
}

/** `esp`: what its EFI system partition holds. `disks`: images of other disks. */
export async function uefiMachine(esp: string, disks: readonly string[] = []): Promise<UefiMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-uefi-'));
  const [disk, partition, variables] = ['disk', 'partition', 'variables'].map((name) => join(folder, name));
  if (disk === undefined || partition === undefined || variables === undefined) throw new Error('unnamed');
  // What the firmware remembers is kept over the starts of one machine.
  copyFileSync(join(firmware, 'OVMF_VARS_4M.fd'), variables);
  writeFileSync(disk, '');
  truncateSync(disk, (partitionMebibytes + 2 * start) * mebibyte);
  const table = `label: gpt\nstart=${start}MiB, size=${partitionMebibytes}MiB, type=${espType}\n`;
  await runOrFault(['sfdisk', '--quiet', disk], { ...limit, input: table });
  const fill = async (): Promise<void> => {
    rmSync(partition, { force: true });
    writeFileSync(partition, '');
    truncateSync(partition, partitionMebibytes * mebibyte);
    await runOrFault(['mkfs.vfat', '-F', '32', '-i', '1a2b3c4d', partition], limit);
    const content = readdirSync(esp).filter((name) => name !== 'lost+found');
    const sources = content.map((name) => join(esp, name));
    if (sources.length > 0) await runOrFault(['mcopy', '-s', '-i', partition, ...sources, '::/'], limit);
    const copying = [
      `if=${partition}`,
      `of=${disk}`,
      'bs=1M',
      `seek=${start}`,
      'conv=notrunc',
      'status=none',
    ];
    await runOrFault(['dd', ...copying], limit);
  };
  const readBack = async (): Promise<void> => {
    const read = join(folder, 'read');
    rmSync(read, { recursive: true, force: true });
    mkdirSync(read);
    await runOrFault(['mcopy', '-s', '-n', '-i', `${disk}@@${start}M`, '::/', read], limit);
    mirror(read, esp);
  };
  await fill();
  return {
    partition,
    async start() {
      await fill();
      const { stdout, stderr } = await run(
        [
          ...(['qemu-system-x86_64', '-accel', 'tcg', '-cpu', 'max', '-machine', 'q35,smm=off'] as const),
          ...['-m', '128', '-nodefaults', '-display', 'none', '-no-reboot', '-nic', 'none'],
          ...flash(join(firmware, 'OVMF_CODE_4M.fd'), 'unit=0,readonly=on'),
          ...flash(variables, 'unit=1'),
          ...['-drive', `file=${disk},format=raw,if=virtio`],
          ...disks.flatMap((other) => ['-drive', `file=${other},format=raw,if=virtio`]),
          ...['-serial', 'stdio'],
        ],
        limit,
      );
      await readBack();
      return whatWasStarted(stdout, stderr);
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function flash(file: string, more: string): string[] {
  return ['-drive', `if=pflash,format=raw,file=${file},${more}`];
}

/** Makes `to` hold the files that `from` holds. */
function mirror(from: string, to: string): void {
  for (const name of readdirSync(to, { recursive: true, encoding: 'utf8' }))
    if (existsSync(join(to, name)) && statSync(join(to, name)).isFile() && !existsSync(join(from, name)))
      rmSync(join(to, name));
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    const [source, target] = [join(from, name), join(to, name)];
    if (statSync(source).isDirectory()) mkdirSync(target, { recursive: true });
    else if (!existsSync(target) || !readFileSync(source).equals(readFileSync(target)))
      copyFileSync(source, target);
  }
}

/** Builds that program into `file`. */
export async function makeTellingProgram(file: string): Promise<void> {
  const source = join(import.meta.dirname, 'telling-program.s');
  await runOrFault(['as', '--64', '-o', `${file}.o`, source], limit);
  const linking = ['-m', 'i386pep', '--subsystem=10', '--entry=_start', '--strip-all'];
  await runOrFault(['ld', ...linking, '-o', file, `${file}.o`], limit);
}
