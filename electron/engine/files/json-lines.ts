/** Lists that are too long for one JSON document, one item a line, written durably and read back checked. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { writeFileDurably } from './durable.js';

/** The last line is `{"items":n}`, so that a list that was cut short is noticed. */
export function writeJsonLines(path: RawPath, items: readonly unknown[]): void {
  const lines = items.map((item) => JSON.stringify(item));
  lines.push(JSON.stringify({ items: items.length }));
  writeFileDurably(path, `${lines.join('\n')}\n`);
}

/** Throws a plain error when the file is torn or an item does not fit the schema; callers name the fault. */
export function readJsonLines<T>(path: RawPath, schema: z.ZodType<T>): T[] {
  const lines = readFileSync(bytes(path), 'utf8').trimEnd().split('\n');
  const last: unknown = JSON.parse(lines.pop() ?? '');
  if (typeof last !== 'object' || last === null || !('items' in last) || last.items !== lines.length) {
    throw new Error('the list is not complete');
  }
  return lines.map((line) => schema.parse(JSON.parse(line)));
}
