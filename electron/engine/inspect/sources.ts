/**
 * Where the facts about the machine itself come from. Everything in this room and in `checks` takes them as a parameter,
 * so that a test can describe a laptop on battery by a folder of its own; nothing else reads `/proc` or `/sys`.
 */
import { machine, release } from 'node:os';
import { join, raw, type RawPath } from '../posix/raw-path.js';
import { textAt } from './read.js';

export interface MachineSources {
  /** procfs, proc(5). */
  readonly proc: RawPath;
  /** sysfs, sysfs(5). */
  readonly sys: RawPath;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What `uname -r` prints. */
  readonly kernelRelease: () => string;
  /** What `uname -m` prints. */
  readonly hardware: () => string;
  /** How to reach the system bus: busctl(1) with its connection options. */
  readonly busctl: readonly [string, ...string[]];
  /** nmcli(1), for systems without systemd. */
  readonly nmcli: readonly [string, ...string[]];
  /** systemctl(1), for the running system's own service manager. */
  readonly systemctl: readonly [string, ...string[]];
  /** kexec(8), by its whole path: systemd has it there too. */
  readonly kexec: readonly [string, ...string[]];
  /** insmod(8) and rmmod(8). */
  readonly insmod: readonly [string, ...string[]];
  readonly rmmod: readonly [string, ...string[]];
  /** Milliseconds on the clock by which systemd tells when a unit was started (CLOCK_MONOTONIC): it stands still in a sleep, and nobody sets it. */
  readonly monotonic: () => number;
}

/** The machine that this process runs on. */
export const thisMachine: MachineSources = {
  proc: raw('/proc'),
  sys: raw('/sys'),
  now: Date.now,
  kernelRelease: release,
  hardware: machine,
  busctl: ['busctl', '--system'],
  nmcli: ['nmcli'],
  systemctl: ['systemctl'],
  kexec: ['/usr/sbin/kexec'],
  insmod: ['insmod'],
  rmmod: ['rmmod'],
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
};

/** Which start of the kernel this is (random(4)): another one after each, but the same one after a soft-reboot. Undefined where it is not told. */
export function bootId({ proc }: MachineSources): string | undefined {
  return textAt(join(proc, 'sys/kernel/random/boot_id'));
}
