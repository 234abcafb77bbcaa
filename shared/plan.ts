/** A plan: what will be done, with sizes, the activation chosen and why. Its id is the digest of its content. */
import { z } from 'zod';

export const scopes = ['all', 'security', 'kernel', 'selected'] as const;
export type Scope = (typeof scopes)[number];

/** A stage's, plan's or restore point's id: what `--json` prints and every verb takes. */
export const idSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{3,63}$/);

export const packageChangeSchema = z.strictObject({
  action: z.enum(['install', 'upgrade', 'downgrade', 'remove', 'reinstall']),
  name: z.string(),
  architecture: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  downloadBytes: z.number(),
  /** Growth of the installed size; negative when it shrinks. */
  installedBytes: z.number(),
  security: z.boolean(),
  kernel: z.boolean(),
  origin: z.string(),
});
export type PackageChange = z.infer<typeof packageChangeSchema>;

export const activations = ['live', 'soft-reboot', 'kexec', 'reboot', 'shutdown'] as const;
export type Activation = (typeof activations)[number];

/** How far ahead a switch can be scheduled. */
export const furthestHourMs = 7 * 24 * 3_600_000;

export const planSchema = z.strictObject({
  version: z.literal(1),
  id: idSchema,
  scope: z.enum(scopes),
  selected: z.array(z.string()),
  created: z.string(),
  packageManager: z.string(),
  changes: z.array(packageChangeSchema),
  /** Held back packages, with the reason in words. */
  kept: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  downloadBytes: z.number(),
  installedBytes: z.number(),
  /** Units whose programs or libraries the plan replaces. */
  services: z.array(z.string()),
  activation: z.strictObject({
    how: z.enum(activations),
    reason: z.string(),
    /** Expected time in which the user cannot work, in seconds. */
    interruptionSeconds: z.number(),
  }),
  restorePoint: z.strictObject({
    holds: z.array(z.string()),
    /** Estimated own cost on the disk. */
    bytes: z.number(),
  }),
  /** Room that staging needs at most, per kind, in bytes. */
  needs: z.strictObject({ download: z.number(), staging: z.number(), boot: z.number() }),
  /** Digest of the package database that the plan was computed from. */
  databaseDigest: z.string(),
});
export type Plan = z.infer<typeof planSchema>;
