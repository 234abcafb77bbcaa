/** Who may do what. Invariant: whoever is not plainly allowed is refused; no answer from polkit is a refusal. */
import type { Problem } from '../../../shared/errors.js';
import type { Action } from '../../../shared/operations.js';
import type { Peer } from '../server/peer.js';

export interface Question {
  readonly peer: Peer;
  readonly action: Action;
  /** Aborted when the client is gone: a question that nobody waits for is taken back. */
  readonly signal: AbortSignal;
}

export interface Authorisation {
  /** Whether this user may be connected at all. */
  admits(uid: number): boolean;
  /** `undefined`: allowed. */
  ask(question: Question): Promise<Problem | undefined>;
}
