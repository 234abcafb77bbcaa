/** What is known of a restore point, beside the data that the environment keeps for it. */
import { z } from 'zod';
import { idSchema, packageChangeSchema } from '../../../shared/plan.js';
import { Fault } from '../fault.js';
import { join, type RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';
import type { Environment } from '../environments/environment.js';
import { readRecord, writeRecord } from './record-file.js';

const restorePointSchema = z.strictObject({
  version: z.literal(1),
  id: idSchema,
  created: z.string(),
  title: z.string(),
  transaction: idSchema,
  stage: idSchema,
  packages: z.array(packageChangeSchema),
  ownBytes: z.number(),
  /** `name:architecture` to version, as the update left them. */
  installed: z.record(z.string(), z.string()),
  databaseDigest: z.string(),
});
export type RestorePointRecord = z.infer<typeof restorePointSchema>;

export function restorePointFolder(system: System, id: string): RawPath {
  return join(join(system.store, 'restore-points'), id);
}

/** Manifest of the system as the update left it: what differs from it later was changed by the user. */
export function manifestAfter(system: System, id: string): RawPath {
  return join(restorePointFolder(system, id), 'after.mtree');
}

/** What the files of `/etc` held that the update changed, as it left them (`etc-content.ts`). */
export function contentAfter(system: System, id: string): RawPath {
  return join(restorePointFolder(system, id), 'after');
}

export function writeRestorePoint(system: System, record: RestorePointRecord): void {
  writeRecord(join(restorePointFolder(system, record.id), 'point.json'), record);
}

/** Complete restore points, oldest first. */
export function restorePointsOf(system: System, environment: Environment): RestorePointRecord[] {
  return environment
    .restorePoints(system)
    .flatMap((id) => {
      const record = readRecord(join(restorePointFolder(system, id), 'point.json'), restorePointSchema);
      return 'found' in record ? [record.found] : [];
    })
    .sort((a, b) => (a.created < b.created ? -1 : 1));
}

/** The record of a restore point that the journal vouches for. Throws `RESTORE_POINT_DAMAGED`. */
export function readRestorePoint(system: System, id: string): RestorePointRecord {
  const record = readRecord(join(restorePointFolder(system, id), 'point.json'), restorePointSchema);
  if ('found' in record) return record.found;
  const why = 'missing' in record ? 'its record is missing' : record.damaged;
  throw new Fault('RESTORE_POINT_DAMAGED', `${id}: ${why}`);
}
