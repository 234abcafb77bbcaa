/** The kernel modules of a system: which are in use, which stay although no package has them any more, and which wait to be removed. */
import { z } from 'zod';

/**
 * - `running`: of the kernel that runs.
 * - `installed`: of another kernel, which a package owns or which can be started.
 * - `left`: of neither; the next clean-up puts it aside.
 * - `kept`: under other names, while a package manager is at work, or since it was cut.
 * - `old`: put aside, and removed when its time is over.
 */
export const moduleTreeStates = ['running', 'installed', 'left', 'kept', 'old'] as const;
export type ModuleTreeState = (typeof moduleTreeStates)[number];

export const moduleTreeSchema = z.strictObject({
  release: z.string(),
  state: z.enum(moduleTreeStates),
  /** Absolute, as shown. */
  path: z.string(),
  /** The package that owns files of it, where one does. */
  package: z.string().nullable(),
  /** Whether a kernel of this release can be started. */
  bootable: z.boolean(),
  /** Modules in it. */
  count: z.int().min(0),
  /** When it goes (ISO 8601); null where it stays. */
  removal: z.iso.datetime().nullable(),
});
export type ModuleTree = z.infer<typeof moduleTreeSchema>;

export const moduleTreesSchema = z.strictObject({
  /** The release that runs; null for a system that does not run. */
  running: z.string().nullable(),
  /** Whether what runs finds modules; null for a system that does not run. */
  complete: z.boolean().nullable(),
  trees: z.array(moduleTreeSchema),
});
export type ModuleTrees = z.infer<typeof moduleTreesSchema>;

export const modulesKeptSchema = z.strictObject({
  action: z.enum(['keep', 'restore']),
  ...moduleTreesSchema.shape,
});
export type ModulesKept = z.infer<typeof modulesKeptSchema>;

export const modulesCleanedSchema = z.strictObject({
  /** Releases whose modules were put aside, and those that were removed for good. */
  aside: z.array(z.string()),
  removed: z.array(z.string()),
  /** Why nothing was touched: a package manager is at work or was cut, or what runs lacks modules. Null where nothing was in the way. */
  held: z.enum(['at-work', 'incomplete']).nullable(),
  dryRun: z.boolean(),
});
export type ModulesCleaned = z.infer<typeof modulesCleanedSchema>;
