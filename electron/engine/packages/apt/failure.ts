/** What apt's words about a failed fetch mean for the user. apt has one exit code (100) for all of them. */
import { Fault } from '../../fault.js';
import { failureOf, lastLines, type RunResult } from '../../process/run.js';
import type { ErrorCode } from '../../../../shared/errors.js';

/** In order of weight: a wrong signature explains a missing file, never the other way round. */
const meanings: readonly (readonly [ErrorCode, RegExp])[] = [
  ['NO_SPACE', /No space left on device|enough free space|Disk quota exceeded|Write error - write \(28/],
  // Something answers that is no archive at all, such as the login page of a hotel's network.
  ['ARCHIVE_UNREACHABLE', /NOSPLIT/],
  ['BUSY_PACKAGES', /Could not get lock|Unable to lock/],
  [
    'ARCHIVE_UNTRUSTED',
    /NO_PUBKEY|BADSIG|REVKEYSIG|EXPKEYSIG|KEYEXPIRED|EXPSIG|NODATA|GPG error|OpenPGP signature|is not signed|no longer signed|signatures? (?:was|were) invalid|insufficiently signed|could(?:n't| not) be verified|cannot be authenticated|unauthenticated/i,
  ],
  ['ARCHIVE_EXPIRED', /Release file for .* is (?:expired|not valid yet)/],
  [
    'ARCHIVE_INCONSISTENT',
    /Hash Sum mismatch|unexpected size|Mirror sync in progress|Unable to find expected entry|Unable to parse package file|(?:\.deb|\/Packages\S*) +404|Encountered a section with no Package|doesn't provide any Release file hash/i,
  ],
  [
    'ARCHIVE_UNREACHABLE',
    /Failed to fetch|Unable to fetch|does not have a Release file|no longer has a Release file|Could not (?:connect|resolve)|Some index files failed|were not downloaded|Unable to connect/,
  ],
];

/** The fault of a fetch that failed, with apt's own words and so the source concerned, or `undefined` after a success. */
export function fetchFault(argv: readonly string[], result: RunResult): Fault | undefined {
  const failure = failureOf(argv, result);
  if (!failure) return undefined;
  if (result.ended === 'timeout' || result.ended === 'idle') {
    return new Fault('ARCHIVE_UNREACHABLE', 'no answer for a long time', ...complaints(result));
  }
  if (result.ended !== 'exit') return failure;
  const said = complaints(result);
  const text = said.join('\n');
  const meaning = meanings.find(([, pattern]) => pattern.test(text));
  return meaning ? new Fault(meaning[0], ...said) : failure;
}

/** apt's errors, then its warnings, each with the lines that continue it, without doubles; at most twelve. */
export function complaints(result: RunResult): string[] {
  const found: { readonly error: boolean; text: string }[] = [];
  let open: { text: string } | undefined;
  for (const line of result.stderr.split('\n')) {
    const start = /^([EW]): (.*)/.exec(line);
    if (start) {
      const complaint = { error: start[1] === 'E', text: start[2] ?? '' };
      found.push(complaint);
      open = complaint;
    } else if (open && line.startsWith(' ') && line.trim() !== '') {
      open.text += `\n${line.trim()}`;
    } else {
      open = undefined;
    }
  }
  const general =
    /^(?:Some index files failed to download|Unable to fetch some archives|Updating from such a repository)/;
  const special = found.filter(({ text }) => !general.test(text));
  const ordered = [...special.filter(({ error }) => error), ...special.filter(({ error }) => !error)];
  const texts = [...new Set(ordered.map(({ text }) => text.replaceAll('\n', ' ').trim()))];
  return texts.length > 0 ? texts.slice(0, 12) : lastLines(result.stderr, 5);
}
