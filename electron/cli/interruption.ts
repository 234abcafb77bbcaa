/**
 * Ctrl+C, a polite kill and a closed terminal. The first one asks the engine to stop, which leaves everything clean; the
 * second one ends the process at once, and the next start recovers. Invariant: the handlers are gone after `end`.
 */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `npm` and `sudo` pass on a Ctrl+C that the terminal has sent already; such an echo is no second wish. */
const echoMs = 250;

export interface Interruption {
  readonly signal: AbortSignal;
  end(): void;
}

/** `onFirst` tells the user; `onSecond` ends the process with 128 + the signal's number, as shells count. */
export function interruption(onFirst: () => void, onSecond: (exitCode: number) => void): Interruption {
  const controller = new AbortController();
  let first = 0;
  const handler = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (performance.now() - first >= echoMs) onSecond(128 + constants.signals[name]);
      return;
    }
    first = performance.now();
    onFirst();
    controller.abort();
  };
  for (const name of signals) process.on(name, handler);
  return {
    signal: controller.signal,
    end() {
      for (const name of signals) process.off(name, handler);
    },
  };
}
