/**
 * The way through the steps: where one is, the records that the steps show, and what their buttons do. Nothing about the update is
 * remembered here that the helper does not know, but for what was chosen and not yet asked for. A run answers only when it has
 * ended, minutes later; the steps follow the state, and what begins is known as begun when the state says so.
 */
import type { Review } from '../../shared/changeset.js';
import type { Decision } from '../../shared/decision.js';
import type { Outcome, Problem } from '../../shared/errors.js';
import type { Activated } from '../../shared/history.js';
import type { Machine } from '../../shared/machine.js';
import type { Params } from '../../shared/operations.js';
import type { Activation, Plan } from '../../shared/plan.js';
import type { RunKind } from '../../shared/run.js';
import type { UpdateStateName } from '../../shared/state.js';
import type { App } from '../state/app.svelte.js';
import { router } from '../state/router.svelte.js';
import { Choice } from './choose/choice.svelte.js';
import { idsOf } from './choose/update-rows.js';
import { Keyed } from './keyed.svelte.js';
import { planOf, stageOf } from './subjects.js';
import { isInterlude, positionOf, stepAt, type Step } from './steps.js';
import { untilBegun } from '../state/begun.svelte.js';

/** Something that was asked for and did not begin, or did not succeed. */
export interface Trouble {
  readonly problem: Problem;
  /** The run that it happened in; null where none began. */
  readonly during: RunKind | null;
  /** What was asked for, to ask for it again. */
  readonly again: (() => Promise<Outcome<unknown>>) | null;
}

/** Stopping is no trouble: the step says that it was stopped. */
const quiet = ['CANCELLED'];

export class Journey {
  readonly app: App;
  readonly choice: Choice;
  readonly machine: Keyed<Machine>;
  readonly plan: Keyed<Plan>;
  readonly review: Keyed<Review>;

  /** What the switch answered, for as long as this window knows. */
  activated: Activated | null = $state.raw(null);
  /** The last look for updates found none. */
  foundNothing = $state(false);
  #refusal: Trouble | null = $state.raw(null);

  readonly #wanted: () => string | null;

  /** `wanted` is what the address asks for. For use while a component is being made. */
  constructor(app: App, wanted: () => string | null) {
    this.app = app;
    this.#wanted = wanted;
    const epoch = () => (app.connection.state === 'connecting' ? '' : app.epoch);
    const stage = () => stageOf(app.update, app.status);
    this.machine = new Keyed(
      () => 'machine',
      epoch,
      () => app.call('inspect', {}),
    );
    this.plan = new Keyed(
      () => planOf(app.update, app.status),
      epoch,
      (plan) => app.call('planned', { plan }),
    );
    this.review = new Keyed(stage, epoch, (id) => app.call('review', { stage: id }));
    this.choice = new Choice(() => this.plan.value);
  }

