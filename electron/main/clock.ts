/**
 * Notices when time did not go by as usual: the machine slept, or its clock was set. Invariant: it tells only of jumps, in either
 * direction, and no jump is told twice.
 */
import type { PowerMonitor } from 'electron';

export interface Clocks {
  /** Wall clock, milliseconds since the epoch. */
  readonly wall: () => number;
  /** Milliseconds that only ever grow; they may stand still while the machine sleeps (CLOCK_MONOTONIC, clock_gettime(2)). */
  readonly steady: () => number;
}

const ours: Clocks = { wall: () => Date.now(), steady: () => performance.now() };

export interface ClockOptions {
  readonly power: Pick<PowerMonitor, 'on' | 'off'>;
  readonly onJump: () => void;
  readonly everyMs?: number;
  readonly clocks?: Clocks;
}

/** Milliseconds that both clocks may differ by between two looks. */
const toleranceMs = 30_000;

/** Answers how to stop. */
export function watchClock({ power, onJump, everyMs = 60_000, clocks = ours }: ClockOptions): () => void {
  let difference = clocks.wall() - clocks.steady();
  const look = (): void => {
    const now = clocks.wall() - clocks.steady();
    const jumped = Math.abs(now - difference) > toleranceMs;
    difference = now;
    if (jumped) onJump();
  };
  const resumed = (): void => {
    difference = clocks.wall() - clocks.steady();
    onJump();
  };
  power.on('resume', resumed);
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    power.off('resume', resumed);
  };
}
