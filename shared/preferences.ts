/** What a user likes about the app: kept by the app, for that user alone. */
import { z } from 'zod';

export const languages = ['system', 'en', 'de'] as const;

export const preferencesSchema = z.strictObject({
  version: z.literal(1),
  language: z.enum(languages),
  /** Closing the window leaves the app in the tray. */
  stayInTray: z.boolean(),
  startAtLogin: z.boolean(),
  notifications: z.boolean(),
});
export type Preferences = z.infer<typeof preferencesSchema>;

export const defaultPreferences: Preferences = {
  version: 1,
  language: 'system',
  stayInTray: true,
  startAtLogin: false,
  notifications: true,
};

export const preferencesChangeSchema = preferencesSchema.omit({ version: true }).partial();
export type PreferencesChange = z.infer<typeof preferencesChangeSchema>;