  readonly position = $derived.by(() => positionOf(this.app.update, this.app.status?.last?.kind ?? null));
  readonly step: Step = $derived.by(() => stepAt(this.position, this.#wanted()));
  readonly isInterlude = $derived.by(() => isInterlude(this.app.update));
  /** Something goes on: nothing else can begin. */
  readonly isRunning = $derived.by(() => 'run' in this.app.update || (this.app.status?.run ?? null) !== null);

  /** What stands in the way, from the state where it says so. */
  readonly trouble = $derived.by((): Trouble | null => {
    const { update, status } = this.app;
    if (update.state === 'failed')
      return { problem: update.problem, during: update.during, again: this.#againFor(update.during) };
    if (update.state === 'blocked') {
      const during = status?.last?.kind ?? 'stage';
      return { problem: update.problem, during, again: this.#againFor(during) };
    }
    return this.#refusal;
  });

  /** Ids of all updates that wait. */
  readonly #waiting = $derived.by(() => [...idsOf(this.machine.value?.pendingUpdates ?? []).values()]);
  /** The plan of now, if it is for what is chosen. */
  readonly planForChoice = $derived.by(() => {
    const plan = this.plan.value;
    return plan && this.choice.isPlannedBy(plan, this.#waiting) ? plan : null;
  });

  go(step: Step): void {
    this.#refusal = null;
    router.go('wizard', step);
  }

  /** Works out what the choice brings, and leads to `then` when it is known. */
  look(then: Step): Promise<Outcome<unknown>> {
    const { scope } = this.choice;
    const selected = scope === 'selected' ? this.choice.selectedOf(this.#waiting) : [];
    return this.#attempt('plan', () => this.#look({ scope, selected }, then));
  }

  /** The same as before, with what the archive offers now. */
  lookAgain(then: Step): Promise<Outcome<unknown>> {
    const { scope, selected } = this.plan.value ?? { scope: this.choice.scope, selected: [] };
    return this.#attempt('plan', () => this.#look({ scope, selected }, then));
  }

  /** Begins the rehearsal of the plan of now. */
  rehearse(): Promise<Outcome<unknown>> {
    const plan = planOf(this.app.update, this.app.status);
    return this.#begin('stage', 'staging', 'rehearse', () =>
      this.app.alter('stage', plan === null ? {} : { plan }),
    );
  }

  /** Rehearses anew, from the system and the archive as they are now. */
  rehearseAnew(): Promise<Outcome<unknown>> {
    const { scope, selected } = this.plan.value ??
      this.review.value?.plan ?? { scope: 'all' as const, selected: [] };
    return this.#begin('stage', 'staging', 'rehearse', () => this.app.alter('stage', { scope, selected }));
  }

  decide(stage: string, decisions: Decision[]): Promise<Outcome<unknown>> {
    return this.#attempt('decide', async () => {
      const outcome = await this.app.alter('decide', { stage, decisions });
      if (outcome.ok) this.review.take(outcome.value);
      return outcome;
    });
  }

  /** `how`: by default what the plan chose. `at`: not now but then. */
  activate(stage: string, how?: Activation, at?: string): Promise<Outcome<unknown>> {
    const params: Params<'activate'> = {
      stage,
      ...(how === undefined ? {} : { how }),
      ...(at === undefined ? {} : { at }),
    };
    return this.#begin('activate', 'switching', null, async () => {
      const outcome = await this.app.alter('activate', params);
      if (outcome.ok) this.activated = outcome.value;
      return outcome;
    });
  }

  /** A switch that was set for later is not wanted any more. */
  unschedule(): Promise<Outcome<unknown>> {
    return this.#attempt('unschedule', () => this.app.alter('unschedule', {}));
  }

  cancel(): Promise<Outcome<unknown>> {
    return this.app.cancel();
  }

  /** It was seen; Home says what is next. */
  async finish(): Promise<Outcome<unknown>> {
    const outcome = await this.app.acknowledge();
    if (outcome.ok) router.go('home');
    return outcome;
  }

  async dismiss(): Promise<Outcome<unknown>> {
    if (this.#refusal && this.trouble === this.#refusal) {
      this.#refusal = null;
      return { ok: true, value: {} };
    }
    return this.app.acknowledge();
  }

  /** What a step asked for by itself and did not get. */
  refuse(problem: Problem, during: RunKind | null, again: Trouble['again']): void {
    if (quiet.includes(problem.code)) return;
    this.#refusal = { problem, during, again };
  }

  #againFor(during: RunKind): Trouble['again'] {
    if (during === 'plan') return () => this.lookAgain('choose');
    return during === 'stage' ? () => this.rehearseAnew() : null;
  }

  async #look(params: Params<'plan'>, then: Step): Promise<Outcome<unknown>> {
    this.foundNothing = false;
    // At once: an address that names no step would lead elsewhere as soon as there is a plan.
    if (then === 'choose') this.go(then);
    const outcome = await this.app.alter('plan', params);
    if (!outcome.ok) return outcome;
    if (outcome.value.changes.length === 0) this.foundNothing = true;
    else if (router.place.page === 'wizard') this.go(then);
    return outcome;
  }

  /** Until the run has begun or was refused; what comes of it later is told by the state. */
  async #begin(
    during: RunKind,
    state: UpdateStateName,
    step: Step | null,
    ask: () => Promise<Outcome<unknown>>,
  ): Promise<Outcome<unknown>> {
    const early = await untilBegun(this.app, state, () => this.#attempt(during, ask));
    if (early !== null) return early;
    if (step !== null && router.place.page === 'wizard') this.go(step);
    return { ok: true, value: {} };
  }

  async #attempt(during: RunKind, ask: () => Promise<Outcome<unknown>>): Promise<Outcome<unknown>> {
    this.#refusal = null;
    const outcome = await ask();
    if (!outcome.ok)
      this.refuse(outcome.problem, during === 'decide' || during === 'unschedule' ? during : null, () =>
        this.#attempt(during, ask),
      );
    return outcome;
  }
}
