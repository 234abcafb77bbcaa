/**
 * How long the phase of now still takes. It says nothing until it can be honest: some seconds and some share of the work must
 * have passed, and the total must be known. A clock that jumps backwards begins the observation anew.
 */
import type { ProgressEvent } from '../../shared/progress.js';

const leastSeconds = 3;
const leastShare = 0.05;

export class Pace {
  #phase: string | null = null;
  #started = 0;
  #from = 0;

  /** Null as long as it is not known. */
  secondsLeft(event: ProgressEvent): number | null {
    const { phase, time, done, total } = event;
    if (event.type !== 'progress' || phase !== this.#phase || time < this.#started) {
      this.#phase = phase;
      this.#started = time;
      this.#from = done ?? 0;
      return null;
    }
    if (done === undefined || total === undefined || total <= 0) return null;
    const seconds = (time - this.#started) / 1000;
    const worked = done - this.#from;
    if (seconds < leastSeconds || worked / total < leastShare) return null;
    return Math.max(0, ((total - done) / worked) * seconds);
  }
}
