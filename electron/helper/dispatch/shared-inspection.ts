/**
 * One look at the machine for all who ask meanwhile: it takes seconds, and says the same to each of them. So it does not end with the client that
 * asked first, but it ends with the helper, and so does what it started.
 */
import { problem, type Outcome } from '../../../shared/errors.js';
import type { Machine } from '../../../shared/machine.js';

export class SharedInspection {
  readonly #ending = new AbortController();
  #current: Promise<Outcome<Machine>> | undefined;

  /** `look` is called where nobody looks already. */
  join(look: (ending: AbortSignal) => Promise<Outcome<Machine>>): Promise<Outcome<Machine>> {
    const { signal } = this.#ending;
    if (signal.aborted) return Promise.resolve(stopping);
    this.#current ??= look(signal)
      .then((outcome) => (signal.aborted ? stopping : outcome))
      .finally(() => (this.#current = undefined));
    return this.#current;
  }

  /** Stops it, and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled([this.#current]);
  }
}

const stopping: Outcome<never> = { ok: false, problem: problem('HELPER_STOPPING') };
