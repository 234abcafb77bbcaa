/**
 * Who is there at the moment of a scheduled switch: systemd, where Understudy is installed. A transient timer starts the helper, which
 * reads the record and carries it out (systemd-run(1): with `--unit=` of a service that exists only the timer is made). The record is the
 * truth; the timer is gone after a restart, and is set again by the helper, which `understudy-schedule.service` starts at boot. A
 * timer that finds no record starts a helper that ends again.
 */
import { existsSync } from 'node:fs';
import { failureOf, run } from './process/run.js';
import type { System } from './system.js';

const helper = 'understudy-helper.service';
const timer = 'understudy-helper.timer';
const timeoutMs = 60_000;

/** Whether systemd can start an installed helper for this system. */
export async function hasHourTimer({
  isRunning,
  signal,
}: Pick<System, 'isRunning' | 'signal'>): Promise<boolean> {
  if (!isRunning || !existsSync('/run/systemd/system')) return false;
  const { status, stdout } = await run(['systemctl', 'show', '--property=LoadState', '--value', helper], {
    timeoutMs,
    signal,
  });
  return status === 0 && stdout.trim() === 'loaded';
}

/** Replaces a timer that is set already. Throws `COMMAND_FAILED`. */
export async function setHourTimer(system: Pick<System, 'signal'>, at: string): Promise<void> {
  await clearHourTimer();
  const argv = timerCommand(at);
  const failure = failureOf(argv, await run(argv, { timeoutMs, signal: system.signal }));
  if (failure) throw failure;
}

export async function clearHourTimer(): Promise<void> {
  // It may not be there.
  await run(['systemctl', 'stop', timer], { timeoutMs });
}

export function timerCommand(at: string): [string, ...string[]] {
  return [
    'systemd-run',
    '--quiet',
    `--unit=${helper}`,
    `--on-calendar=${calendarOf(at)}`,
    // Usually systemd may be a minute late, to save power.
    '--timer-property=AccuracySec=1s',
  ];
}

/** systemd.time(7), in UTC to the second, rounded up: the timer must not come before the moment. */
function calendarOf(at: string): string {
  const seconds = Math.ceil(Date.parse(at) / 1000);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
