/** Keeps long loops of system calls polite: lets timers and signals in, and stops when the work is cancelled. */
import { Fault } from '../fault.js';

const longestTurnMs = 20;

/** A function to await once per item. Throws `CANCELLED`. */
export function pace(signal: AbortSignal): () => Promise<void> {
  let turn = performance.now();
  return async () => {
    if (signal.aborted) throw new Fault('CANCELLED');
    if (performance.now() - turn < longestTurnMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now();
  };
}
