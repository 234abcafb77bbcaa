/**
 * The machine of a rehearsal: QEMU without disks and without network, whose root is the throwaway view. Paths are relative to the folder that
 * `inside.ts` fills. Its priority is that of this process, which gives way in the background. However this process ends, the machine ends with it, and with it every mount (prctl(2), PR_SET_PDEATHSIG; unshare(1)).
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Assembly } from '../environments/session/protocol.js';
import { run, type RunResult } from '../process/run.js';
import type { BootFiles } from './boot-files.js';
import type { Accelerator, Emulator } from './emulator.js';
import { commandLine } from './guest-files.js';

export const kernelName = 'kernel';
export const initramfsName = 'initramfs';
export const viewName = 'view';
const tag = 'rehearsal';

/** What `inside.ts` is told. */
export interface BootSetup {
  readonly assembly: Assembly;
  readonly files: BootFiles;
  readonly argv: readonly [string, ...string[]];
  readonly timeoutMs: number;
}

export interface MachineOptions {
  readonly assembly: Assembly;
  readonly files: BootFiles;
  readonly emulator: Emulator;
  readonly accelerator: Accelerator;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onConsole: (line: string) => void;
  readonly onReport: (line: string) => void;
}

/** Its console is standard output, what QEMU itself complains of is standard error, the report comes through descriptor 3. */
export function runMachine(options: MachineOptions): Promise<RunResult> {
  const { assembly, files, emulator, accelerator, timeoutMs, signal, onConsole, onReport } = options;
  const setup: BootSetup = { assembly, files, argv: machineArgv(emulator, accelerator), timeoutMs };
  const namespaces = ['--mount', '--pid', '--ipc', '--uts', '--net', '--propagation', 'private'];
  return run(
    [
      ...(['setpriv', '--pdeathsig', 'KILL', '--'] as const),
      ...['unshare', ...namespaces, '--fork', '--kill-child', '--'],
      ...[process.execPath, inside, JSON.stringify(setup)],
    ],
    {
      timeoutMs,
      signal,
      keepBytes: 16 * 1024,
      ...(process.versions.electron ? { environment: { ELECTRON_RUN_AS_NODE: '1' } } : {}),
      onLine: (stream, line) => {
        if (stream === 'stdout') onConsole(line);
      },
      onStatus: onReport,
    },
  );
}

/** The compiled program: also when this module itself runs from its source, as in the tests. */
const inside = fileURLToPath(import.meta.url).includes('/dist/')
  ? fileURLToPath(new URL('./inside.js', import.meta.url))
  : fileURLToPath(new URL('../../../dist/electron/engine/rehearsal-boot/inside.js', import.meta.url));

/** qemu(1). */
export function machineArgv(
  { program, memoryMebibytes }: Emulator,
  accelerator: Accelerator,
): [string, ...string[]] {
  const processor =
    accelerator === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi', '-cpu', 'max'];
  return [
    program,
    ...['-no-user-config', '-nodefaults', '-display', 'none', '-vga', 'none', '-nic', 'none', '-no-reboot'],
    // It may start no program, gain no right and use no system call of old.
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-M', 'q35', ...processor, '-smp', String(Math.min(2, cpus().length))],
    ...['-m', String(memoryMebibytes)],
    ...['-kernel', kernelName, '-initrd', initramfsName, '-append', commandLine(tag)],
    ...['-fsdev', `local,id=root,path=${viewName},security_model=none,multidevs=remap`],
    ...['-device', `virtio-9p-pci,fsdev=root,mount_tag=${tag}`],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', 'socket,id=report,fd=3', '-serial', 'chardev:report'],
  ];
}
