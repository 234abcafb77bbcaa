/** Reports again what another process reported. Its phases become phases here, in the same order. */
import type { ProgressEvent } from '../../../shared/progress.js';
import type { Reporter } from '../report.js';

interface OpenPhase {
  readonly phase: ProgressEvent['phase'];
  readonly step: Parameters<Parameters<Reporter['phase']>[2]>[0];
  readonly end: () => void;
}

export function relayTo(report: Reporter): (event: ProgressEvent) => void {
  const open: OpenPhase[] = [];
  return ({ type, phase, text, done, total, unit }) => {
    switch (type) {
      case 'phase-started':
        void report.phase(
          phase,
          text ?? '',
          (step) => new Promise<void>((resolve) => open.push({ phase, step, end: resolve })),
        );
        break;
      case 'progress':
        open
          .findLast((entry) => entry.phase === phase)
          ?.step({
            ...(text === undefined ? {} : { text }),
            ...(done === undefined ? {} : { done }),
            ...(total === undefined ? {} : { total }),
            ...(unit === undefined ? {} : { unit }),
          });
        break;
      case 'phase-ended': {
        const at = open.findLastIndex((entry) => entry.phase === phase);
        if (at >= 0) for (const { end } of open.splice(at).reverse()) end();
        break;
      }
      case 'log':
        report.log(phase, text ?? '');
        break;
    }
  };
}
