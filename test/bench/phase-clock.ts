/** How long each phase of a verb took, by the progress events that it sent. Seconds. */
import type { Phase, ProgressEvent } from '../../shared/progress.js';

export class PhaseClock {
  readonly seconds = new Map<Phase, number>();
  readonly #started = new Map<Phase, number>();

  readonly sink = (event: ProgressEvent): void => {
    if (event.type === 'phase-started') this.#started.set(event.phase, performance.now());
    if (event.type !== 'phase-ended') return;
    const started = this.#started.get(event.phase);
    if (started === undefined) return;
    this.#started.delete(event.phase);
    this.seconds.set(event.phase, this.of(event.phase) + (performance.now() - started) / 1000);
  };

  of(phase: Phase): number {
    return this.seconds.get(phase) ?? 0;
  }
}
