/** What differs between two environments, as `review` shows it. Paths are text; other bytes are octal escapes. */
import { z } from 'zod';
import { choices } from './decision.js';
import { idSchema, packageChangeSchema, planSchema } from './plan.js';

export const areas = ['programs', 'configuration', 'boot', 'package database', 'state', 'other'] as const;
export type Area = (typeof areas)[number];

export const fileChangeSchema = z.strictObject({
  path: z.string(),
  kind: z.enum(['added', 'changed', 'removed']),
  type: z.enum(['file', 'dir', 'link', 'fifo', 'socket', 'char', 'block']),
  area: z.enum(areas),
  bytes: z.number(),
});
export type FileChange = z.infer<typeof fileChangeSchema>;

export const conflictSchema = z.strictObject({
  /** Stable as long as the stage exists. */
  id: idSchema,
  path: z.string(),
  package: z.string().nullable(),
  /** Where the version that is not in use lies, and which one that is. */
  beside: z.string(),
  kept: z.enum(choices),
  /** True once the user chose; until then the user's own file stays in use. */
  decided: z.boolean(),
  /** Texts up to 256 KiB; null for what is not text. */
  mine: z.string().nullable(),
  theirs: z.string().nullable(),
});
export type Conflict = z.infer<typeof conflictSchema>;

export const proofSchema = z.strictObject({
  id: z.string(),
  result: z.enum(['pass', 'warn', 'fail', 'skipped']),
  sentence: z.string(),
  details: z.array(z.string()),
});
/** One thing that the rehearsal proved, or did not. */
export type Proof = z.infer<typeof proofSchema>;

/** How a staged environment did in a virtual machine; what it proves is among the proofs. */
export const rehearsalBootSchema = z.strictObject({
  kernel: z.string(),
  accelerator: z.enum(['kvm', 'software']),
  seconds: z.number(),
  /** The default target, and what systemd said of the system in the end; null where it did not come so far. */
  target: z.string().nullable(),
  state: z.string().nullable(),
  failedUnits: z.array(z.string()),
  /** The file that holds the journal of that boot; root may read it. */
  journal: z.string(),
});
export type RehearsalBootResult = z.infer<typeof rehearsalBootSchema>;

export const serviceUseSchema = z.strictObject({
  unit: z.string().nullable(),
  process: z.string(),
  pid: z.number(),
  files: z.array(z.string()),
});
export type ServiceUse = z.infer<typeof serviceUseSchema>;

export const reviewSchema = z.strictObject({
  stage: idSchema,
  plan: planSchema,
  packages: z.array(packageChangeSchema),
  files: z.array(fileChangeSchema),
  totals: z.array(
    z.strictObject({
      area: z.enum(areas),
      added: z.number(),
      changed: z.number(),
      removed: z.number(),
      bytes: z.number(),
    }),
  ),
  conflicts: z.array(conflictSchema),
  /** Programs that run now and use files that the switch replaces. */
  services: z.array(serviceUseSchema),
  proofs: z.array(proofSchema),
  boot: rehearsalBootSchema.optional(),
  ready: z.boolean(),
});
export type Review = z.infer<typeof reviewSchema>;
