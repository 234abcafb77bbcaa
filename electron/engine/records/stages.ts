/** Staged environments in the store. A clone without this record was never finished and is only cleaned up. */
import { z } from 'zod';
import { conflictSchema, proofSchema, rehearsalBootSchema } from '../../../shared/changeset.js';
import { decisionSchema } from '../../../shared/decision.js';
import { idSchema, planSchema } from '../../../shared/plan.js';
import type { Clone, Environment } from '../environments/environment.js';
import { Fault } from '../fault.js';
import { join, type RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';
import { checkedId } from './ids.js';
import { readRecord, writeRecord } from './record-file.js';

const stageSchema = z.strictObject({
  version: z.literal(1),
  id: idSchema,
  created: z.string(),
  plan: planSchema,
  environment: z.enum(['tree', 'btrfs', 'zfs']),
  /** Digest of the package database when the clone was made. */
  databaseDigest: z.string(),
  /** Digest of the clone's own data when it was verified. */
  seal: z.string(),
  seconds: z.number(),
  bytes: z.number(),
  entries: z.number(),
  proofs: z.array(proofSchema),
  boot: rehearsalBootSchema.optional(),
  conflicts: z.array(conflictSchema),
  /** Decisions that are being carried out in the clone, which the seal does not match meanwhile (`decisions/`). */
  deciding: z.array(decisionSchema).optional(),
  ready: z.boolean(),
  /** What people call it. */
  title: z.string().optional(),
});
export type StageRecord = z.infer<typeof stageSchema>;

/** Manifest of the system when it was cloned. */
export function baseManifest(clone: Clone): RawPath {
  return join(clone.folder, 'base.mtree');
}

/** What its files of `/etc` held then, and what counts as that since a merge (`etc-content.ts`). */
export function baseContent(clone: Clone): RawPath {
  return join(clone.folder, 'base');
}

export function writeStage(folder: RawPath, record: StageRecord): void {
  writeRecord(join(folder, 'stage.json'), record);
}

/** Finished stages, oldest first. */
export function stagesOf(system: System, environment: Environment): StageRecord[] {
  return environment
    .clones(system)
    .flatMap((id) => {
      const record = readRecord(stageFile(system, id), stageSchema);
      return 'found' in record ? [record.found] : [];
    })
    .sort((a, b) => (a.created < b.created ? -1 : 1));
}

/** The stage with this id, or the newest one. Throws `STAGE_UNKNOWN`, `STAGE_DAMAGED`. */
export function readStage(system: System, environment: Environment, id?: string): StageRecord {
  if (id === undefined) {
    const newest = stagesOf(system, environment).at(-1);
    if (newest) return newest;
    throw new Fault('STAGE_UNKNOWN');
  }
  const record = readRecord(stageFile(system, checkedId(id, 'STAGE_UNKNOWN')), stageSchema);
  if ('found' in record) return record.found;
  if ('missing' in record) throw new Fault('STAGE_UNKNOWN', id);
  throw new Fault('STAGE_DAMAGED', `${id}: ${record.damaged}`);
}

function stageFile(system: System, id: string): RawPath {
  return join(join(join(system.store, 'stages'), id), 'stage.json');
}
