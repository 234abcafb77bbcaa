/** The kernel's live patches: which are at work, whose they are, and whether they are there again after a power loss. */
import { z } from 'zod';
import { problemSchema } from './errors.js';

/** As the kernel names a module (MODULE_NAME_LEN in include/linux/moduleparam.h): it is the name of a folder too. */
export const livepatchNameSchema = z.string().regex(/^[A-Za-z0-9_]{1,55}$/);
/** As `uname -r` prints it, which is the name of a folder too. */
export const kernelReleaseSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}$/);

/** What a live patch is for, in a line. */
export const fixesSchema = z
  .string()
  .trim()
  .min(1, 'What it fixes has at least one character.')
  .max(200, 'What it fixes has at most 200 characters.')
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'What it fixes is one line, without control characters.');

/** Who brought a live patch into memory; the others than Understudy are only read. */
export const livepatchSources = [
  'understudy',
  'kpatch',
  'canonical-livepatch',
  'ksplice',
  'kernelcare',
  'unknown',
] as const;
export type LivepatchSource = (typeof livepatchSources)[number];

/**
 * Why an active live patch is there again after a power loss, for the same kernel, or is not.
 *
 * - `loaded-again`: Understudy loads it at the start (`installOnReboot`). `all-loaded`: as everything of its store (`upgradeOnReboot`).
 * - `setting`: both settings are off. `kept-away`: it was added so that it does not return.
 * - `switched-off`: by the kernel's command line or the file. `no-unit`: nothing of Understudy runs at the start.
 * - `on-trial`: it has not held for long enough yet. `held-back`: the machine went down with it once.
 * - `no-copy`: the store has no good copy of it. `memory-only`: nobody is known who would load it again.
 * - `provider`, `provider-off`: whoever brought it does so at a start, or was told not to.
 * - `unseen`: who asks may not look into the store.
 */
export const livepatchReasons = [
  'loaded-again',
  'all-loaded',
  'setting',
  'kept-away',
  'switched-off',
  'no-unit',
  'on-trial',
  'held-back',
  'no-copy',
  'memory-only',
  'provider',
  'provider-off',
  'unseen',
] as const;
export type LivepatchReason = (typeof livepatchReasons)[number];

export const activeLivepatchSchema = z.strictObject({
  name: z.string(),
  source: z.enum(livepatchSources),
  /** `enabling` and `disabling` while tasks change over to it, or away from it. */
  state: z.enum(['enabled', 'enabling', 'disabling']),
  /** What of the kernel it patches: `vmlinux` and modules. */
  objects: z.array(z.string()),
  fixes: z.string().nullable(),
  /** Null where it cannot be said. */
  returns: z.boolean().nullable(),
  why: z.enum(livepatchReasons),
});
export type ActiveLivepatch = z.infer<typeof activeLivepatchSchema>;

/** A live patch that is not loaded again, since the machine went down while it was on trial. */
export const heldBackSchema = z.strictObject({
  release: z.string(),
  name: z.string(),
  /** When it was loaded (ISO 8601). */
  since: z.iso.datetime(),
});
export type HeldBack = z.infer<typeof heldBackSchema>;

export const livepatchOffs = ['kernel-parameter', 'file'] as const;
export type LivepatchOff = (typeof livepatchOffs)[number];

export const livepatchStatusSchema = z.strictObject({
  /** The release that runs; null for a system that does not run. */
  running: z.string().nullable(),
  /** Whether the kernel that runs takes live patches at all. */
  supported: z.boolean(),
  /** By what all of it is switched off; null where it is not. */
  off: z.enum(livepatchOffs).nullable(),
  installOnReboot: z.boolean(),
  upgradeOnReboot: z.boolean(),
  /** In the order in which they were loaded, as far as the kernel tells. */
  active: z.array(activeLivepatchSchema),
  heldBack: z.array(heldBackSchema),
  /** Tasks that have not changed over yet, while a patch comes or goes. */
  stalled: z.array(z.string()),
  /** Programs for live patches that are installed beside Understudy. */
  providers: z.array(z.enum(livepatchSources)),
  unseen: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});
export type LivepatchStatus = z.infer<typeof livepatchStatusSchema>;

export const storedLivepatchSchema = z.strictObject({
  release: z.string(),
  name: z.string(),
  /** `damaged`: its record cannot be read, or the module is not the one that was added. */
  state: z.enum(['active', 'stored', 'held-back', 'damaged']),
  fixes: z.string().nullable(),
  /** Whether it takes the place of those before it, or stands on them. */
  kind: z.enum(['replaces', 'stacks']).nullable(),
  /** Whether it may return after a restart. */
  returns: z.boolean(),
  /** When it was added (ISO 8601); null where that cannot be read. */
  added: z.iso.datetime().nullable(),
  /** Whether the module carries a signature for the kernel to check; nothing is said about its worth. */
  signed: z.boolean(),
  /** The key of Understudy by which its file was signed; null for root's word alone. */
  signedBy: z.string().nullable(),
});
export type StoredLivepatch = z.infer<typeof storedLivepatchSchema>;

export const livepatchListSchema = z.strictObject({
  running: z.string().nullable(),
  patches: z.array(storedLivepatchSchema),
});
export type LivepatchList = z.infer<typeof livepatchListSchema>;

export const livepatchDoneSchema = z.strictObject({
  action: z.enum(['add', 'load', 'unload', 'remove']),
  release: z.string(),
  name: z.string(),
  /** It was so already. */
  already: z.boolean(),
  /** Patches that went because this one takes their place. */
  replaced: z.array(z.string()),
});
export type LivepatchDone = z.infer<typeof livepatchDoneSchema>;

export const livepatchBootSchema = z.strictObject({
  action: z.literal('boot'),
  running: z.string(),
  off: z.enum(livepatchOffs).nullable(),
  loaded: z.array(z.string()),
  heldBack: z.array(z.string()),
  /** Not loaded since they stand on one that is not there. */
  left: z.array(z.string()),
  failed: z.array(z.strictObject({ name: z.string(), problem: problemSchema })),
});
export type LivepatchBoot = z.infer<typeof livepatchBootSchema>;

export const livepatchHeldSchema = z.strictObject({
  action: z.literal('held'),
  /** Those that count as good from now on, and those that are still on trial. */
  held: z.array(z.string()),
  onTrial: z.array(z.string()),
});
export type LivepatchHeld = z.infer<typeof livepatchHeldSchema>;
