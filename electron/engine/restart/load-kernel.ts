/**
 * A kernel that is loaded beside the one that runs, to be started by `systemctl kexec` without going through the firmware: kexec(8), by the call
 * in which the kernel itself checks signatures (kexec_file_load(2)). systemd would look for one among the entries of a boot loader it knows, and
 * finds none on a machine with GRUB; what is loaded already it takes.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { padded } from '../files/cpio.js';
import { commandLineOf } from '../inspect/kernel-words.js';
import { textAt } from '../inspect/read.js';
import type { MachineSources } from '../inspect/sources.js';
import { bytes, join, raw, text, type RawPath } from '../posix/raw-path.js';
import { lastLines, run } from '../process/run.js';
import { machineOf, type System } from '../system.js';
import type { BootFiles } from '../trial/boot-files.js';

/** An initramfs of some 100 MB is read from the disk and checked. */
const limit = { timeoutMs: 120_000 };

/** Why no kernel can be started directly here, a sentence; `undefined` when it can. */
export function kexecObstacle({ kexec: [program], proc, sys }: MachineSources): string | undefined {
  if (!existsSync(program)) return 'kexec-tools is not installed.';
  if (textAt(join(sys, 'kernel/kexec_loaded')) === undefined)
    return 'The kernel that runs cannot start another one.';
  return textAt(join(proc, 'sys/kernel/kexec_load_disabled')) === '1'
    ? 'It was forbidden to load another kernel (kernel.kexec_load_disabled).'
    : undefined;
}

/** Answers why it could not be loaded, a sentence; nothing is loaded then. */
export async function loadKernel(
  system: System,
  { kernel, initrds }: Pick<BootFiles, 'kernel' | 'initrds'>,
  words: readonly string[],
): Promise<string | undefined> {
  const machine = machineOf(system);
  const obstacle = kexecObstacle(machine);
  if (obstacle !== undefined) return obstacle;
  const joined = join(system.store, 'kexec-initramfs');
  try {
    const [only, ...others] = initrds;
    if (only === undefined) return 'The new kernel has no initramfs.';
    if (others.length > 0) writeFileSync(bytes(joined), archivesOf(initrds), { mode: 0o600 });
    const result = await run(
      [
        ...machine.kexec,
        '--kexec-file-syscall',
        '--load',
        text(forOthers(kernel)),
        `--initrd=${text(forOthers(others.length > 0 ? joined : only))}`,
        `--command-line=${text(commandLineOf(words))}`,
      ],
      limit,
    );
    if (result.status === 0) return undefined;
    await unloadKernel(machine);
    return `The new kernel could not be loaded: ${lastLines(result.stderr, 2).join(' ') || result.ended}.`;
  } finally {
    rmSync(bytes(joined), { force: true });
  }
}

/** Where something is loaded, some versions of `systemctl reboot` start it as well. */
export async function unloadKernel({ kexec }: MachineSources): Promise<void> {
  await run([...kexec, '--kexec-file-syscall', '--unload'], limit);
}

/** Several archives, one behind the other, are one initramfs. */
function archivesOf(initrds: readonly RawPath[]): Buffer {
  return Buffer.concat(initrds.map((path) => padded(readFileSync(bytes(path)))));
}

/** A descriptor of this process, under which trees lie that are mounted nowhere, has another name for its children. */
function forOthers(path: RawPath): RawPath {
  return path.replace(/^\/proc\/self\//, raw(`/proc/${process.pid}/`)) as RawPath;
}
