/** The interruptions that were measured on this machine, oldest first. They are a help, not a record that anything rests on: what is damaged is none. */
import { z } from 'zod';
import { interruptionSchema } from '../../../shared/history.js';
import type { Activation } from '../../../shared/plan.js';
import { join, type RawPath } from '../posix/raw-path.js';
import { readRecord, writeRecord } from '../records/record-file.js';
import type { System } from '../system.js';

const measuredSchema = interruptionSchema.extend({ transaction: z.string() });
export type Measured = z.infer<typeof measuredSchema>;

const fileSchema = z.strictObject({ version: z.literal(1), measured: z.array(measuredSchema) });

/** Of each machine so many are kept: some years of updates. */
const most = 200;
/** So many of the latest count for what to expect. */
const few = 5;

const measuredFile = ({ store }: Pick<System, 'store'>): RawPath => join(store, 'interruptions.json');

export function measuredInterruptions(system: Pick<System, 'store'>): readonly Measured[] {
  const record = readRecord(measuredFile(system), fileSchema);
  return 'found' in record ? record.found.measured : [];
}

/** A transaction has one; the latest counts. */
export function noteInterruption(system: System, one: Measured): void {
  const others = measuredInterruptions(system).filter(({ transaction }) => transaction !== one.transaction);
  writeRecord(measuredFile(system), { version: 1, measured: [...others, one].slice(-most) });
}

/** The median of the latest few of this way, in whole seconds; undefined where there is none yet. */
export function expectedSeconds(system: Pick<System, 'store'>, how: Activation): number | undefined {
  const latest = measuredInterruptions(system)
    .filter((one) => one.how === how)
    .slice(-few)
    .map(({ seconds }) => seconds)
    .sort((a, b) => a - b);
  const [low, high] = [latest[(latest.length - 1) >> 1], latest[latest.length >> 1]];
  return low === undefined || high === undefined ? undefined : Math.round((low + high) / 2);
}
