/**
 * What a query answered, and whether it is being asked: so that every page shows loading, the value and a problem in the same
 * way. Of two answers the later question's counts, whichever comes first. A value stays while it is asked for anew.
 */
import type { Outcome, Problem } from '../../shared/errors.js';

export class Answer<T> {
  value: T | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  isAsking = $state(false);
  readonly #ask: () => Promise<Outcome<T>>;
  #question = 0;

  constructor(ask: () => Promise<Outcome<T>>) {
    this.#ask = ask;
  }

  async ask(): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    this.isAsking = true;
    const outcome = await this.#ask();
    if (question !== this.#question) return;
    this.isAsking = false;
    this.problem = outcome.ok ? null : outcome.problem;
    if (outcome.ok) this.value = outcome.value;
  }
}
