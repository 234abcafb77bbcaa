/**
 * Carries out a switch that was set for a moment, while this helper lives. The record says what is to be done and when, whoever wrote it;
 * it is looked at anew each time, so that neither a clock that is set nor a machine that slept matters. It was allowed when it was
 * set: nobody is asked again.
 */
import { activateAtHour, dueHour, resumeHour } from '../../engine/activate-at-hour.js';
import { scheduledHour } from '../../engine/records/schedule.js';
import { silent } from '../../engine/report.js';
import type { System } from '../../engine/system.js';
import type { Subject } from '../dispatch/subject.js';
import type { StatusKeeper } from '../status/status-keeper.js';
import type { Runs } from './runs.js';

export interface HourWatchOptions {
  readonly subject: Subject;
  readonly runs: Runs;
  readonly status: StatusKeeper;
  /** Called when this helper has to stay for it, or no longer has to. */
  readonly onChange: () => void;
}

export class HourWatch {
  /** Systemd starts a helper at the moment: this one need not stay. */
  #isSeenTo = false;
  #isBegun = false;
  #holds = false;

  constructor(private readonly options: HourWatchOptions) {}

  /** This helper has to live until the moment. */
  get holds(): boolean {
    return this.#holds;
  }

  /** To be called once what was interrupted is settled. */
  async begin(): Promise<void> {
    const system = this.#system();
    if (!system) return;
    try {
      this.#isSeenTo = await resumeHour(system, new Date());
    } catch {
      this.#isSeenTo = false; // the timer could not be set: then this helper stays
    }
    this.#isBegun = true;
    this.look();
  }

  /** To be called every few seconds. */
  look(): void {
    const system = this.#isBegun ? this.#system() : undefined;
    const hour = system && scheduledHour(system, new Date());
    const holds = hour !== undefined && !this.#isSeenTo;
    if (holds !== this.#holds) {
      this.#holds = holds;
      this.options.onChange();
    }
    if (system && hour && dueHour(system, new Date()) && !this.options.runs.current)
      this.#carryOut(hour.stage);
  }

  #carryOut(stage: string): void {
    const { runs, subject, status } = this.options;
    const uid = process.getuid?.() ?? 0;
    void runs.begin({ kind: 'activate', uid, subject: stage }, async (surroundings) => {
      const outcome = await activateAtHour(subject.open(surroundings));
      if (outcome.ok) status.notePending(undefined);
      return outcome;
    });
  }

  #system(): System | undefined {
    const { subject } = this.options;
    if (!subject.privileged || subject.problem()) return undefined;
    try {
      return subject.open({ report: silent, signal: never });
    } catch {
      return undefined;
    }
  }
}

const never = new AbortController().signal;
