/**
 * Reads a Debian changelog (deb-changelog(5)) and a NEWS file, which has the same form: entries with a heading each, newest first. What is
 * no changelog of this form, such as an upstream one, has no entries.
 */
import { compareVersions } from '../version.js';

/** `package (version) distributions; metadata` */
const heading = /^[a-zA-Z0-9][a-zA-Z0-9+.-]* \(([^()\s]+)\)(?: [^;]*)?;/;

/** The entries newer than `from`, up to `to`, as they stand; all up to `to` where nothing was installed. */
export function entriesBetween(text: string, from: string | null, to: string): string {
  const kept: string[] = [];
  let isWanted = false;
  for (const line of text.split('\n')) {
    const version = heading.exec(line)?.[1];
    // A rebuild (`+b1`) has no entry of its own version in the file of its source.
    if (version !== undefined) {
      if (from !== null && compareVersions(version, from) <= 0) break;
      isWanted = compareVersions(version, to) <= 0;
    }
    if (isWanted) kept.push(line);
  }
  return kept.join('\n').trim();
}
