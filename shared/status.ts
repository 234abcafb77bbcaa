/**
 * The facts from which every front end derives the state of an update: what runs, what the journal and the records say. They
 * are the helper's; a client that connects in the middle of a run gets them first, then every change.
 */
import { z } from 'zod';
import { problemSchema, receivedProblemSchema } from './errors.js';
import { historyEntrySchema, recoveredSchema } from './history.js';
import { heldBackSchema } from './livepatch.js';
import { activations, idSchema } from './plan.js';
import { endedRunSchema, runSchema } from './run.js';

/** A switch that was scheduled for a moment and did not happen then; it is not made up for by itself. */
export const missedSchema = z.strictObject({
  at: z.string(),
  /** What stood in the way; null when nobody was there to carry it out, as when the machine was off. */
  problem: receivedProblemSchema.nullable(),
});
export type Missed = z.infer<typeof missedSchema>;

export const statusSchema = z.strictObject({
  helper: z.strictObject({
    version: z.string(),
    pid: z.number(),
    /** True when it may alter the system. A helper without the right serves what any user may read. */
    privileged: z.boolean(),
    /** True when it works on a practice system, never on the running one. */
    practice: z.boolean(),
    started: z.string(),
  }),
  run: runSchema.nullable(),
  /** The last run that ended in this helper's life. */
  last: endedRunSchema.nullable(),
  /** What was found interrupted and settled when this helper started, or by a run since. */
  recovered: recoveredSchema.shape.transactions,
  /** A transaction that is open in the journal while nobody works on it: recovery was not possible yet. */
  interrupted: historyEntrySchema.pick({ transaction: true, kind: true }).nullable(),
  /** The newest plan that was not carried out. */
  plan: z
    .strictObject({
      id: idSchema,
      created: z.string(),
      changes: z.number(),
      security: z.number(),
      downloadBytes: z.number(),
    })
    .nullable(),
  /** The newest staged environment. */
  staged: z
    .strictObject({
      id: idSchema,
      plan: idSchema,
      created: z.string(),
      ready: z.boolean(),
      how: z.enum(activations),
      interruptionSeconds: z.number(),
      packages: z.number(),
      conflicts: z.number(),
      undecided: z.number(),
      /** It will be activated at the next shutdown, or at the moment `scheduledAt`. */
      scheduled: z.boolean(),
      scheduledAt: z.string().nullable(),
      missed: missedSchema.nullable(),
    })
    .nullable(),
  /** The newest ended switch or rollback in the journal. */
  latest: historyEntrySchema
    .pick({
      transaction: true,
      kind: true,
      ended: true,
      outcome: true,
      stage: true,
      restorePoint: true,
      arrival: true,
    })
    .nullable(),
  /** What was switched to, or returned to, runs only after the next restart; until then the system is the one before. */
  restartPending: z.boolean(),
  /** Live patches of the kernel that are not loaded again, since the machine went down while they were on trial. */
  heldBack: z.array(heldBackSchema),
  /** What a rollback would return to now. */
  restorePoint: z.strictObject({ id: idSchema, created: z.string(), title: z.string() }).nullable(),
  restorePoints: z.strictObject({ count: z.number(), ownBytes: z.number() }),
  /** Updates that the package manager's own index offers, when they were last counted. */
  pending: z.strictObject({ updates: z.number(), security: z.number(), counted: z.string() }).nullable(),
  /** The memory of automatic staging. */
  automatic: z.strictObject({
    lastAttempt: z.string().nullable(),
    lastSuccess: z.string().nullable(),
    failures: z.number(),
  }),
  /** Why the records cannot be trusted or read, such as a damaged journal. */
  problem: problemSchema.nullable(),
  unseen: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});
export type Status = z.infer<typeof statusSchema>;
