/** Records that a page shows: read when it opens, and again whenever a run has ended or the connection has changed. */
import { untrack } from 'svelte';
import type { Outcome } from '../../shared/errors.js';
import { Answer } from './answer.svelte.js';
import type { App } from './app.svelte.js';

/** For use while a component is being made. */
export function following<T>(app: App, ask: () => Promise<Outcome<T>>): Answer<T> {
  const answer = new Answer(ask);
  // Derived, so that only a change of it counts: the state that it is read from is a new object at every event.
  const when = $derived(app.connection.state === 'connecting' ? '' : app.epoch);
  $effect(() => {
    if (when !== '') untrack(() => void answer.ask());
  });
  return answer;
}
