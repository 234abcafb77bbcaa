/**
 * Guests: a whole Debian system with a kernel, systemd, logind and polkit, made as a root tree that a test alters as it likes, put on a disk image,
 * and started in QEMU as often as a test wants. Nothing of it is reachable from outside, and nothing outlives the guest's folder.
 */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { diskImpossible } from '../disk-image.js';
import { debianRoot, debianRootImpossible, type Recipe } from '../debian-root.js';
import { removeRoot } from '../template.js';
import { makeDisk, onDisk, rootOptions, type GuestFileSystem } from './guest-disk.js';
import { makeGrubGuestDisk, onGrubGuestDisk } from './grub-disk.js';
import { settle } from './guest-root.js';
import { addZfsModules, zfsRecipe } from './zfs-modules.js';
import { startMachine, type Controls, type Ended, type Machine } from './machine.js';
import { filesDisk, type GuestFiles } from './files-disk.js';

/** What a guest holds beyond the essential packages. The kernel for clouds: all that QEMU has, and little else. */
export const guestPackages = [
  'linux-image-cloud-amd64',
  'initramfs-tools',
  'zstd',
  'kmod',
  'udev',
  'systemd-sysv',
].concat(['dbus', 'libpam-systemd', 'polkitd', 'pkexec']);
const program = 'qemu-system-x86_64';
/**
 * With more than one processor the emulator now and then runs into the breakpoint by which a kernel rewrites its own code (text_poke_bp), before
 * there is any file system.
 */
const isOfEmulator = /Oops: int3: 0000/;

export interface GuestOptions {
  /** Debian 12 unless said otherwise; Debian 13 has systemd 257, and is what there is on ZFS. */
  readonly suite?: Recipe['suite'];
  /** More Debian packages. */
  readonly include?: readonly string[];
  /** Alters the root tree before it becomes a disk. */
  readonly prepare?: (root: string) => Promise<void> | void;
  /** Works on the root once it is on the disk, before any start; not on ZFS. */
  readonly prepareOnDisk?: (root: string) => Promise<void>;
  /** Free room on the disk. */
  readonly freeMebibytes?: number;
  /** Of its root; ext4 unless said otherwise. */
  readonly fileSystem?: GuestFileSystem;
  /** Whether GRUB starts it; else QEMU starts its kernel. */
  readonly grub?: boolean;
}

export interface Errand {
  /** A compiled module, which root runs in the guest with Node once the guest is up. What it prints, line by line, is JSON. */
  readonly script: string;
  /** More files for the guest, beside the script in /mnt, by name. */
  readonly files?: GuestFiles;
  /** After so many the power is cut. */
  readonly minutes: number;
  /** What happens to the disk is seen by the next errand; else it is forgotten. */
  readonly keep?: boolean;
  /** Called for each line as it comes. */
  readonly onLine?: (line: unknown, controls: Controls) => void;
}

export interface Guest {
  /** Starts the guest, runs the script in it, and switches it off. */
  run(errand: Errand): Promise<Ended>;
  /** Remembers the disk as it is now; one time is remembered. */
  save(): Promise<void>;
  /** Makes the disk what it was then. */
  restore(): Promise<void>;
  /** Works on the root on the disk between two starts, here, where it is faster than in the guest; not on ZFS. */
  onDisk(work: (root: string) => Promise<void> | void): Promise<void>;
  dispose(): void;
}

/** Why there can be no guests here, or `undefined`. For `describe.skipIf`. */
export async function guestImpossible(fileSystem: GuestFileSystem = 'ext4'): Promise<string | undefined> {
  const reason = await debianRootImpossible();
  if (reason !== undefined) return reason;
  if (process.arch !== 'x64') return 'needs an x86-64 machine';
  if (!existsSync('/usr/bin/node')) return 'needs /usr/bin/node, which goes into the guest';
  for (const [argv, what] of [
    [[program, '--version'], 'qemu-system-x86'],
    [['mkfs.ext4', '-V'], 'e2fsprogs'],
  ] as const)
    if ((await run([...argv] as [string, ...string[]], { timeoutMs: 10_000 })).ended !== 'exit')
      return `needs ${what}`;
  return fileSystem === 'btrfs' ? diskImpossible(fileSystem) : undefined;
}

export async function makeGuest(options: GuestOptions = {}): Promise<Guest> {
  if (options.fileSystem === 'zfs' && options.grub) throw new Error('GRUB starts no guest on ZFS');
  const folder = mkdtempSync(join(tmpdir(), 'understudy-guest-'));
  const running = new Set<Machine>();
  const { fileSystem = 'ext4' } = options;
  const isZfs = fileSystem === 'zfs';
  const [disk, saved] = [join(folder, 'disk'), join(folder, 'disk.saved')];
  const copy = async (from: string, to: string): Promise<void> => {
    await runOrFault(['cp', '--sparse=always', '--reflink=auto', from, to], { timeoutMs: 120_000 });
  };
  const work = async (done: (root: string) => Promise<void> | void): Promise<void> => {
    if (isZfs) throw new Error('ZFS is not mounted here: let an errand do it');
    await (options.grub ? onGrubGuestDisk(fileSystem, disk, done) : onDisk(fileSystem, disk, done));
  };
  const root = await debianRoot({
    ...(options.suite === undefined ? {} : { suite: options.suite }),
    ...(isZfs ? zfsRecipe : {}),
    variant: 'minbase',
    include: [...guestPackages, ...(isZfs ? zfsRecipe.include : []), ...(options.include ?? [])],
  });
  try {
    settle(root);
    if (isZfs) await addZfsModules(root);
    await options.prepare?.(root);
    copyFileSync(newest(join(root, 'boot'), 'vmlinuz-'), join(folder, 'kernel'));
    copyFileSync(newest(join(root, 'boot'), 'initrd.img-'), join(folder, 'initramfs'));
    const freeMebibytes = options.freeMebibytes ?? 1500;
    if (options.grub && !isZfs) await makeGrubGuestDisk(fileSystem, root, disk, freeMebibytes);
    else await makeDisk(fileSystem, root, disk, freeMebibytes);
    if (options.prepareOnDisk) await work(options.prepareOnDisk);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    removeRoot(root);
  }
  return {
    async run({ script, files = {}, minutes, keep = false, onLine }) {
      for (;;) {
        const filesImage = await filesDisk(folder, script, files);
        const machine = startMachine({
          program,
          folder,
          rootOptions: options.grub ? undefined : rootOptions[fileSystem],
          filesImage,
          keep,
          onLine,
        });
        running.add(machine);
        const limit = setTimeout(() => machine.cut('timeout'), minutes * 60_000);
        const ended = await machine.ended;
        clearTimeout(limit);
        running.delete(machine);
        if (ended.lines.length > 0 || !isOfEmulator.test(ended.story)) return ended;
        console.log('the emulated processor met its own breakpoint: the machine starts again');
      }
    },
    save: () => copy(disk, saved),
    restore: () => copy(saved, disk),
    onDisk: work,
    dispose() {
      for (const machine of running) machine.cut('cut');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function newest(folder: string, prefix: string): string {
  // Of real kernels: the practice kernels only look like one.
  const name = readdirSync(folder)
    .filter((each) => each.startsWith(prefix) && !each.endsWith('-practice'))
    .sort()
    .at(-1);
  if (name === undefined) throw new Error(`no ${prefix}* in ${folder}`);
  return join(folder, name);
}
