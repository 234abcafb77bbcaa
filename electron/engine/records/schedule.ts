/** The one stage that is to be activated at the next shutdown: `at-shutdown.json`. A rehearsed newer stage replaces it. */
import { rmSync } from 'node:fs';
import { z } from 'zod';
import { idSchema } from '../../../shared/plan.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { makeStore, type System } from '../system.js';
import { readRecord, writeRecord } from './record-file.js';

const scheduleSchema = z.strictObject({ version: z.literal(1), stage: idSchema });

export function scheduleAtShutdown(system: System, stage: string): void {
  makeStore(system);
  writeRecord(scheduleFile(system), { version: 1, stage });
}

/** The stage that is scheduled, or `undefined`. A record that cannot be read schedules nothing. */
export function scheduledStage(system: System): string | undefined {
  const record = readRecord(scheduleFile(system), scheduleSchema);
  return 'found' in record ? record.found.stage : undefined;
}

export function forgetSchedule(system: System): void {
  rmSync(bytes(scheduleFile(system)), { force: true });
}

function scheduleFile(system: System): RawPath {
  return join(system.store, 'at-shutdown.json');
}
