/** Watches for a state of the update: a run answers only when it has ended, but that it has begun is told by the state. */
import type { UpdateStateName } from '../../shared/state.js';
import type { App } from './app.svelte.js';

export interface Beginning {
  /** Null, to tell it from an outcome; it never comes where the state never comes. */
  readonly isSo: Promise<null>;
  stop(): void;
}

export function begun(app: App, state: UpdateStateName): Beginning {
  let stop = (): void => undefined;
  const isSo = new Promise<null>((resolve) => {
    stop = $effect.root(() => {
      $effect(() => {
        if (app.update.state === state) resolve(null);
      });
    });
  });
  return { isSo, stop };
}
