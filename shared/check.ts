/** Readiness checks: each passes, warns or blocks, with one sentence, the value it measured, and a remedy. */
import { z } from 'zod';

export const checkResultSchema = z.strictObject({
  /** Stable id, kebab-case: the check's file name. */
  id: z.string(),
  title: z.string(),
  result: z.enum(['pass', 'warn', 'block']),
  sentence: z.string(),
  /** The value that was measured, for people, for example `12.4 GB free, 1.1 GB needed on /`. */
  measured: z.string(),
  remedy: z.string().nullable(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

export const checkReportSchema = z.strictObject({
  result: z.enum(['pass', 'warn', 'block']),
  checks: z.array(checkResultSchema),
});
export type CheckReport = z.infer<typeof checkReportSchema>;
