/**
 * The client's side of the helper: one connection, from hello to its end. It never starts a helper and never reconnects: that
 * is the business of the services. Every request is answered exactly once, if only with `HELPER_LOST`.
 */
import type { CheckResult } from '../../../shared/check.js';
import type { Outcome, Problem } from '../../../shared/errors.js';
import type { Params, Result, Verb } from '../../../shared/operations.js';
import type { HelperEvent } from '../../../shared/protocol.js';

export interface CallOptions {
  /** Called for every readiness check of a `check`, as it finishes. */
  readonly onChecked?: (result: CheckResult) => void;
}

export interface HelperClient {
  /** Of the helper that answers. */
  readonly version: string;
  /** User id of the process that listens on the socket, as the kernel says. */
  readonly uid: number;
  call<V extends Verb>(verb: V, params: Params<V>, options?: CallOptions): Promise<Outcome<Result<V>>>;
  /** Events from now on; the first one is the status of this moment. */
  subscribe(listener: (event: HelperEvent) => void): void;
  /** Resolves when the connection is over, with the reason; never rejects. */
  readonly closed: Promise<Problem>;
  close(): void;
}

export interface ConnectOptions {
  /** Path of the socket. */
  readonly path: string;
  /** Who may answer: root alone, or also this user (a practice system, or a helper that only reads). */
  readonly trust: 'root' | 'root-or-self';
  /** Milliseconds without any sign of life, while an answer is due, after which the helper counts as silent. */
  readonly silenceMs?: number;
}
