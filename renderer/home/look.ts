/** Home's "Look for updates": begins the look at once, and leads to the step that shows what is found. */
import type { Outcome } from '../../shared/errors.js';
import type { App } from '../state/app.svelte.js';
import { untilBegun } from '../state/begun.svelte.js';
import { router } from '../state/router.svelte.js';

/** Until it has begun or was refused; what comes of it is told by the state. Who may only look at things is led there alone. */
export async function lookForUpdates(app: App): Promise<Outcome<unknown>> {
  if (app.mayAlter) {
    const ask = () => app.alter('plan', { scope: 'all', selected: [] });
    const early = await untilBegun(app, 'planning', ask);
    if (early !== null && !early.ok) return early;
  }
  router.go('wizard', 'choose');
  return { ok: true, value: {} };
}
