/** The answer of a merge of plain folders. Paths are text; other bytes are octal escapes. */
import { z } from 'zod';

/** What a distribution appends to the name of a version that is not in use. */
export const besideSuffixes = ['dpkg-dist', 'dpkg-new', 'pacnew', 'rpmnew'] as const;
export type BesideSuffix = (typeof besideSuffixes)[number];

export const mergeOutcomes = ['same', 'mine', 'theirs', 'merged', 'conflict'] as const;

export const mergedPathSchema = z.strictObject({
  /** Empty for the folder itself. */
  path: z.string(),
  outcome: z.enum(mergeOutcomes),
  /** Of a conflict: why it is one, as a stable word. */
  reason: z.string().nullable(),
  /** One line a detail: attributes, or what is wrong with which account. */
  details: z.array(z.string()),
  /** Of a conflict: where their version lies in the result, if they have one. Mine is at the path. */
  beside: z.string().nullable(),
  /** Of a conflict: texts up to 256 KiB; null for what is missing, no text, or may hold passwords. */
  base: z.string().nullable(),
  mine: z.string().nullable(),
  theirs: z.string().nullable(),
});
export type MergedPath = z.infer<typeof mergedPathSchema>;

export const mergedSchema = z.strictObject({
  out: z.string(),
  counts: z.record(z.enum(mergeOutcomes), z.number()),
  /** All that is not the same on both sides, in order. */
  paths: z.array(mergedPathSchema),
});
export type Merged = z.infer<typeof mergedSchema>;
