/** One question to a person at a terminal, answered with a line. Anything but a clear yes is a no. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/**
 * Waits for one line of `input`. A closed input and an abort count as no. The terminal stays in its ordinary mode, so
 * that Ctrl+C arrives as the signal it is everywhere else.
 */
export function answeredYes(input: Readable, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  const reader = createInterface({ input, terminal: false });
  return new Promise((resolve) => {
    const settle = (yes: boolean): void => {
      signal.removeEventListener('abort', abort);
      // Before closing: "close" is told at once, and only the first answer counts.
      resolve(yes);
      reader.close();
    };
    const abort = (): void => settle(false);
    signal.addEventListener('abort', abort, { once: true });
    reader.once('line', (line) => settle(/^\s*y(es)?\s*$/i.test(line)));
    reader.once('close', () => settle(false));
  });
}
