/**
 * The one piece of exclusive work that goes on at a time. It belongs to the helper, not to who asked for it: it outlives its client,
 * and every client may watch it.
 */
import { randomBytes } from 'node:crypto';
import { problem, type Outcome, type Problem } from '../../../shared/errors.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import type { EndedRun, Run, RunKind } from '../../../shared/run.js';
import { outcomeOf } from '../../engine/fault.js';
import { reporter, type Reporter } from '../../engine/report.js';
import { inhibitShutdown, type Inhibition } from './inhibit.js';
import { RunLogKeeper } from './run-log.js';

export interface RunRequest {
  readonly kind: RunKind;
  readonly uid: number;
  readonly subject?: string | undefined;
}

export interface RunContext {
  readonly report: Reporter;
  readonly signal: AbortSignal;
}

export interface RunsOptions {
  /** Called when the run of this moment, or the last one, is another or has another face. */
  readonly onChange: () => void;
  readonly onProgress: (run: string, event: ProgressEvent) => void;
  /** Whether shutdown and sleep are to be held off during switches: not for a system that is only for practice. */
  readonly inhibit: boolean;
}

/** What must not be cut by a shutdown that somebody asks for meanwhile. (A power cut does no harm, but costs a recovery.) */
const uncut: ReadonlySet<RunKind> = new Set(['activate', 'rollback', 'recover']);

export class Runs {
  readonly log = new RunLogKeeper();
  #current: { run: Run; readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined;
  #last: EndedRun | null = null;
  #closed = false;

  constructor(private readonly options: RunsOptions) {}

  get current(): Run | null {
    return this.#current?.run ?? null;
  }

  get last(): EndedRun | null {
    return this.#last;
  }

  /** Answers `BUSY_UNDERSTUDY` with who is at work when something is going on already. */
  begin<T>(request: RunRequest, body: (context: RunContext) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    if (this.#closed) return refused(problem('HELPER_STOPPING'));
    if (this.#current) return refused(busy(this.#current.run));
    const { kind, uid, subject } = request;
    const run: Run = {
      id: `run-${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`,
      kind,
      started: new Date().toISOString(),
      uid,
      cancelling: false,
      subject: subject ?? null,
      progress: null,
      inhibiting: false,
    };
    const stop = new AbortController();
    this.log.begin(run.id);
    // In a later turn, so that `#current` is set before anything of it is reported.
    const ended = Promise.resolve().then(() => this.#carryOut(run, stop.signal, body));
    this.#current = { run, stop, ended };
    this.options.onChange();
    return ended;
  }

  /** Stops the run as soon as it can be stopped cleanly. */
  cancel(id: string): Problem | undefined {
    if (this.#current?.run.id !== id) return problem('RUN_UNKNOWN', id);
    this.#current.stop.abort();
    this.#update({ cancelling: true });
    return undefined;
  }

  /** Takes nothing new, asks what runs to stop, and waits until it has. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#current?.stop.abort();
    await this.#current?.ended;
  }

  async #carryOut<T>(
    { id, kind, subject, started }: Run,
    signal: AbortSignal,
    body: (context: RunContext) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const report = reporter((event) => this.#progress(id, event));
    const inhibition = await this.#inhibit(kind, report);
    const answered = await outcomeOf(() => body({ report, signal }));
    inhibition?.release();
    const outcome = answered.ok ? answered.value : answered;
    this.#last = {
      id,
      kind,
      subject,
      started,
      ended: new Date().toISOString(),
      problem: outcome.ok ? null : outcome.problem,
    };
    this.#current = undefined;
    this.options.onChange();
    return outcome;
  }

  async #inhibit(kind: RunKind, report: Reporter): Promise<Inhibition | undefined> {
    if (!this.options.inhibit || !uncut.has(kind)) return undefined;
    const inhibition = await inhibitShutdown('The system is being switched');
    if (inhibition.held) this.#update({ inhibiting: true });
    else report.log('prepare', `Shutdown and sleep could not be held off: ${inhibition.reason}.`);
    return inhibition;
  }

  #progress(id: string, event: ProgressEvent): void {
    if (event.type === 'log') this.log.add(event.text ?? '');
    else if (this.#current) {
      const before = this.#current.run.progress;
      this.#current.run = { ...this.#current.run, progress: event };
      if (before?.phase !== event.phase) this.options.onChange();
    }
    this.options.onProgress(id, event);
  }

  #update(change: Partial<Run>): void {
    if (!this.#current) return;
    this.#current.run = { ...this.#current.run, ...change };
    this.options.onChange();
  }
}

function busy({ kind, started, uid }: Run): Problem {
  return problem('BUSY_UNDERSTUDY', `"${kind}" since ${started}, asked for by user ${uid}`);
}

function refused<T>(answer: Problem): Promise<Outcome<T>> {
  return Promise.resolve({ ok: false, problem: answer });
}
