/**
 * Where long work stands, computed from its events alone (their own times included), so that the bar and the plain lines say
 * the same. Phases nest: what is shown is the innermost one that is open.
 */
import type { Phase, ProgressEvent } from '../../../shared/progress.js';
import { digits, duration, size } from '../text/measure.js';
import { plain } from '../text/plain.js';

const phaseNames: Readonly<Record<Phase, string>> = {
  inspect: 'Looking at the machine',
  check: 'Checking',
  refresh: 'Fetching the index',
  resolve: 'Working out the changes',
  download: 'Downloading',
  clone: 'Cloning the system',
  rehearse: 'Rehearsing',
  verify: 'Verifying',
  compare: 'Comparing',
  prepare: 'Preparing the switch',
  switch: 'Switching',
  settle: 'Settling',
  clean: 'Cleaning up',
  practice: 'Practising',
};

interface Measure {
  readonly time: number;
  readonly done: number;
}

export interface PhaseState {
  readonly phase: Phase;
  readonly title: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly started: number;
  readonly text: string;
  readonly unit: ProgressEvent['unit'];
  readonly total: number | undefined;
  readonly first: Measure | undefined;
  readonly last: Measure | undefined;
}

export class Phases {
  #open: PhaseState[] = [];

  get current(): PhaseState | undefined {
    return this.#open.at(-1);
  }

  get depth(): number {
    return this.#open.length;
  }

  /** Takes the next event; answers with the phase that it ended, if it ended one. */
  take(event: ProgressEvent): PhaseState | undefined {
    const text = event.text === undefined ? '' : plain(event.text);
    switch (event.type) {
      case 'phase-started':
        this.#open.push({
          phase: event.phase,
          title: text === '' ? phaseNames[event.phase] : text,
          started: event.time,
          text: '',
          unit: undefined,
          total: undefined,
          first: undefined,
          last: undefined,
        });
        return undefined;
      case 'progress':
        this.#update(event, text);
        return undefined;
      case 'log':
        this.#replace(event.phase, (state) => ({ ...state, text }));
        return undefined;
      case 'phase-ended': {
        const place = this.#open.findLastIndex((state) => state.phase === event.phase);
        if (place < 0) return undefined;
        const ended = this.#open[place];
        // Whatever was still open inside it has ended with it.
        this.#open = this.#open.slice(0, place);
        return ended;
      }
    }
  }

  #update(event: ProgressEvent, text: string): void {
    const measure = event.done === undefined ? undefined : { time: event.time, done: event.done };
    this.#replace(event.phase, (state) => ({
      ...state,
      text: text === '' ? state.text : text,
      unit: event.unit ?? state.unit,
      total: event.total ?? (event.unit === 'percent' ? 100 : state.total),
      first: state.first ?? measure,
      last: measure ?? state.last,
    }));
  }

  #replace(phase: Phase, change: (state: PhaseState) => PhaseState): void {
    const place = this.#open.findLastIndex((state) => state.phase === phase);
    const state = this.#open[place];
    if (state) this.#open[place] = change(state);
  }
}

/** How much is done, 0 to 1; `undefined` where the total is not known. */
export function fraction({ last, total }: PhaseState): number | undefined {
  if (last === undefined || total === undefined || total <= 0) return undefined;
  return Math.min(1, Math.max(0, last.done / total));
}

/** Milliseconds and share of the whole that must have been seen before a time left is an honest word. */
const honestAfterMs = 3000;
const honestFrom = 0.05;

/** Seconds left, by the pace since the first measure (work that was resumed does not count); else `undefined`. */
export function secondsLeft({ first, last, total }: PhaseState): number | undefined {
  if (first === undefined || last === undefined || total === undefined || total <= 0) return undefined;
  const elapsed = last.time - first.time;
  const progressed = last.done - first.done;
  if (elapsed <= honestAfterMs || progressed / total <= honestFrom || last.done >= total) return undefined;
  return ((total - last.done) * elapsed) / progressed / 1000;
}

/** `45 %` where the total is known. */
export function percent(state: PhaseState): string | undefined {
  const share = fraction(state);
  return share === undefined ? undefined : `${Math.floor(share * 100)} %`;
}

/** `38.2 of 84.0 MB`, `3 of 15 packages`, `1,204 files`; empty for bare percentages and before the first measure. */
export function counted({ last, total, unit }: PhaseState): string {
  if (last === undefined || unit === 'percent') return '';
  const word = unit ?? 'steps';
  if (word === 'bytes') return total === undefined ? size(last.done) : `${size(last.done)} of ${size(total)}`;
  return total === undefined
    ? `${digits(last.done)} ${word}`
    : `${digits(last.done)} of ${digits(total)} ${word}`;
}

/** Rounded, because it is a guess: `about 12 s left`, `about 3 min left`. */
export function leftInWords(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  const step = seconds < 20 ? 1 : seconds < 90 ? 5 : 60;
  const rounded = Math.max(1, Math.ceil(seconds / step) * step);
  return `about ${rounded < 60 ? `${rounded} s` : duration(rounded)} left`;
}
