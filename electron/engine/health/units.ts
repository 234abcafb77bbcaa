/** What the service manager says: systemctl(1). */
import type { MachineSources } from '../inspect/sources.js';
import { kernelWords } from '../inspect/kernel-words.js';
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

/** What this start is to reach: the default target, or another that its kernel was told (kernel-command-line(7), systemd.unit=). */
function targetOf(sources: MachineSources): string {
  const told = kernelWords(sources).findLast((word) => word.startsWith('systemd.unit='));
  return told?.slice('systemd.unit='.length) ?? 'default.target';
}

export type TargetState = 'active' | 'to-come' | 'given-up';

/**
 * Of the default target: active once all that it wants was started or has failed; given up where no job is left that would reach it
 * (org.freedesktop.systemd1(5)), since something that it requires failed. A service manager that does not answer may do so yet.
 */
export async function defaultTarget(sources: MachineSources): Promise<TargetState> {
  const properties = ['--property=ActiveState', '--property=Job'];
  const { stdout } = await run([...sources.systemctl, 'show', ...properties, targetOf(sources)], limit);
  if (/^ActiveState=active$/m.test(stdout)) return 'active';
  return /^ActiveState=(inactive|failed)$/m.test(stdout) && !/^Job=[1-9]/m.test(stdout)
    ? 'given-up'
    : 'to-come';
}

/** When the default target was reached, in milliseconds of CLOCK_MONOTONIC (org.freedesktop.systemd1(5)); undefined where it is not. */
export async function targetReached(sources: MachineSources): Promise<number | undefined> {
  const properties = ['--property=ActiveState', '--property=ActiveEnterTimestampMonotonic'];
  const result = await run([...sources.systemctl, 'show', ...properties, targetOf(sources)], limit);
  if (result.status !== 0) return undefined;
  const microseconds = /^ActiveEnterTimestampMonotonic=([1-9]\d*)$/m.exec(result.stdout)?.[1];
  return /^ActiveState=active$/m.test(result.stdout) && microseconds !== undefined
    ? Number(microseconds) / 1000
    : undefined;
}
