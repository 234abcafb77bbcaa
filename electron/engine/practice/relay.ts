/** Reports again what another process reported: its phases become phases here, and every event keeps its place. */
import type { ProgressEvent } from '../../../shared/progress.js';
import type { Reporter } from '../report.js';

interface OpenPhase {
  readonly phase: ProgressEvent['phase'];
  readonly step: Parameters<Parameters<Reporter['phase']>[2]>[0];
  readonly end: () => Promise<void>;
}

export function relayTo(report: Reporter): (event: ProgressEvent) => void {
  const open: OpenPhase[] = [];
  let before = Promise.resolve();
  return (event) => {
    // A phase ends only after its body did, so what follows has to wait for that.
    before = before.then(() => relay(event, open, report));
  };
}

async function relay(event: ProgressEvent, open: OpenPhase[], report: Reporter): Promise<void> {
  const { type, phase, text = '', done, total, unit } = event;
  switch (type) {
    case 'phase-started':
      open.push(openPhase(report, phase, text));
      break;
    case 'progress':
      open
        .findLast((entry) => entry.phase === phase)
        ?.step({
          text,
          ...(done === undefined ? {} : { done }),
          ...(total === undefined ? {} : { total }),
          ...(unit === undefined ? {} : { unit }),
        });
      break;
    case 'phase-ended': {
      const at = open.findLastIndex((entry) => entry.phase === phase);
      if (at >= 0) for (const { end } of open.splice(at).reverse()) await end();
      break;
    }
    case 'log':
      report.log(phase, text);
      break;
  }
}

function openPhase(report: Reporter, phase: ProgressEvent['phase'], text: string): OpenPhase {
  let finish = (): void => undefined;
  let step: OpenPhase['step'] = () => undefined;
  const ended = report.phase(phase, text, (show) => {
    step = show;
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  return {
    phase,
    step: (detail) => step(detail),
    end: () => {
      finish();
      return ended;
    },
  };
}
