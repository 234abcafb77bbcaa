/**
 * The command line as a program of its own, with an engine that only plays long work: for tests that need a real
 * terminal or a real signal. What it plays is named in the environment variable `PLAY`.
 */
import { main } from '../../../electron/cli/main.js';
import type { EngineVerbs } from '../../../electron/cli/engine.js';
import { bad, doubleEngine, good } from '../../unit/cli/double.js';
import * as values from '../../unit/cli/values.js';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const aborted = (signal: AbortSignal) =>
  new Promise((resolve) => {
    // A listener alone keeps no process alive, as real work would.
    const work = setInterval(() => undefined, 1000);
    signal.addEventListener('abort', () => {
      clearInterval(work);
      resolve(undefined);
    });
  });

const plays: Record<string, Partial<EngineVerbs>> = {
  work: {
    stage: async ({ report }) => {
      await report.phase('download', 'Downloading packages', async (step) => {
        for (let done = 1; done <= 5; done += 1) {
          await pause(220);
          step({ done: done * 10e6, total: 50e6, unit: 'bytes', text: `part ${done}\u001b[2J` });
        }
      });
      return good(values.staged);
    },
  },
  polite: {
    stage: async ({ report, signal }) => {
      await report.phase('clone', 'Waiting to be cancelled', () => aborted(signal));
      return bad('CANCELLED');
    },
  },
  // Waits for what can never come, with nothing left that could keep Node alive.
  abandoned: { stage: () => new Promise(() => undefined) },
  stubborn: {
    stage: async ({ report, signal }) => {
      await report.phase('clone', 'Waiting to be cancelled', async () => {
        await aborted(signal);
        await pause(400);
        await report.phase('clean', 'Taking its time', () => pause(60_000));
      });
      return bad('CANCELLED');
    },
  },
};

process.exit(await main({ engine: doubleEngine(plays[process.env['PLAY'] ?? '']), isRoot: false }));
