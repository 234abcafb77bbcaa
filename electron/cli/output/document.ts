/**
 * The JSON form of the command line. Every line of standard output is one object with a `type`. Long verbs (check, plan,
 * stage, activate, rollback, practice) write progress events (`shared/progress.ts`) and then one line of the type
 * `result`; all other verbs, and all with `--quiet`, write exactly that one line. It ends every output, also that of a usage error.
 */
import { z } from 'zod';
import { problemSchema } from '../../../shared/errors.js';
import { recoveredSchema } from '../../../shared/history.js';

export const documentVersion = 1;

const base = {
  type: z.literal('result'),
  version: z.literal(documentVersion),
  /** The verb, or null when the command line named none that exists. */
  verb: z.string().nullable(),
  /** What the command exits with. */
  exitCode: z.number(),
  /** What was recovered at the start, when something was. */
  recovered: recoveredSchema.optional(),
};

export const documentSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ...base, ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ...base, ok: z.literal(false), problem: problemSchema }),
]);
export type ResultDocument = z.infer<typeof documentSchema>;

/**
 * One line of JSON. Characters beyond ASCII that a terminal or an editor would obey instead of show are escaped; a JSON
 * reader gets the same text back.
 */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value).replace(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${text}\n`;
}
