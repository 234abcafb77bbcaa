/**
 * The one interface of the boot loaders; `test/conformance/boot-loader` is what each of them must pass. What the system's own menu says stays
 * as it is. Beside it stands, for as long as it is needed, which of two entries of our own the next starts take.
 */
import type { RawPath } from '../posix/raw-path.js';

export interface BootEntry {
  /** For people. */
  readonly title: string;
  /** On the host, where the boot loader can read it. */
  readonly kernel: RawPath;
  readonly initrds: readonly RawPath[];
  /** The kernel's command line, word by word; one character a byte. */
  readonly options: readonly string[];
}

export interface Trial {
  readonly restorePoint: string;
  /** Taken by one start. */
  readonly trial: BootEntry;
  /** Taken by every start after that one, until `clear`. */
  readonly previous: BootEntry;
}

export interface TrialState {
  readonly restorePoint: string;
  /** `waiting`: the next start is the trial. `tried`: it began, and the next start takes the previous entry. */
  readonly state: 'waiting' | 'tried';
}

export interface BootLoader {
  readonly name: 'grub' | 'systemd-boot';
  /** Why no trial is possible here, a sentence; `undefined` when it is. */
  obstacle(): Promise<string | undefined>;
  /**
   * Keeps a kernel and its initramfs under names of our own, whatever an update does to them, and returns those. Repeatable.
   * Throws `NO_SPACE`, and has then changed nothing.
   */
  keep(restorePoint: string, files: readonly RawPath[]): RawPath[];
  /** Repeatable. The last thing that it writes is what makes the trial count. Throws `BOOT_LOADER_FAILED`, `NO_SPACE`. */
  writeTrial(trial: Trial): Promise<void>;
  /** From now on every start takes this entry, until `clear`. Repeatable. Throws as `writeTrial`. */
  returnTo(restorePoint: string, entry: BootEntry): Promise<void>;
  /** From now on the system's own menu decides, and nothing of ours is left. Repeatable. */
  clear(): void;
  /** Undefined also where what was written is torn: then the system's own menu decides. */
  state(): TrialState | undefined;
}
