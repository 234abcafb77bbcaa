/**
 * What this machine can do for a rehearsal boot: QEMU, the processor's own virtualisation or software emulation, and memory to lend.
 * Looking starts nothing.
 */
import { accessSync, constants } from 'node:fs';
import { cleanEnvironment } from '../process/run.js';
import { bytes, join, raw, type RawPath } from '../posix/raw-path.js';
import { textAt } from '../inspect/read.js';
import { thisMachine, type MachineSources } from '../inspect/sources.js';

/** The one architecture whose machine is described here (`machine.ts`) and was seen to boot. */
const architecture = 'x86_64';
export const emulatorName = `qemu-system-${architecture}`;
/** With the names that distributions give to what holds it. */
const howToInstall =
  'Install QEMU, which is in the package qemu-system-x86 (Debian, Ubuntu, Arch) or qemu-system-x86-core (Fedora).';

export type Accelerator = 'kvm' | 'software';

export interface Emulator {
  readonly program: RawPath;
  /** The better one first; where the machine stays silent with it, the next one is tried. */
  readonly accelerators: readonly Accelerator[];
  readonly memoryMebibytes: number;
}

export type FoundEmulator =
  | { readonly found: Emulator }
  /** Why there is none, and what would help, both as sentences. */
  | { readonly missing: string; readonly remedy: string | null };

export interface EmulatorOptions {
  readonly sources?: MachineSources;
  /** Folders to look in; those of every command unless given. */
  readonly folders?: readonly string[];
  readonly kvmDevice?: string;
}

export function findEmulator(options: EmulatorOptions = {}): FoundEmulator {
  const { sources = thisMachine } = options;
  const hardware = sources.hardware();
  if (hardware !== architecture)
    return {
      missing: `Rehearsal boots are made on ${architecture} only, and this is ${hardware}.`,
      remedy: null,
    };
  const folders = options.folders ?? (cleanEnvironment['PATH'] ?? '').split(':');
  const program = folders
    .map((folder) => join(raw(folder), emulatorName))
    .find((path) => may(path, constants.X_OK));
  if (program === undefined) return { missing: 'QEMU is not installed.', remedy: howToInstall };
  const memoryMebibytes = memoryToLend(sources);
  if (memoryMebibytes === undefined)
    return {
      missing: 'There is not enough free memory for a virtual machine.',
      remedy: 'Close some programs, and stage again.',
    };
  const canVirtualise = hasVirtualisation(sources, options.kvmDevice ?? '/dev/kvm');
  return {
    found: { program, accelerators: canVirtualise ? ['kvm', 'software'] : ['software'], memoryMebibytes },
  };
}

/** A device alone proves nothing: where the processor lacks the extensions, guests hang in it. */
function hasVirtualisation({ proc }: MachineSources, device: string): boolean {
  const flags = /^flags\s*:(.*)$/m.exec(textAt(join(proc, 'cpuinfo')) ?? '')?.[1] ?? '';
  return /\b(vmx|svm)\b/.test(flags) && may(raw(device), constants.R_OK | constants.W_OK);
}

/** At most half of what is available (proc_meminfo(5)): the user keeps working meanwhile. */
function memoryToLend({ proc }: MachineSources): number | undefined {
  const available = Number(
    /^MemAvailable:\s+(\d+) kB$/m.exec(textAt(join(proc, 'meminfo')) ?? '')?.[1] ?? NaN,
  );
  return [2048, 1024].find((mebibytes) => available >= 2 * mebibytes * 1024);
}

function may(path: RawPath, mode: number): boolean {
  try {
    accessSync(bytes(path), mode);
    return true;
  } catch {
    return false;
  }
}
