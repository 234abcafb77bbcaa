/** The trial that is prepared or under way: one at a time, in the store that all environments share. */
import { rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { removeTree } from '../files/remove-tree.js';
import { join, type RawPath } from '../posix/raw-path.js';
import { syncDirectory } from '../posix/sync.js';
import { readRecord, writeRecord } from '../records/record-file.js';
import type { System } from '../system.js';

export const healthBeforeSchema = z.strictObject({
  /** Units that had failed; null where nobody could tell. */
  failedUnits: z.array(z.string()).nullable(),
  /** Whether there was a way to other networks; null where nobody could tell. */
  connected: z.boolean().nullable(),
});
export type HealthBefore = z.infer<typeof healthBeforeSchema>;

const trialSchema = z.strictObject({
  version: z.literal(1),
  restorePoint: z.string(),
  before: healthBeforeSchema,
  /** The start of the kernel in which it was prepared (`bootId`). */
  boot: z.string().optional(),
  /**
   * Where the new system is not started by the boot loader, which takes the one before from then on. As long as that start of the kernel runs,
   * the trial is yet to begin, or is the user space that was started anew in it.
   */
  direct: z.enum(['kexec', 'soft-reboot']).optional(),
});
export type TrialRecord = z.infer<typeof trialSchema>;

/** Also named in the units: build/systemd/understudy-health.service. */
const trialFile = (system: System): RawPath => join(system.store, 'trial.json');

/** What cannot be read is none: the boot loader alone then decides, and the system that starts is kept. */
export function readTrial(system: System): TrialRecord | undefined {
  const record = readRecord(trialFile(system), trialSchema);
  return 'found' in record ? record.found : undefined;
}

export function recordTrial(system: System, record: TrialRecord): void {
  writeRecord(trialFile(system), record);
}

/** What the watchdog looks at (build/systemd/understudy-trial-watchdog.timer); /run outlives a soft-reboot. */
const watched = { trial: '/run/understudy-trial', over: '/run/understudy-trial-over' } as const;

/** Tells the watchdog that this start is on trial no more, or never was: the kernel's command line says so as long as it runs. */
export function calmWatchdog({ root }: System): void {
  if (root !== '/') return;
  rmSync(watched.trial, { force: true });
  writeFileSync(watched.over, '');
}

/** Tells it that the user space that starts next is on trial, whatever the command line of the kernel says. */
export function alertWatchdog({ root }: System): void {
  if (root !== '/') return;
  rmSync(watched.over, { force: true });
  writeFileSync(watched.trial, '');
}

export function forgetTrial(system: System): void {
  removeTree(trialFile(system));
  syncDirectory(system.store);
}
