/**
 * A record that is named by something which may change, such as the plan of now: asked for when its name is known, never shown
 * under another name. Asked anew, it keeps its value until the new one is there.
 */
import { untrack } from 'svelte';
import type { Outcome, Problem } from '../../shared/errors.js';
import { Answer } from '../state/answer.svelte.js';

export class Keyed<T> {
  #answer: Answer<T> | null = $state.raw(null);

  /**
   * `key`: null while it is not known what to ask for. `epoch`: ask again when it changes. For use while a component is being
   * made.
   */
  constructor(key: () => string | null, epoch: () => string, ask: (key: string) => Promise<Outcome<T>>) {
    // Derived, so that only another text counts: the state that they are read from is a new object at every event.
    const now = $derived(key());
    const when = $derived(epoch());
    $effect(() => {
      const named = now;
      untrack(() => {
        this.#answer = named === null ? null : new Answer(() => ask(named));
      });
    });
    $effect(() => {
      const answer = this.#answer;
      if (when !== '') untrack(() => void answer?.ask());
    });
  }

  get value(): T | null {
    return this.#answer?.value ?? null;
  }

  get problem(): Problem | null {
    return this.#answer?.problem ?? null;
  }

  get isAsking(): boolean {
    return this.#answer?.isAsking ?? false;
  }

  /** What an operation answered with is newer than any question. */
  take(value: T): void {
    if (this.#answer) this.#answer.value = value;
  }

  async ask(): Promise<void> {
    await this.#answer?.ask();
  }
}
