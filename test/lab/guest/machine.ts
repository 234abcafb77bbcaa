/**
 * One run of a virtual machine: QEMU with software emulation, which needs nothing of the processor, and without any network. What the errand in
 * it prints comes through a serial port to QEMU's standard output; the console goes to a file, for when something goes wrong.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lineSplitter } from '../../../electron/engine/process/run.js';
import { portName } from './guest-root.js';

export interface MachineOptions {
  readonly program: string;
  /** Holds `disk`, `kernel` and `initramfs`. */
  readonly folder: string;
  /** What the kernel is told of the root; undefined where a boot loader on the disk starts it. */
  readonly rootOptions: string | undefined;
  readonly filesImage: string;
  readonly keep: boolean;
  readonly onLine: ((line: unknown, controls: Controls) => void) | undefined;
}

/** What may be done to a machine while its errand runs. */
export interface Controls {
  /** A power cut. */
  readonly cut: () => void;
  /** Sends the errand a line, on its standard input. */
  readonly tell: (line: string) => void;
}

export interface Ended {
  readonly how: 'errand-ended' | 'cut' | 'timeout' | 'switched-off';
  /** Exit code of the script; null where it did not come to its end. */
  readonly status: number | null;
  /** The lines of JSON, in their order. */
  readonly lines: readonly unknown[];
  /** For each of them, the seconds after which it came. */
  readonly times: readonly number[];
  /** Everything that was said, also what is no JSON, and the end of the console: to be shown when a test fails. */
  readonly story: string;
  readonly seconds: number;
}

export interface Machine {
  readonly ended: Promise<Ended>;
  /** Ends the process at once, as a power cut ends a machine. */
  cut(why: 'cut' | 'timeout'): void;
}

const shownOfConsole = 4000;

export function startMachine(options: MachineOptions): Machine {
  const { program, folder, filesImage, keep, onLine } = options;
  const consoleFile = `${filesImage}.console`;
  const drive = (file: string, more: string): string[] => [
    '-drive',
    `file=${file},format=raw,if=virtio,${more}`,
  ];
  const started = Date.now();
  const child = spawn(
    'setpriv',
    [
      // However this process ends, the machine ends with it (prctl(2), PR_SET_PDEATHSIG).
      ...['--pdeathsig', 'KILL', '--', program],
      ...['-accel', 'tcg,thread=multi', '-smp', '2', '-cpu', 'max', '-M', 'q35', '-m', '1536'],
      ...['-nodefaults', '-display', 'none', '-vga', 'std', '-nic', 'none', '-no-reboot'],
      ...kernel(folder, options.rootOptions),
      // What the guest was told is on the disk is in the file, whatever happens to QEMU.
      ...drive(join(folder, 'disk'), keep ? 'cache=writethrough' : 'snapshot=on'),
      ...drive(filesImage, 'readonly=on'),
      ...['-serial', `file:${consoleFile}`],
      ...['-chardev', 'stdio,id=errand,signal=off'],
      ...['-device', 'virtio-serial', '-device', `virtserialport,chardev=errand,name=${portName}`],
    ],
    // Standard input stays open: at its end QEMU would close the port for the guest too.
    { stdio: ['pipe', 'pipe', 'pipe'], cwd: folder },
  );
  let why: 'cut' | 'timeout' | undefined;
  const lines: unknown[] = [];
  const times: number[] = [];
  const seconds = (): number => (Date.now() - started) / 1000;
  const said: string[] = [];
  const cut = (reason: 'cut' | 'timeout'): void => {
    why ??= reason;
    child.kill('SIGKILL');
  };
  const controls: Controls = {
    cut: () => cut('cut'),
    tell: (line) => void child.stdin.write(`${line}\n`),
  };
  const onExit = (): void => void child.kill('SIGKILL');
  process.once('exit', onExit);
  const splitter = lineSplitter((text) => {
    said.push(text);
    const line = parsed(text);
    if (line === undefined) return;
    lines.push(line);
    times.push(seconds());
    onLine?.(line, controls);
  });
  child.stdout.on('data', (chunk: Buffer) => splitter.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  child.stdin.on('error', () => undefined); // it is gone with the process
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      process.removeListener('exit', onExit);
      splitter.end();
      const status = statusIn(lines);
      const spoken = existsSync(consoleFile) ? readFileSync(consoleFile, 'latin1') : '';
      for (const file of [filesImage, consoleFile]) rmSync(file, { force: true });
      resolve({
        how: why ?? (status === null ? 'switched-off' : 'errand-ended'),
        status,
        lines,
        times,
        story: [...said, '── console ──', spoken.slice(-shownOfConsole)].join('\n'),
        seconds: seconds(),
      });
    });
  });
  return { ended, cut };
}

function kernel(folder: string, rootOptions: string | undefined): string[] {
  if (rootOptions === undefined) return [];
  const words = `${rootOptions} console=tty0 console=ttyS0 quiet panic=-1`;
  return ['-kernel', join(folder, 'kernel'), '-initrd', join(folder, 'initramfs'), '-append', words];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function statusIn(lines: readonly unknown[]): number | null {
  const last = lines.at(-1);
  const isEnd = typeof last === 'object' && last !== null && 'errand' in last && 'status' in last;
  return isEnd && typeof last.status === 'number' ? last.status : null;
}
