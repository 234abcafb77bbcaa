/**
 * The memory of automatic staging: when it was last tried, when it last succeeded, and how often it failed since. It only says how
 * long to wait before the next attempt, so a record that cannot be read counts as none.
 */
import { z } from 'zod';
import { errorTexts, type Outcome } from '../../../shared/errors.js';
import type { Status } from '../../../shared/status.js';
import { join, type RawPath } from '../posix/raw-path.js';
import { makeStore, type System } from '../system.js';
import { readRecord, writeRecord } from './record-file.js';

const automaticSchema = z.strictObject({
  version: z.literal(1),
  lastAttempt: z.iso.datetime().nullable(),
  lastSuccess: z.iso.datetime().nullable(),
  /** In a row. */
  failures: z.int().min(0),
});
export type Automatic = Status['automatic'];

export function readAutomatic(system: Pick<System, 'store'>): Automatic {
  const record = readRecord(automaticFile(system), automaticSchema);
  if (!('found' in record)) return { lastAttempt: null, lastSuccess: null, failures: 0 };
  const { lastAttempt, lastSuccess, failures } = record.found;
  return { lastAttempt, lastSuccess, failures };
}

/** Notes how an automatic staging ended. That nothing was to be done is a success. */
export function noteAttempt(system: System, outcome: Outcome<unknown>, now = new Date()): void {
  makeStore(system);
  const before = readAutomatic(system);
  const time = now.toISOString();
  const ended = resultOf(outcome);
  writeRecord(automaticFile(system), {
    version: 1,
    lastAttempt: time,
    lastSuccess: ended === 'success' ? time : before.lastSuccess,
    failures: ended === 'success' ? 0 : before.failures + (ended === 'failure' ? 1 : 0),
  });
}

/** What someone else stopped, or had to come first, says nothing about the next attempt. */
function resultOf(outcome: Outcome<unknown>): 'success' | 'failure' | 'neither' {
  if (outcome.ok || outcome.problem.code === 'NOTHING_TO_DO') return 'success';
  const { code } = outcome.problem;
  const { exit } = errorTexts[code];
  return code === 'CANCELLED' || exit === 'busy' || exit === 'recovered' ? 'neither' : 'failure';
}

export function automaticFile(system: Pick<System, 'store'>): RawPath {
  return join(system.store, 'automatic.json');
}
