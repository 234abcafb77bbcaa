/**
 * The interruption of each switch that restarts something: noted when the restart is asked for, completed by `health` once the default target is
 * reached again. It is then one of the measurements from which the next plan takes what to expect.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Engine } from '../engine.js';
import { reasonOf } from '../fault.js';
import { removeTree } from '../files/remove-tree.js';
import { targetReached } from '../health/units.js';
import { bootId } from '../inspect/sources.js';
import { withStoreLock } from '../journal/lock.js';
import { join, type RawPath } from '../posix/raw-path.js';
import { syncDirectory } from '../posix/sync.js';
import { readRecord, writeRecord } from '../records/record-file.js';
import { machineOf, type System } from '../system.js';
import { secondsBetween } from './clocks.js';
import { noteInterruption } from './measured.js';

const askedSchema = z.strictObject({
  version: z.literal(1),
  transaction: z.string(),
  restorePoint: z.string(),
  how: z.enum(['soft-reboot', 'kexec', 'reboot']),
  wall: z.number(),
  monotonic: z.number(),
  boot: z.string(),
});
type AskedRecord = z.infer<typeof askedSchema>;

/** Also named in the units: build/systemd/understudy-health.service. */
const askedFile = (system: System): RawPath => join(system.store, 'interruption.json');

/** Called at the last moment before the restart is asked for. What cannot be written is not measured: a switch does not fail over it. */
export function beginMeasure(
  system: System,
  what: { readonly transaction: string; readonly restorePoint: string; readonly how: AskedRecord['how'] },
): void {
  const machine = machineOf(system);
  const boot = bootId(machine);
  if (boot === undefined) return;
  const record: AskedRecord = {
    version: 1,
    ...what,
    wall: machine.now(),
    monotonic: machine.monotonic(),
    boot,
  };
  whereThereIsRoom(() => writeRecord(askedFile(system), record));
}

/** Nothing is being measured any more. Repeatable. */
export function forgetMeasure(system: System): void {
  if ('missing' in readRecord(askedFile(system), askedSchema)) return;
  removeTree(askedFile(system));
  syncDirectory(system.store);
}

/** Of a switch at a shutdown, which is all that it adds to that. Seconds. */
export function noteAtShutdown(system: System, transaction: string, seconds: number): void {
  whereThereIsRoom(() => noteInterruption(system, { transaction, how: 'shutdown', seconds }));
}

/** Throws what is a mistake of ours. */
function whereThereIsRoom(write: () => void): void {
  try {
    write();
  } catch (error) {
    reasonOf(error);
  }
}

/**
 * Waits for the default target and notes how long it took. A system that was taken back meanwhile tells nothing of its way; neither does one that
 * does not reach its target. The caller does not hold the store's lock.
 */
export async function completeMeasure(
  engine: Engine,
  patience: { readonly totalMs: number; readonly pauseMs: number },
): Promise<void> {
  const { system } = engine;
  const record = readRecord(askedFile(system), askedSchema);
  if ('missing' in record) return;
  const seconds = 'found' in record ? await secondsSince(system, record.found, patience) : undefined;
  await withStoreLock(system, () => {
    if ('found' in record && seconds !== undefined && isInPlace(engine, record.found)) {
      const { transaction, how } = record.found;
      whereThereIsRoom(() => noteInterruption(system, { transaction, how, seconds }));
    }
    forgetMeasure(system);
    return Promise.resolve();
  });
}

async function secondsSince(
  system: System,
  asked: AskedRecord,
  { totalMs, pauseMs }: { readonly totalMs: number; readonly pauseMs: number },
): Promise<number | undefined> {
  const machine = machineOf(system);
  const boot = bootId(machine);
  const until = machine.monotonic() + totalMs;
  for (;;) {
    const target = await targetReached(machine);
    if (target !== undefined && boot !== undefined)
      return secondsBetween(asked, { target, wall: machine.now(), monotonic: machine.monotonic(), boot });
    if (machine.monotonic() + pauseMs > until) return undefined;
    await wait(pauseMs);
  }
}

function isInPlace({ system, environment }: Engine, { restorePoint }: AskedRecord): boolean {
  return (
    environment.hasSwitch(system, restorePoint) && environment.readSwitch(system, restorePoint).isInEffect()
  );
}
