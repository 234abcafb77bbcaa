import type { Outcome } from '../../shared/errors.js';

/** What a verb answered; it fails the test where that is a problem. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}
