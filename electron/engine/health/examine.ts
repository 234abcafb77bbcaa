/**
 * Whether a system came up: its default target is reached, no unit failed that had not failed before, the network is there as it was, and the
 * administrator's own scripts agree. All time is that of the monotonic clock: a clock that jumps at a start changes nothing.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { networkOf } from '../inspect/network.js';
import type { MachineSources } from '../inspect/sources.js';
import { machineOf, type System } from '../system.js';
import type { HealthBefore } from '../trial/trial-record.js';
import { failedScripts } from './scripts.js';
import { defaultTarget, failedUnits, type TargetState } from './units.js';

export interface Patience {
  /** For all of it. */
  readonly totalMs: number;
  /** For the network, once the default target is reached: addresses may come late. */
  readonly networkMs: number;
  readonly scriptMs: number;
  /** Between two looks. */
  readonly pauseMs: number;
}

export const usualPatience: Patience = {
  totalMs: 5 * 60_000,
  networkMs: 60_000,
  scriptMs: 60_000,
  pauseMs: 1000,
};

/** So often in a row it must look as if the target were given up: between two jobs there is none for a moment. */
const looksInVain = 3;

export interface Examination {
  readonly before: HealthBefore;
  readonly patience?: Patience;
}

/** What speaks against it, a sentence each; empty for a healthy system. */
export async function examine(
  system: System,
  { before, patience = usualPatience }: Examination,
): Promise<string[]> {
  const machine = machineOf(system);
  const started = performance.now();
  const leftMs = (): number => patience.totalMs - (performance.now() - started);
  const within = async (limitMs: number, isSo: () => Promise<boolean>): Promise<boolean> => {
    const until = performance.now() + Math.min(limitMs, leftMs());
    while (!(await isSo())) {
      system.signal.throwIfAborted();
      if (performance.now() + patience.pauseMs > until) return false;
      await wait(patience.pauseMs);
    }
    return true;
  };

  const target = { state: 'to-come' as TargetState, inVain: 0 };
  const isDecided = await within(patience.totalMs, async () => {
    target.state = await defaultTarget(machine);
    target.inVain = target.state === 'given-up' ? target.inVain + 1 : 0;
    return target.state === 'active' || target.inVain === looksInVain;
  });
  if (!isDecided)
    return [`The default target was not reached within ${Math.round(patience.totalMs / 1000)} seconds.`];
  if (target.state !== 'active') {
    const finding = 'The default target was not reached: something that it needs did not start.';
    return [finding, ...(await newlyFailed(machine, before))];
  }
  const findings: string[] = [];
  const isConnected = async (): Promise<boolean> =>
    (await networkOf(machine, system.signal)).connected !== false;
  if (before.connected === true && !(await within(patience.networkMs, isConnected)))
    findings.push('There was a network before the update, and there is none now.');
  findings.push(...(await failedScripts(system, { limitMs: patience.scriptMs, leftMs })));
  // Last, for what fails a little after the target was reached.
  return [...findings, ...(await newlyFailed(machine, before))];
}

async function newlyFailed(machine: MachineSources, { failedUnits: known }: HealthBefore): Promise<string[]> {
  const failed = await failedUnits(machine);
  if (failed === undefined) return ['The service manager does not answer.'];
  if (known === null) return [];
  return failed
    .filter((unit) => !known.includes(unit))
    .map((unit) => `${unit} failed, and had not before the update.`);
}
