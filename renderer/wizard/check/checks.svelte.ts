/** The readiness checks of one moment: run at once, shown as they finish. Of two runs the later one counts. */
import type { CheckReport, CheckResult } from '../../../shared/check.js';
import type { Problem } from '../../../shared/errors.js';
import type { Params } from '../../../shared/operations.js';
import type { App } from '../../state/app.svelte.js';

export const verdicts = ['block', 'warn', 'pass'] as const;
export type Verdict = (typeof verdicts)[number];

export class Checks {
  isRunning = $state(false);
  problem: Problem | null = $state.raw(null);
  #report: CheckReport | null = $state.raw(null);
  #round = 0;
  readonly #app: App;
  readonly #params: () => Params<'check'>;

  constructor(app: App, params: () => Params<'check'>) {
    this.#app = app;
    this.#params = params;
  }

  /** While they run, those that have finished. */
  readonly results: readonly CheckResult[] = $derived.by(() =>
    this.isRunning ? this.#app.checked : (this.#report?.checks ?? []),
  );
  /** Null until all have finished. */
  readonly verdict: Verdict | null = $derived.by(() =>
    this.isRunning ? null : (this.#report?.result ?? null),
  );

  with(verdict: Verdict): readonly CheckResult[] {
    return this.results.filter(({ result }) => result === verdict);
  }

  async run(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    this.isRunning = true;
    this.problem = null;
    const outcome = await this.#app.call('check', this.#params());
    if (round !== this.#round) return;
    this.isRunning = false;
    this.problem = outcome.ok ? null : outcome.problem;
    this.#report = outcome.ok ? outcome.value : null;
  }
}
