/** Progress where nothing can be redrawn: a line when a phase starts and ends, and at most one in ten seconds between. */
import { duration } from '../text/measure.js';
import { plain } from '../text/plain.js';
import { counted, leftInWords, percent, Phases, secondsLeft, type PhaseState } from './phases.js';
import type { ProgressView } from './progress-bar.js';
import type { TextStream } from './text-stream.js';

const smallestGapMs = 10_000;

export function progressLines(stream: TextStream): ProgressView {
  const phases = new Phases();
  let last = Number.NEGATIVE_INFINITY;
  const say = (lines: readonly string[]): void => stream.lines(lines);
  return {
    take(event) {
      const ended = phases.take(event);
      const { current } = phases;
      if (ended) {
        say([endedLine(ended, event.time)]);
      } else if (event.type === 'phase-started' && current) {
        last = event.time;
        say([`${current.title}:`]);
      } else if (event.type === 'log' && event.phase === 'practice') {
        if (event.text) say([plain(event.text)]);
      } else if (current && event.time - last >= smallestGapMs) {
        last = event.time;
        say([betweenLine(current)]);
      }
    },
    say,
    pause: () => undefined,
    end: () => undefined,
  };
}

function endedLine(state: PhaseState, time: number): string {
  const took = duration((time - state.started) / 1000);
  const facts = [counted(state), `ended after ${took}`].filter((fact) => fact !== '');
  return `${state.title}: ${facts.join(', ')}`;
}

function betweenLine(state: PhaseState): string {
  const facts = [percent(state) ?? '', counted(state), leftInWords(secondsLeft(state)), state.text];
  return `  ${facts.filter((fact) => fact !== '').join(', ')}`.trimEnd();
}
