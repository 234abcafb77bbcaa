/** Watches for a state of the update: a run answers only when it has ended, but that it has begun is told by the state. */
import type { Outcome } from '../../shared/errors.js';
import type { UpdateStateName } from '../../shared/state.js';
import type { App } from './app.svelte.js';

/** Asks for a run, and answers null as soon as the state says that it has begun, or what came of it before that. */
export async function untilBegun(
  app: App,
  state: UpdateStateName,
  ask: () => Promise<Outcome<unknown>>,
): Promise<Outcome<unknown> | null> {
  let stop = (): void => undefined;
  const begun = new Promise<null>((resolve) => {
    stop = $effect.root(() => {
      $effect(() => {
        if (app.update.state === state) resolve(null);
      });
    });
  });
  try {
    return await Promise.race([ask(), begun]);
  } finally {
    stop();
  }
}
