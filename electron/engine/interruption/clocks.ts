/**
 * How long a restart took. Within one start of the kernel its own clock tells; over a restart of the kernel only the clock of the wall goes on,
 * and that one may be set meanwhile, by people, by the network, or by an empty battery. What it says is believed where it agrees with what the new
 * kernel counted by itself.
 */

/** When the restart was asked for. */
export interface Asked {
  /** Milliseconds since the epoch. */
  readonly wall: number;
  /** Milliseconds, CLOCK_MONOTONIC of the kernel `boot`. */
  readonly monotonic: number;
  readonly boot: string;
}

/** When the default target was reached again, seen from a later moment. */
export interface Reached {
  /** CLOCK_MONOTONIC, milliseconds, when it was reached. */
  readonly target: number;
  /** Both clocks at the later moment. */
  readonly wall: number;
  readonly monotonic: number;
  readonly boot: string;
}

/** Milliseconds from the request to the start of the kernel at most: services that do not stop have 90 seconds, some of ours 15 minutes. */
const longestWay = 20 * 60_000;

/** Undefined where the clocks do not agree, or where the machine was off in between. */
export function secondsBetween(asked: Asked, reached: Reached): number | undefined {
  const took =
    asked.boot === reached.boot
      ? reached.target - asked.monotonic
      : reached.wall - (reached.monotonic - reached.target) - asked.wall;
  const least = asked.boot === reached.boot ? 0 : reached.target;
  return took > 0 && took >= least && took <= least + longestWay ? took / 1000 : undefined;
}
