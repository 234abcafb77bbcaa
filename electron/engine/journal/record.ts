/**
 * One line of the journal. Every record carries the checksum of the one before it, so that a flipped byte, a line that
 * was taken out and a missing file are all seen.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { transactionKinds } from '../../../shared/history.js';

export const recordTypes = ['begin', 'step', 'commit', 'end'] as const;

export const recordSchema = z.strictObject({
  version: z.literal(1),
  /** Counts up by one through all files of the journal. */
  sequence: z.number().int().positive(),
  /** Checksum of the record before, or 16 zeros for the very first. */
  previous: z.string().length(16),
  transaction: z.string(),
  kind: z.enum(transactionKinds),
  type: z.enum(recordTypes),
  /** ISO 8601, UTC. */
  time: z.string(),
  /** Name of the step that is about to be done; `outcome` of an end. */
  step: z.string(),
  data: z.record(z.string(), z.json()),
});
export type JournalRecord = z.infer<typeof recordSchema>;

export const firstPrevious = '0'.repeat(16);

/** The line (with its newline) that stands for a record, and its checksum. */
export function encode(record: JournalRecord): { line: string; sum: string } {
  const body = JSON.stringify(record);
  const sum = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { line: `${sum} ${body}\n`, sum };
}

/** The record of a line without its newline, or `undefined` when the line is torn or altered. */
export function decode(line: string): { record: JournalRecord; sum: string } | undefined {
  const sum = line.slice(0, 16);
  const body = line.slice(17);
  if (line[16] !== ' ' || createHash('sha256').update(body).digest('hex').slice(0, 16) !== sum)
    return undefined;
  try {
    const parsed = recordSchema.safeParse(JSON.parse(body));
    return parsed.success ? { record: parsed.data, sum } : undefined;
  } catch {
    return undefined;
  }
}
