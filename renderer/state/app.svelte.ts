/**
 * What the app knows, as the pages see it. It renders the services' state and never invents one: after every call and on every
 * event the state is what was told last. Calls never throw: what a shell throws is a problem like any other.
 */
import type { AppApi, AppEvent, AppOperation, AppParams, AppResult, AppState } from '../../shared/app.js';
import type { CheckResult } from '../../shared/check.js';
import type { Outcome, Problem } from '../../shared/errors.js';
import type { Preferences } from '../../shared/preferences.js';
import type { ProgressEvent } from '../../shared/progress.js';
import { speak } from '../words/words.svelte.js';
import { Pace } from './pace.js';

export type Page = Extract<AppEvent, { kind: 'show' }>['page'];

/** Log lines that are kept of the run that goes on; the helper keeps more. */
const keptLines = 5_000;

export class App {
  /** Null until the services answered for the first time. */
  state: AppState | null = $state.raw(null);
  preferences: Preferences | null = $state.raw(null);
  /** The newest progress of the run that goes on, the log aside. */
  progress: ProgressEvent | null = $state.raw(null);
  /** Log lines of the run that goes on, as far as this window saw them; `log` has all of them. */
  lines: readonly string[] = $state.raw([]);
  /** Seconds until the phase of now ends, once that can be said honestly. */
  secondsLeft: number | null = $state.raw(null);
  /** Readiness checks of the `check` that goes on, in the order in which they finish. */
  checked: readonly CheckResult[] = $state.raw([]);
  /** False while the shell itself cannot be reached, which can happen in a browser. */
  isLinked = $state(true);

  readonly update = $derived(this.state?.update ?? { state: 'unknown' as const });
  readonly status = $derived(this.state?.status ?? null);
  readonly connection = $derived(this.state?.connection ?? { state: 'connecting' as const, problem: null });
  /** True where what alters the system can be asked for, though perhaps with a password. */
  readonly mayAlter = $derived(
    this.connection.state === 'connected' ||
      (this.state?.can.elevate === true && this.connection.state !== 'connecting'),
  );
  /** Counts the ends of runs: whoever shows records reads them anew when it changes. */
  readonly epoch = $derived(
    [
      this.state?.status?.last?.id,
      this.state?.status?.latest?.transaction,
      this.state?.status?.restorePoints.count,
      this.connection.state,
    ].join(' '),
  );

  readonly #api: AppApi;
  readonly #show: (page: Page) => void;
  #run: string | null = null;
  #pace = new Pace();

  /** `show` is called when the shell asks for a page, such as after a click in the tray. */
  constructor(api: AppApi, show: (page: Page) => void) {
    this.#api = api;
    this.#show = show;
  }

  /** Answers how to stop. */
  start(): () => void {
    const stop = this.#api.listen((event) => this.#take(event));
    void this.refresh();
    return stop;
  }

  async refresh(): Promise<void> {
    const [state, preferences] = await Promise.all([this.call('state', {}), this.call('preferences', {})]);
    if (state.ok) this.#takeState(state.value);
    if (preferences.ok) this.#takePreferences(preferences.value);
  }

  async call<N extends AppOperation>(name: N, params: AppParams<N>): Promise<Outcome<AppResult<N>>> {
    if (name === 'check') this.checked = [];
    try {
      const outcome = await this.#api.call(name, params);
      return isOutcome(outcome)
        ? outcome
        : { ok: false, problem: surprise('The answer has no known shape.') };
    } catch (error) {
      return { ok: false, problem: surprise(error instanceof Error ? error.message : String(error)) };
    }
  }

  /** As `call`, for what alters the system: asks for the right first where only looking is allowed yet. */
  async alter<N extends AppOperation>(name: N, params: AppParams<N>): Promise<Outcome<AppResult<N>>> {
    if (this.connection.state !== 'connected' && this.state?.can.elevate) {
      const connected = await this.connect();
      if (!connected.ok) return connected;
    }
    return this.call(name, params);
  }

  async connect(): Promise<Outcome<AppState>> {
    const outcome = await this.call('connect', {});
    if (outcome.ok) this.#takeState(outcome.value);
    return outcome;
  }

  async acknowledge(): Promise<Outcome<AppState>> {
    const outcome = await this.call('acknowledge', {});
    if (outcome.ok) this.#takeState(outcome.value);
    return outcome;
  }

  /** Stops the run that goes on; without one there is nothing to stop. */
  async cancel(): Promise<Outcome<unknown>> {
    const run = this.#run ?? this.status?.run?.id;
    return run === undefined ? { ok: true, value: {} } : this.call('cancel', { run });
  }

  async prefer(change: AppParams<'prefer'>['change']): Promise<Outcome<Preferences>> {
    const outcome = await this.call('prefer', { change });
    if (outcome.ok) this.#takePreferences(outcome.value);
    return outcome;
  }

  #take(event: AppEvent): void {
    switch (event.kind) {
      case 'state':
        this.#takeState(event.state);
        return;
      case 'progress':
        this.#takeProgress(event.run, event.event);
        return;
      case 'checked':
        this.checked = [...this.checked.filter(({ id }) => id !== event.result.id), event.result];
        return;
      case 'preferences':
        this.#takePreferences(event.preferences);
        return;
      case 'show':
        this.#show(event.page);
    }
  }

  #takeState(state: AppState): void {
    this.state = state;
    const run = 'run' in state.update ? state.update.run : (state.status?.run?.id ?? null);
    if (run !== this.#run) this.#beginRun(run);
    const progress = 'progress' in state.update ? state.update.progress : state.status?.run?.progress;
    // A log line in the snapshot is not what the run is doing; an older event says less than one that came since.
    if (progress && progress.type !== 'log' && progress.time >= (this.progress?.time ?? 0))
      this.#advance(progress);
  }

  #takeProgress(run: string, event: ProgressEvent): void {
    if (run !== this.#run) this.#beginRun(run);
    if (event.type !== 'log') {
      this.#advance(event);
      return;
    }
    const lines = (event.text ?? '').split('\n');
    this.lines = [...this.lines.slice(Math.max(0, this.lines.length + lines.length - keptLines)), ...lines];
  }

  #beginRun(run: string | null): void {
    this.#run = run;
    this.#pace = new Pace();
    this.progress = null;
    this.secondsLeft = null;
    if (run !== null) this.lines = [];
  }

  #advance(event: ProgressEvent): void {
    this.progress = event;
    this.secondsLeft = this.#pace.secondsLeft(event);
  }

  #takePreferences(preferences: Preferences): void {
    this.preferences = preferences;
    speak(preferences.language);
  }
}

function isOutcome(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'ok' in value && ('value' in value || 'problem' in value)
  );
}

/** What is not part of life: a shell that broke its contract. The sentence is the renderer's own, by the code. */
function surprise(detail: string): Problem {
  return { code: 'INTERNAL', sentence: '', hint: '', details: [detail] };
}
