/**
 * Work that only reads: any of it at a time, beside a run. It ends with who asked for it, and with the helper, and so does every process that it
 * started: none is left behind.
 */
import { problem, type Outcome } from '../../../shared/errors.js';

export class Queries {
  readonly #underway = new Map<Promise<unknown>, AbortController>();
  #closed = false;

  /** `gone`: aborted when nobody waits any more; without it only the helper's end ends it. Answers `HELPER_STOPPING` where that cut it. */
  begin<T>(
    gone: AbortSignal | undefined,
    body: (signal: AbortSignal) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    if (this.#closed) return Promise.resolve(stopping);
    const stop = new AbortController();
    const onGone = (): void => stop.abort();
    if (gone?.aborted) stop.abort();
    gone?.addEventListener('abort', onGone);
    const answer = body(stop.signal)
      .then((outcome) => (!outcome.ok && this.#closed ? stopping : outcome))
      .finally(() => {
        gone?.removeEventListener('abort', onGone);
        this.#underway.delete(answer);
      });
    this.#underway.set(answer, stop);
    return answer;
  }

  /** Takes nothing new, stops what is underway, and waits until it has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#underway.values()) stop.abort();
    await Promise.allSettled(this.#underway.keys());
  }
}

const stopping: Outcome<never> = { ok: false, problem: problem('HELPER_STOPPING') };
