/** What a switch between trees writes down: all that is needed to go on after a cut, in either direction. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { Fault, systemErrorCode } from '../../fault.js';
import { writeFileDurably } from '../../files/durable.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { switchFolder } from '../tree/restore-folders.js';

const waySchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('name'), name: z.string() }),
  z.strictObject({ by: z.literal('default') }),
]);

export const switchRecordSchema = z.strictObject({
  version: z.literal(1),
  restorePoint: z.string(),
  way: waySchema,
  /** The tree that is left, the one that is switched to, and the fixed one in between, which the new one was made of. */
  old: z.string(),
  new: z.string(),
  seen: z.string(),
});
export type SwitchRecord = z.infer<typeof switchRecordSchema>;

export const returnSchema = z.strictObject({
  version: z.literal(1),
  /** The tree that a rollback switches to, and the fixed one of the system that it leaves. */
  tree: z.string(),
  seen: z.string(),
});
export type ReturnRecord = z.infer<typeof returnSchema>;

/** A start in another tree that is still to come, or to be completed; one at a time. */
export const arrivalSchema = z.strictObject({
  version: z.literal(1),
  restorePoint: z.string(),
  way: waySchema,
  from: z.string(),
  to: z.string(),
  seen: z.string(),
  list: z.enum(['forward', 'rollback']),
  /** The restore point is used up and goes once the start was completed. */
  destroy: z.boolean(),
});
export type ArrivalRecord = z.infer<typeof arrivalSchema>;

const names = { switch: 'environment.json', return: 'return.json' } as const;

export function switchFile(system: System, restorePoint: string, name: keyof typeof names): RawPath {
  return join(switchFolder(system, restorePoint), names[name]);
}

export const arrivalFile = (system: System): RawPath => join(system.store, 'arrival.json');

export function hasSwitchRecord(system: System, restorePoint: string): boolean {
  return existsSync(bytes(switchFile(system, restorePoint, 'switch')));
}

/** Throws `RESTORE_POINT_DAMAGED`. */
export function readSwitchRecord(system: System, restorePoint: string): SwitchRecord {
  const record = readIfThere(switchFile(system, restorePoint, 'switch'), restorePoint, switchRecordSchema);
  if (!record) throw new Fault('RESTORE_POINT_DAMAGED', `${restorePoint}: its record is missing`);
  return record;
}

export function readReturn(system: System, restorePoint: string): ReturnRecord | undefined {
  return readIfThere(switchFile(system, restorePoint, 'return'), restorePoint, returnSchema);
}

export function readArrival(system: System): ArrivalRecord | undefined {
  return readIfThere(arrivalFile(system), 'arrival', arrivalSchema);
}

export function writeArrival(system: System, record: ArrivalRecord): void {
  writeFileDurably(arrivalFile(system), JSON.stringify(record));
}

/** Trees that any switch still stands on. */
export function treesInRecords(system: System): Set<string> {
  const trees = new Set<string>();
  const arrival = readArrival(system);
  if (arrival) for (const id of [arrival.from, arrival.to, arrival.seen]) trees.add(id);
  for (const point of foldersIn(join(system.store, 'restore-points'))) {
    if (!hasSwitchRecord(system, point)) continue;
    try {
      const record = readSwitchRecord(system, point);
      for (const id of [record.old, record.new]) trees.add(id);
    } catch {
      // What a damaged record names is found by its name.
    }
  }
  return trees;
}

export function foldersIn(folder: RawPath): string[] {
  try {
    return readdirSync(bytes(folder), { encoding: 'latin1' }).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function readIfThere<T>(path: RawPath, what: string, schema: z.ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(bytes(path), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Fault(
      'RESTORE_POINT_DAMAGED',
      `${what}: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
}
