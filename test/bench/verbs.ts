/** Runs a verb of the engine in this process, with the times of its phases. */
import type { Outcome } from '../../shared/errors.js';
import { reporter } from '../../electron/engine/report.js';
import { openSystem, type System } from '../../electron/engine/system.js';
import { PhaseClock } from './phase-clock.js';
import { seconds } from './row.js';

export interface Timed<T> {
  readonly value: T;
  /** Of the whole verb. */
  readonly seconds: number;
  readonly phases: PhaseClock;
}

/** Throws with the verb's own problem where it fails: nothing can be measured then. */
export async function timed<T>(
  root: string,
  verb: (system: System) => Promise<Outcome<T>>,
): Promise<Timed<T>> {
  const phases = new PhaseClock();
  const system = openSystem(root, { report: reporter(phases.sink) });
  let outcome: Outcome<T> | undefined;
  const whole = await seconds(async () => (outcome = await verb(system)));
  if (!outcome?.ok) throw new Error(JSON.stringify(outcome));
  return { value: outcome.value, seconds: whole, phases };
}
