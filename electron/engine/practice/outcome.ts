/** The verbs answer with outcomes; a walk through several of them ends at the first problem. */
import type { Outcome } from '../../../shared/errors.js';
import { Fault } from '../fault.js';

/** The value, or the problem as a fault. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Fault(outcome.problem.code, ...outcome.problem.details);
}
