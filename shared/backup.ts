/** Backups of the identity databases: who exists on this system, with which numbers and passwords, kept outside of it. */
import { z } from 'zod';
import { idSchema } from './plan.js';

export const identityBackupSchema = z.strictObject({
  id: idSchema,
  /** ISO 8601; null where its record cannot be read. */
  created: z.iso.datetime().nullable(),
  /** Why it was made: someone asked for it, or something was about to alter the accounts. */
  reason: z.enum(['asked', 'before-restore']).nullable(),
  /** The databases in it, by their paths. */
  files: z.array(z.string()),
  /** What is wrong with it, a sentence each. */
  problems: z.array(z.string()),
});
export type IdentityBackup = z.infer<typeof identityBackupSchema>;

export const backupListSchema = z.strictObject({
  /** The recovery place: a folder, from the root of the system. */
  place: z.string(),
  /** The newest first. */
  backups: z.array(identityBackupSchema),
});
export type BackupList = z.infer<typeof backupListSchema>;

export const backedUpSchema = z.strictObject({
  action: z.literal('identity'),
  place: z.string(),
  id: idSchema,
  files: z.array(z.string()),
  /** Older ones that went, so that there are never too many. */
  removed: z.array(idSchema),
});
export type BackedUp = z.infer<typeof backedUpSchema>;

export const backupVerifiedSchema = z.strictObject({
  action: z.literal('verify'),
  place: z.string(),
  id: idSchema,
  /** What is wrong with the backup itself; empty where it can be relied on. */
  problems: z.array(z.string()),
  /** Accounts and groups that it has and the system has not, as `user NAME` and `group NAME`. */
  missing: z.array(z.string()),
});
export type BackupVerified = z.infer<typeof backupVerifiedSchema>;

export const identityRestoredSchema = z.strictObject({
  action: z.literal('restore'),
  place: z.string(),
  id: idSchema,
  dryRun: z.boolean(),
  /** What came back, as `user NAME` and `group NAME`. */
  back: z.array(z.string()),
  /** The databases that were written. */
  written: z.array(z.string()),
  /** A backup of how it was before; null where nothing was altered. */
  before: idSchema.nullable(),
});
export type IdentityRestored = z.infer<typeof identityRestoredSchema>;
