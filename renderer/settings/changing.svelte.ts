/**
 * The system's settings as the page shows them: what the services said last. A change is shown when it was made, and a refusal stays
 * in sight until the next attempt.
 */
import type { Outcome, Problem } from '../../shared/errors.js';
import type { SettingsChange, SystemSettings } from '../../shared/settings.js';
import type { App } from '../state/app.svelte.js';
import { following } from '../state/follow.svelte.js';
import type { Answer } from '../state/answer.svelte.js';

export class Changing {
  readonly answer: Answer<SystemSettings>;
  refusal: Problem | null = $state.raw(null);
  isChanging = $state(false);
  readonly #app: App;

  /** For use while a component is being made. */
  constructor(app: App) {
    this.#app = app;
    this.answer = following(app, () => app.call('settings', {}));
  }

  get settings(): SystemSettings | null {
    return this.answer.value;
  }

  async change(settings: SettingsChange): Promise<Outcome<SystemSettings>> {
    this.isChanging = true;
    this.refusal = null;
    const outcome = await this.#app.alter('change', { settings });
    this.isChanging = false;
    if (outcome.ok) this.answer.value = outcome.value;
    else this.refusal = outcome.problem;
    return outcome;
  }
}
