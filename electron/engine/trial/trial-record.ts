/** The trial that is prepared or under way: one at a time, in the store that all environments share. */
import { writeFileSync } from 'node:fs';
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

/**
 * Tells the watchdog (build/systemd/understudy-trial-watchdog.service) that this start is on trial no more, or never was: the kernel's command line
 * says so as long as it runs, and a kexec may take it over.
 */
export function calmWatchdog({ root }: System): void {
  if (root === '/') writeFileSync('/run/understudy-trial-over', '');
}

export function forgetTrial(system: System): void {
  removeTree(trialFile(system));
  syncDirectory(system.store);
}
