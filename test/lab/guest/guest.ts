/**
 * Guests: a whole Debian system with a kernel, systemd, logind and polkit, made as a root tree that a test alters as it likes, put on a disk image,
 * and started in QEMU as often as a test wants. Nothing of it is reachable from outside, and nothing outlives the guest's folder.
 */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { debianRoot, debianRootImpossible, removeRoot } from '../debian-root.js';
import { settle } from './guest-root.js';
import { startMachine, type Ended, type Machine } from './machine.js';
import { filesDisk, type GuestFiles } from './files-disk.js';

/** What a guest holds beyond the essential packages. The kernel for clouds: all that QEMU has, and little else. */
const packages = [
  'linux-image-cloud-amd64',
  'initramfs-tools',
  'zstd',
  'kmod',
  'udev',
  'systemd-sysv',
].concat(['dbus', 'libpam-systemd', 'polkitd', 'pkexec']);
const program = 'qemu-system-x86_64';

export interface GuestOptions {
  /** More Debian packages. */
  readonly include?: readonly string[];
  /** Alters the root tree before it becomes a disk. */
  readonly prepare?: (root: string) => Promise<void> | void;
  /** Free room on the disk. */
  readonly freeMebibytes?: number;
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
  /** Called for each line as it comes; `cut` is a power cut. */
  readonly onLine?: (line: unknown, cut: () => void) => void;
}

export interface Guest {
  /** Starts the guest, runs the script in it, and switches it off. */
  run(errand: Errand): Promise<Ended>;
  dispose(): void;
}

/** Why there can be no guests here, or `undefined`. For `describe.skipIf`. */
export async function guestImpossible(): Promise<string | undefined> {
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
  return undefined;
}

export async function makeGuest(options: GuestOptions = {}): Promise<Guest> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-guest-'));
  const running = new Set<Machine>();
  const root = await debianRoot({ variant: 'minbase', include: [...packages, ...(options.include ?? [])] });
  try {
    settle(root);
    await options.prepare?.(root);
    copyFileSync(newest(join(root, 'boot'), 'vmlinuz-'), join(folder, 'kernel'));
    copyFileSync(newest(join(root, 'boot'), 'initrd.img-'), join(folder, 'initramfs'));
    await makeDisk(root, join(folder, 'disk'), options.freeMebibytes ?? 1500);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    removeRoot(root);
  }
  return {
    async run({ script, files = {}, minutes, keep = false, onLine }) {
      const filesImage = await filesDisk(folder, script, files);
      const machine = startMachine({ program, folder, filesImage, keep, onLine });
      running.add(machine);
      const limit = setTimeout(() => machine.cut('timeout'), minutes * 60_000);
      const ended = await machine.ended;
      clearTimeout(limit);
      running.delete(machine);
      return ended;
    },
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

/** mke2fs(8): `-d` copies the tree into the new file system, with owners, modes, links and attributes; nothing is mounted. */
async function makeDisk(root: string, file: string, freeMebibytes: number): Promise<void> {
  const { stdout } = await runOrFault(['du', '--summarize', '--block-size=1M', root], { timeoutMs: 60_000 });
  // A tenth more for the file system's own structures.
  const mebibytes = Math.ceil(parseInt(stdout, 10) * 1.1) + freeMebibytes;
  const now = 'lazy_itable_init=0,lazy_journal_init=0'; // nothing is left for the guest to do while it is measured
  await runOrFault(['mkfs.ext4', '-q', '-F', '-m', '0', '-E', now, '-d', root, file, `${mebibytes}M`], {
    timeoutMs: 180_000,
  });
}
