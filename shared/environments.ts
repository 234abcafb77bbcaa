/** The environments of a system: what runs, what is staged, what can be returned to, and what other programs keep. */
import { z } from 'zod';
import { idSchema } from './plan.js';

/** Characters of a title, at most. */
export const longestTitle = 120;

/** Control characters, line ends, lone surrogates, and marks that reorder or hide text; joiners belong to some scripts. */
const unfit = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;

/** What people call an environment, in any script. */
export const environmentTitleSchema = z
  .string()
  .trim()
  .min(1, 'A title has at least one character.')
  .refine(
    (title) => Array.from(title).length <= longestTitle,
    `A title has at most ${longestTitle} characters.`,
  )
  .refine((title) => !unfit.test(title), 'A title is one line, without control characters.');

/** `next` is what was switched to, or returned to, and runs after the restart that is to come. */
export const environmentStates = ['current', 'next', 'staged', 'previous'] as const;
export type EnvironmentState = (typeof environmentStates)[number];

export const environmentSchema = z.strictObject({
  /** `current`, `next`, or the id of a stage or a restore point. */
  id: idSchema,
  state: z.enum(environmentStates),
  title: z.string(),
  created: z.string().nullable(),
  /** What removing it would free; null where nobody knows. */
  bytes: z.number().nullable(),
  /** Whether it can be activated, or returned to; else `problems` say why not. */
  usable: z.boolean(),
  problems: z.array(z.string()),
  /** Folders where it is mounted to be looked at. */
  mountedAt: z.array(z.string()),
});
export type EnvironmentEntry = z.infer<typeof environmentSchema>;

export const foreignTools = ['snapper', 'timeshift'] as const;

/** Of another program; listed, never altered. */
export const foreignEnvironmentSchema = z.strictObject({
  id: idSchema,
  tool: z.enum(foreignTools),
  /** What the other program calls it. */
  name: z.string(),
  created: z.string().nullable(),
  title: z.string(),
  /** From the top of the file system, without a leading slash. */
  place: z.string(),
});
export type ForeignEnvironment = z.infer<typeof foreignEnvironmentSchema>;

export const environmentsSchema = z.strictObject({
  backend: z.enum(['tree', 'btrfs', 'zfs']),
  /** The current one first, then what is to come, then what was, newest first. */
  environments: z.array(environmentSchema),
  foreign: z.array(foreignEnvironmentSchema),
  /** What this user may not read; empty for root. */
  unseen: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});
export type Environments = z.infer<typeof environmentsSchema>;

export const renamedSchema = z.strictObject({ id: idSchema, title: z.string() });
export type Renamed = z.infer<typeof renamedSchema>;

export const mountedSchema = z.strictObject({ id: idSchema, folder: z.string() });
export type Mounted = z.infer<typeof mountedSchema>;

export const unmountedSchema = z.strictObject({ folder: z.string() });
export type Unmounted = z.infer<typeof unmountedSchema>;

export const destroyedSchema = z.strictObject({
  id: idSchema,
  title: z.string(),
  dryRun: z.boolean(),
  freedBytes: z.number().nullable(),
});
export type Destroyed = z.infer<typeof destroyedSchema>;
