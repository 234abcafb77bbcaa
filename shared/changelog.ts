/** What the makers of a package wrote about its versions. */
import { z } from 'zod';

/** Characters of a changelog that are shown at most. */
export const longestChangelog = 200_000;

/** A version as the package managers write them: no option, no path, no blank. */
export const versionSchema = z
  .string()
  .max(200)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9.+:~^_-]*$/);

export const changelogSources = ['staged', 'package', 'archive'] as const;

export const changelogSchema = z.strictObject({
  package: z.string(),
  /** The installed version; null where there is none. */
  from: z.string().nullable(),
  to: z.string(),
  /** Where it was read: the staged environment, the fetched package, or the archive. */
  source: z.enum(changelogSources),
  /** The entries newer than `from`, the newest first; empty where nothing is written about them. */
  text: z.string().max(longestChangelog),
  /** The end was left out. */
  cut: z.boolean(),
});
export type Changelog = z.infer<typeof changelogSchema>;
