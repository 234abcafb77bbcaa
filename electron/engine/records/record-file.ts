/** One JSON record in a file: written durably, read back against its schema. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { systemErrorCode } from '../fault.js';
import { writeFileDurably } from '../files/durable.js';
import { bytes, type RawPath } from '../posix/raw-path.js';

export type ReadRecord<T> = { readonly found: T } | { readonly missing: true } | { readonly damaged: string };

export function readRecord<T>(path: RawPath, schema: z.ZodType<T>): ReadRecord<T> {
  let text: string;
  try {
    text = readFileSync(bytes(path), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { missing: true };
    throw error;
  }
  try {
    return { found: schema.parse(JSON.parse(text)) };
  } catch (error) {
    return { damaged: error instanceof Error ? error.message.slice(0, 200) : 'unreadable' };
  }
}

export function writeRecord(path: RawPath, record: unknown): void {
  writeFileDurably(path, `${JSON.stringify(record, undefined, 1)}\n`);
}
