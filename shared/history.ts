/** What happened (from the journal) and what can be returned to. */
import { z } from 'zod';
import { activations, idSchema, packageChangeSchema } from './plan.js';

/** `load`, `unload`: of a live patch of the kernel. */
export const transactionKinds = ['stage', 'activate', 'rollback', 'prune', 'load', 'unload'] as const;
export type TransactionKind = (typeof transactionKinds)[number];

/** What the first start in another environment could not bring together, for people to look at. */
export const arrivalNoteSchema = z.strictObject({
  /** Where the other versions of `files` are kept, under their own paths; null when there are none. */
  folder: z.string().nullable(),
  /** Changed in both environments before the start: what runs has its own version. */
  files: z.array(z.string()),
  /** What does not agree in the accounts, a sentence each. */
  problems: z.array(z.string()),
});
export type ArrivalNote = z.infer<typeof arrivalNoteSchema>;

/** What was measured of a switch: the time in which nobody could work. */
export const interruptionSchema = z.strictObject({
  /** How the switch came to its end, also where another way had been chosen. */
  how: z.enum(activations),
  /** From the request for the restart to the default target, where people log in. */
  seconds: z.number(),
});

/** Why a system was taken back, where nobody asked for it. */
export const fallbackReasons = ['did-not-come-up', 'unhealthy'] as const;
export type FallbackReason = (typeof fallbackReasons)[number];

/** What became of a live patch. */
export const patchedSchema = z.strictObject({
  release: z.string(),
  name: z.string(),
  /** Those that went since it takes their place. */
  replaced: z.array(z.string()),
  /** Whether the kernel that runs can be brought back to how it was. */
  undo: z.boolean(),
});
export type Patched = z.infer<typeof patchedSchema>;

export const historyEntrySchema = z.strictObject({
  transaction: idSchema,
  kind: z.enum(transactionKinds),
  started: z.string(),
  ended: z.string().nullable(),
  seconds: z.number().nullable(),
  outcome: z.enum(['done', 'failed', 'rolled-back', 'rolled-forward', 'open']),
  /** One line in words. */
  title: z.string(),
  because: z.enum(fallbackReasons).optional(),
  stage: idSchema.nullable(),
  restorePoint: idSchema.nullable(),
  packages: z.array(packageChangeSchema),
  /** Of a switch, once the start that came of it was complete. */
  interruption: interruptionSchema.optional(),
  /** Of a switch or a return that took effect at a start, where there is something to say. */
  arrival: arrivalNoteSchema.optional(),
  /** Of `load` and `unload`. */
  livepatch: patchedSchema.optional(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const restorePointSchema = z.strictObject({
  id: idSchema,
  created: z.string(),
  title: z.string(),
  /** Bytes that only this restore point holds: what removing it would free. */
  ownBytes: z.number(),
  usable: z.boolean(),
  problems: z.array(z.string()),
  inUse: z.boolean(),
});
export type RestorePoint = z.infer<typeof restorePointSchema>;

export const historySchema = z.strictObject({
  entries: z.array(historyEntrySchema),
  restorePoints: z.array(restorePointSchema),
  staged: z.array(
    z.strictObject({ id: idSchema, plan: idSchema, created: z.string(), verified: z.boolean() }),
  ),
  /** What this user may not read; empty for root. */
  unseen: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});
export type History = z.infer<typeof historySchema>;

export const stagedSchema = z.strictObject({
  stage: idSchema,
  plan: idSchema,
  seconds: z.number(),
  /** Bytes that the clone added to the disk. */
  bytes: z.number(),
  entries: z.number(),
  ready: z.boolean(),
});
export type Staged = z.infer<typeof stagedSchema>;

export const activatedSchema = z.strictObject({
  stage: idSchema,
  /** Null while the switch is only scheduled. */
  restorePoint: idSchema.nullable(),
  /** True when nothing was switched yet: it will be at the next shutdown, or at the moment `at`. */
  scheduled: z.boolean(),
  at: z.string().nullable(),
  how: z.enum(activations),
  seconds: z.number(),
  /** From the exchange until everything had followed: the time in which old and new could be seen side by side. */
  switchSeconds: z.number(),
  /** Files of the user that changed since the clone was made and were carried over. */
  carried: z.array(z.string()),
  restart: z.array(z.string()),
  remarks: z.array(z.string()),
});
export type Activated = z.infer<typeof activatedSchema>;

export const unscheduledSchema = z.strictObject({
  /** What will not be switched to any more; null when nothing was scheduled. */
  stage: idSchema.nullable(),
});
export type Unscheduled = z.infer<typeof unscheduledSchema>;

export const rolledBackSchema = z.strictObject({
  restorePoint: idSchema,
  dryRun: z.boolean(),
  seconds: z.number(),
  switchSeconds: z.number(),
  lost: z.strictObject({
    packages: z.array(z.string()),
    files: z.array(z.string()),
  }),
  kept: z.array(z.string()),
  /** Where the user's versions of the files that went back are kept; null when there are none. */
  keptAside: z.string().nullable(),
});
export type RolledBack = z.infer<typeof rolledBackSchema>;

export const recoveredSchema = z.strictObject({
  transactions: z.array(
    z.strictObject({
      transaction: idSchema,
      kind: z.enum(transactionKinds),
      outcome: z.enum(['rolled-back', 'rolled-forward']),
      sentence: z.string(),
    }),
  ),
  cleaned: z.array(z.string()),
  /** Of a first start in another environment that was completed now, where there is something to say. */
  arrival: arrivalNoteSchema.optional(),
});
export type Recovered = z.infer<typeof recoveredSchema>;

/** What the health check of a new system's first start came to. */
export const examinedSchema = z.strictObject({
  /** Of the trial; null where nothing is on trial. */
  restorePoint: idSchema.nullable(),
  healthy: z.boolean(),
  /** What speaks against the system, a sentence each. */
  findings: z.array(z.string()),
  /** True when the machine is about to restart into the system before. */
  restarting: z.boolean(),
});
export type Examined = z.infer<typeof examinedSchema>;

export const prunedSchema = z.strictObject({
  removed: z.array(idSchema),
  kept: z.array(idSchema),
  freedBytes: z.number(),
});
export type Pruned = z.infer<typeof prunedSchema>;
