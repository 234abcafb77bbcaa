/** Reports progress: at most five events a second, but never dropping a phase's first and last. */
import { progressVersion, type Phase, type ProgressEvent, type ProgressSink } from '../../shared/progress.js';

const smallestGapMs = 200;

type Detail = Pick<ProgressEvent, 'text' | 'done' | 'total' | 'unit'>;

export interface Reporter {
  /** Runs `body` as a phase. */
  phase<T>(phase: Phase, text: string, body: (step: (detail: Detail) => void) => Promise<T>): Promise<T>;
  /** One line for the log; never dropped. */
  log(phase: Phase, text: string): void;
}

export function reporter(sink: ProgressSink): Reporter {
  const send = (type: ProgressEvent['type'], phase: Phase, detail: Detail): void =>
    sink({ version: progressVersion, type, phase, time: Date.now(), ...detail });
  return {
    async phase(phase, text, body) {
      let last = Date.now();
      let latest: Detail | undefined;
      send('phase-started', phase, { text });
      try {
        return await body((detail) => {
          latest = detail;
          if (Date.now() - last < smallestGapMs) return;
          last = Date.now();
          latest = undefined;
          send('progress', phase, detail);
        });
      } finally {
        if (latest) send('progress', phase, latest);
        send('phase-ended', phase, { text });
      }
    },
    log: (phase, text) => send('log', phase, { text }),
  };
}

/** A reporter for callers that want none. */
export const silent: Reporter = reporter(() => undefined);
