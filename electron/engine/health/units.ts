/** What the service manager says: systemctl(1). */
import type { MachineSources } from '../inspect/sources.js';
import { run } from '../process/run.js';

const limit = { timeoutMs: 20_000 };

/** Undefined where there is no service manager that answers. */
export async function failedUnits({ systemctl }: MachineSources): Promise<string[] | undefined> {
  const options = ['list-units', '--state=failed', '--all', '--plain', '--full', '--no-legend', '--no-pager'];
  const result = await run([...systemctl, ...options], limit);
  if (result.status !== 0) return undefined;
  return result.stdout
    .split('\n')
    .flatMap((line) => line.trim().split(/\s+/)[0] || [])
    .sort();
}

/** Of the default target, whatever it is: `active` once all that it wants was started or has failed. */
export async function defaultTargetIsActive({ systemctl }: MachineSources): Promise<boolean> {
  const result = await run([...systemctl, 'is-active', 'default.target'], limit);
  return result.status === 0;
}

/** When the default target was reached, in milliseconds of CLOCK_MONOTONIC (org.freedesktop.systemd1(5)); undefined where it is not. */
export async function targetReached({ systemctl }: MachineSources): Promise<number | undefined> {
  const properties = ['--property=ActiveState', '--property=ActiveEnterTimestampMonotonic'];
  const result = await run([...systemctl, 'show', ...properties, 'default.target'], limit);
  if (result.status !== 0) return undefined;
  const microseconds = /^ActiveEnterTimestampMonotonic=([1-9]\d*)$/m.exec(result.stdout)?.[1];
  return /^ActiveState=active$/m.test(result.stdout) && microseconds !== undefined
    ? Number(microseconds) / 1000
    : undefined;
}
