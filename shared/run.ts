/** A run: one piece of exclusive work of the helper, as every client sees it. Only one exists at a time. */
import { z } from 'zod';
import { problemSchema } from './errors.js';
import { idSchema } from './plan.js';
import { progressEventSchema } from './progress.js';

/** What a run can be: the verbs that alter something, and the making of a practice system. */
export const runKinds = [
  'plan',
  'stage',
  'decide',
  'activate',
  'unschedule',
  'rollback',
  'prune',
  'livepatch',
  'recover',
  'settings',
  'practice',
] as const;
export type RunKind = (typeof runKinds)[number];

export const runSchema = z.strictObject({
  id: idSchema,
  kind: z.enum(runKinds),
  started: z.string(),
  /** User id of who asked for it. */
  uid: z.number(),
  /** True once a cancel was asked for. */
  cancelling: z.boolean(),
  /** Plan, stage or restore point that it works on, where that is known from the start. */
  subject: idSchema.nullable(),
  /** The phase that is open now, and its newest progress. */
  progress: progressEventSchema.nullable(),
  /** True while `systemd-inhibit` holds off shutdown and sleep. */
  inhibiting: z.boolean(),
});
export type Run = z.infer<typeof runSchema>;

export const endedRunSchema = z.strictObject({
  id: idSchema,
  kind: z.enum(runKinds),
  subject: idSchema.nullable(),
  started: z.string(),
  ended: z.string(),
  /** Null when it succeeded. */
  problem: problemSchema.nullable(),
});
export type EndedRun = z.infer<typeof endedRunSchema>;

export const runLogSchema = z.strictObject({
  run: idSchema.nullable(),
  lines: z.array(z.string()),
  /** Lines at the beginning that are no longer kept. */
  dropped: z.number(),
});
/** The log of the newest run. */
export type RunLog = z.infer<typeof runLogSchema>;
