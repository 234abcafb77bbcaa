/** What pacman's words about a failed fetch mean for the user. pacman has one exit code (1) for all of them. */
import { Fault } from '../../fault.js';
import { failureOf, lastLines, type RunResult } from '../../process/run.js';
import type { ErrorCode } from '../../../../shared/errors.js';

/** In order of weight: a wrong signature explains a failed commit, never the other way round. */
const meanings: readonly (readonly [ErrorCode, RegExp])[] = [
  ['NO_SPACE', /No space left on device|Disk quota exceeded|not enough free disk space/],
  ['BUSY_PACKAGES', /unable to lock database/],
  ['ARCHIVE_EXPIRED', /signature from ".*" is expired/],
  // A signature that is not there is no mishap of the network.
  ['ARCHIVE_UNTRUSTED', /failed retrieving file '[^']+\.sig' from .*(?:error: 404|Couldn't open file)/],
  [
    'ARCHIVE_UNTRUSTED',
    /PGP signature|GPGME error|missing required signature|signature from ".*" is|key ".*" is (?:unknown|disabled)|required key missing/,
  ],
  [
    'ARCHIVE_INCONSISTENT',
    /invalid or corrupted|Unrecognized archive format|\(checksum\)|failed retrieving file '[^']+\.pkg\.tar[^']*' from .*(?:error: 404|Couldn't open file)|expected download size exceeded/,
  ],
  [
    'ARCHIVE_UNREACHABLE',
    /failed retrieving file|failed to retrieve some files|failed to synchronize|no servers configured/,
  ],
];

/** The fault of a fetch that failed, with pacman's own words and so the archive concerned, or `undefined` after a success. */
export function fetchFault(argv: readonly string[], result: RunResult): Fault | undefined {
  const failure = failureOf(argv, result);
  if (!failure) return undefined;
  if (result.ended === 'timeout' || result.ended === 'idle')
    return new Fault('ARCHIVE_UNREACHABLE', 'no answer for a long time', ...complaints(result.stderr));
  if (result.ended !== 'exit') return failure;
  const said = complaints(result.stderr);
  const text = said.join('\n');
  const meaning = meanings.find(([, pattern]) => pattern.test(text));
  return meaning ? new Fault(meaning[0], ...said) : failure;
}

/** pacman's errors without doubles; at most twelve. */
export function complaints(text: string): string[] {
  const said = text.split('\n').flatMap((line) => /^error: (.+)$/.exec(line)?.[1] ?? []);
  return said.length > 0 ? [...new Set(said)].slice(0, 12) : lastLines(text, 5);
}
