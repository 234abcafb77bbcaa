/**
 * Settings of the system, kept in `/etc/understudy/settings.json` by root: they hold for everyone, also for what happens
 * without anyone. What a user likes about the app alone (`preferences.ts`) is kept by the app.
 */
import { z } from 'zod';

const gigabyte = 1024 ** 3;

const moduleDays = z.int().min(0).max(3650);
const hour = z.int().min(0).max(23);

/**
 * When a staged environment is booted in a virtual machine before it is offered: never, when the update changes what decides whether the
 * system starts (kernel, initramfs, init, systemd, udev, the C library), or always.
 */
export const rehearsalBoots = ['off', 'kernel', 'always'] as const;
export type RehearsalBoot = (typeof rehearsalBoots)[number];

export const settingsSchema = z.strictObject({
  version: z.literal(1),
  /** Restore points that are kept at least. */
  keepRestorePoints: z.int().min(1).max(50),
  /** Bytes that all restore points together may hold before the oldest go. */
  restorePointBytes: z
    .int()
    .min(gigabyte / 4)
    .max(4096 * gigabyte),
  /** Battery percentage below which nothing is started on battery. */
  batteryPercent: z.int().min(0).max(100),
  /** A file that does not name it is as good as one of before. */
  rehearsalBoot: z.enum(rehearsalBoots).default('kernel'),
  /** Days that the modules of kernels which are gone are kept aside. A file of before does not name it either. */
  keepModulesDays: moduleDays.default(28),
  /** After a restart the same kernel gets the live patches again that it had. As are those before, new to files of before. */
  installOnReboot: z.boolean().default(true),
  /** After a restart a kernel gets every live patch that is in the store for it. */
  upgradeOnReboot: z.boolean().default(false),
  /** Staging in the background, without anyone asking. */
  automatic: z.strictObject({
    enabled: z.boolean(),
    /** Hours of the day, local time, from the beginning of one to the beginning of the other; equal: all day. */
    fromHour: hour,
    toHour: hour,
    onlyOnMains: z.boolean(),
    onlyUnmetered: z.boolean(),
    onlyWhenIdle: z.boolean(),
    scope: z.enum(['all', 'security']),
    /** Nothing automatic before this moment (ISO 8601); null when not paused. */
    pausedUntil: z.iso.datetime().nullable(),
  }),
});
export type SystemSettings = z.infer<typeof settingsSchema>;

export const defaultSystemSettings: SystemSettings = {
  version: 1,
  keepRestorePoints: 3,
  restorePointBytes: 10 * gigabyte,
  batteryPercent: 30,
  rehearsalBoot: 'kernel',
  keepModulesDays: 28,
  installOnReboot: true,
  upgradeOnReboot: false,
  automatic: {
    enabled: true,
    fromHour: 9,
    toHour: 18,
    onlyOnMains: true,
    onlyUnmetered: true,
    onlyWhenIdle: true,
    scope: 'all',
    pausedUntil: null,
  },
};

/** What may be changed at once: any subset, `automatic` included. */
export const settingsChangeSchema = settingsSchema
  .omit({ version: true, automatic: true })
  .partial()
  .extend({
    // Not with its default: what is not named is not changed.
    rehearsalBoot: z.enum(rehearsalBoots).optional(),
    keepModulesDays: moduleDays.optional(),
    installOnReboot: z.boolean().optional(),
    upgradeOnReboot: z.boolean().optional(),
    automatic: settingsSchema.shape.automatic.partial().optional(),
  });
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
