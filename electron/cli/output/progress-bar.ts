/**
 * Progress on a terminal: one line at the bottom, drawn over itself in a single write and only when it changed, so that it
 * never flickers; what stays goes above it. No cursor is hidden, so that nothing has to be restored after a kill.
 */
import type { ProgressEvent } from '../../../shared/progress.js';
import { paint, sign, type Look } from '../text/look.js';
import { duration } from '../text/measure.js';
import { plain } from '../text/plain.js';
import { columnsOf, cut } from '../text/width.js';
import { counted, fraction, leftInWords, percent, Phases, secondsLeft, type PhaseState } from './phases.js';
import type { TextStream } from './text-stream.js';

/** Erase to the end of the line (ECMA-48 8.3.41). */
const eraseRest = '\x1b[K';
/** Phases shorter than this leave no line behind. */
const worthALineMs = 1000;

export interface ProgressView {
  take(event: ProgressEvent): void;
  /** Lines that stay, above whatever is drawn. */
  say(lines: readonly string[]): void;
  /** Removes what is drawn, for a question or for good; the next event draws it again. */
  pause(): void;
  end(): void;
}

/** A bar on `stream`; `look` is asked again for every line, because a terminal can be resized. */
export function progressBar(stream: TextStream, look: () => Look): ProgressView {
  const phases = new Phases();
  let drawn = '';
  const draw = (): void => {
    const state = phases.current;
    const line = state ? barLine(state, Date.now(), look()) : '';
    if (line === drawn) return;
    stream.write(`\r${line}${eraseRest}`);
    drawn = line;
  };
  const pause = (): void => {
    if (drawn !== '') stream.write(`\r${eraseRest}`);
    drawn = '';
  };
  const say = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    stream.write(`${drawn === '' ? '' : `\r${eraseRest}`}${lines.join('\n')}\n`);
    drawn = '';
  };
  // Work without measures still shows that time passes.
  const clock = setInterval(() => drawn !== '' && draw(), 1000).unref();
  return {
    take(event) {
      const ended = phases.take(event);
      if (ended) say(endedLines(ended, event.time, look()));
      if (event.type === 'log' && event.phase === 'practice' && event.text) say([plain(event.text)]);
      draw();
    },
    say,
    pause,
    end() {
      clearInterval(clock);
      pause();
    },
  };
}

/** What a phase leaves behind. Not "done": a phase also ends when it fails. */
function endedLines(state: PhaseState, time: number, look: Look): string[] {
  if (time - state.started < worthALineMs) return [];
  const facts = [counted(state), duration((time - state.started) / 1000)].filter((fact) => fact !== '');
  return [paint(look, 'quiet', `${state.title}: ${facts.join(', ')}`)];
}

/** The bar, at most one column less than the terminal is wide (the last column makes some terminals wrap). */
export function barLine(state: PhaseState, now: number, look: Look): string {
  const width = Math.max(0, look.width - 1);
  const ellipsis = sign(look, 'ellipsis');
  const share = fraction(state);
  const head = cut(state.title, Math.max(10, Math.floor(width / 3)), ellipsis);
  const elapsed = now - state.started >= 2000 ? duration(Math.floor((now - state.started) / 1000)) : '';
  const facts = [percent(state) ?? elapsed, counted(state), leftInWords(secondsLeft(state))];
  const shown = facts.filter((fact) => fact !== '').join('  ');
  const room = width - columnsOf(head) - columnsOf(shown) - 4;
  const bar = share !== undefined && room >= 10 ? blocks(share, Math.min(30, room), look) : '';
  const line = [head, bar, shown].filter((part) => part !== '').join('  ');
  const rest = width - columnsOf(line) - 2;
  if (rest < 8 || state.text === '') return cut(line, width, ellipsis);
  return `${line}  ${paint(look, 'quiet', cut(state.text, rest, ellipsis))}`;
}

function blocks(share: number, columns: number, look: Look): string {
  const full = Math.floor(share * columns);
  return sign(look, 'full').repeat(full) + sign(look, 'empty').repeat(columns - full);
}
