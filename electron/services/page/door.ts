/**
 * The door between one page and the app, the same in every shell. Invariant: whatever the page asks, and however often, it gets an
 * outcome: what fails unexpectedly is told like any other problem, and no more than so many requests wait at once.
 */
import { problem, type Outcome } from '../../../shared/errors.js';

/** Asks for an operation by any name with any parameters; the app reads both by the contract. */
export type Ask = (name: unknown, params: unknown) => Promise<Outcome<unknown>>;

/** Requests of one page that may wait for their answers; the app itself needs a handful. */
const mostWaiting = 64;

export function doorOf(ask: Ask): Ask {
  let waiting = 0;
  return async (name, params) => {
    if (waiting >= mostWaiting) return { ok: false, problem: problem('HELPER_CROWDED') };
    waiting += 1;
    try {
      return await ask(name, params);
    } catch (error) {
      return {
        ok: false,
        problem: problem('INTERNAL', error instanceof Error ? error.message : String(error)),
      };
    } finally {
      waiting -= 1;
    }
  };
}
