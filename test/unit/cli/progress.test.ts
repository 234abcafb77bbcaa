import { describe, expect, test } from 'vitest';
import { counted, leftInWords, percent, Phases, secondsLeft } from '../../../electron/cli/output/phases.js';
import { barLine, progressBar } from '../../../electron/cli/output/progress-bar.js';
import { progressLines } from '../../../electron/cli/output/progress-lines.js';
import { TextStream } from '../../../electron/cli/output/text-stream.js';
import type { Look } from '../../../electron/cli/text/look.js';
import { columnsOf } from '../../../electron/cli/text/width.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import { MemoryStream } from './double.js';

const look = (width: number, other: Partial<Look> = {}): Look => ({
  colour: false,
  unicode: true,
  width,
  command: 'understudy',
  ...other,
});
const event = (
  type: ProgressEvent['type'],
  time: number,
  other: Partial<ProgressEvent> = {},
): ProgressEvent => ({
  version: 1,
  type,
  phase: 'download',
  time,
  ...other,
});
const bytes = (time: number, done: number, total = 100e6): ProgressEvent =>
  event('progress', time, { done, total, unit: 'bytes' });
const current = (...events: ProgressEvent[]) => {
  const phases = new Phases();
  for (const one of events) phases.take(one);
  if (!phases.current) throw new Error('no phase is open');
  return phases.current;
};

describe('where the work stands', () => {
  test('a total gives a percentage, none gives a count', () => {
    const known = current(event('phase-started', 0), bytes(10, 45.9e6));
    expect([percent(known), counted(known)]).toEqual(['45 %', '45.9 MB of 100 MB']);
    const unknown = current(event('phase-started', 0), event('progress', 1, { done: 1204, unit: 'files' }));
    expect([percent(unknown), counted(unknown)]).toEqual([undefined, '1,204 files']);
    const bare = current(event('phase-started', 0), event('progress', 1, { done: 30, unit: 'percent' }));
    expect([percent(bare), counted(bare)]).toEqual(['30 %', '']);
  });

  test('more than the total is 100 %, a total of nothing is none', () => {
    expect(percent(current(event('phase-started', 0), bytes(1, 200e6)))).toBe('100 %');
    expect(percent(current(event('phase-started', 0), bytes(1, 0, 0)))).toBeUndefined();
  });

  test('time left is told only after 3 s and 5 %', () => {
    const start = event('phase-started', 0);
    expect(secondsLeft(current(start, bytes(0, 0), bytes(2900, 50e6)))).toBeUndefined();
    expect(secondsLeft(current(start, bytes(0, 0), bytes(10_000, 5e6)))).toBeUndefined();
    expect(secondsLeft(current(start, bytes(0, 0), bytes(10_000, 50e6)))).toBe(10);
    expect(secondsLeft(current(start, bytes(0, 0), bytes(10_000, 100e6)))).toBeUndefined();
  });

  test('what an earlier run had fetched is no pace', () => {
    const state = current(event('phase-started', 0), bytes(0, 80e6), bytes(10_000, 90e6));
    expect(secondsLeft(state)).toBe(10);
  });

  test('the guess is rounded', () => {
    expect([3.2, 47, 130, undefined].map(leftInWords)).toEqual([
      'about 4 s left',
      'about 50 s left',
      'about 3 min left',
      '',
    ]);
  });

  test('phases nest, and the end of one ends what was open inside it', () => {
    const phases = new Phases();
    phases.take(event('phase-started', 0, { phase: 'practice' }));
    phases.take(event('phase-started', 1, { phase: 'clone', text: 'Cloning it' }));
    phases.take(event('phase-started', 2));
    expect(phases.depth).toBe(3);
    expect(phases.take(event('phase-ended', 3, { phase: 'clone' }))?.title).toBe('Cloning it');
    expect(phases.current?.phase).toBe('practice');
    expect(phases.take(event('phase-ended', 3, { phase: 'verify' }))).toBeUndefined();
  });
});

describe('the bar', () => {
  const state = current(
    event('phase-started', 0, { text: 'Downloading packages' }),
    bytes(0, 0),
    bytes(10_000, 45e6),
    event('log', 10_001, { text: 'Get:3 http://mirror.example.org/debian linux-image\u001b[31m' }),
  );

  test('shows everything where there is room', () => {
    expect(barLine(state, 10_000, look(120))).toBe(
      `Downloading packages  ${'█'.repeat(13)}${'░'.repeat(17)}  45 %  45.0 MB of 100 MB  about 13 s left  Get:3 http://mirror.ex…`,
    );
  });

  test.each([1, 5, 12, 20, 33, 40, 61, 80, 119, 200])('never fills a terminal of %d columns', (width) => {
    expect(columnsOf(barLine(state, 10_000, look(width)))).toBeLessThan(width);
    expect(columnsOf(barLine(state, 10_000, look(width, { unicode: false })))).toBeLessThan(width);
  });

  test('is plain ASCII where the terminal speaks nothing else', () => {
    expect(barLine(state, 10_000, look(90, { unicode: false }))).toMatch(/^[\x20-\x7e]+$/);
  });

  test('without a total it tells the time that passed', () => {
    expect(barLine(current(event('phase-started', 0)), 65_000, look(80))).toBe('Downloading  1 min 5 s');
  });

  test('is drawn in one write over itself, and not when nothing changed', () => {
    const written: string[] = [];
    const memory = new MemoryStream(true);
    memory.write = (text) => (written.push(text), true);
    const bar = progressBar(new TextStream(memory), () => look(60));
    const now = Date.now();
    bar.take(event('phase-started', now));
    bar.take(bytes(now, 1e6));
    bar.take(bytes(now, 1e6));
    bar.say(['a remark']);
    bar.take(event('phase-ended', now + 1500));
    bar.end();
    expect(written).toEqual([
      '\rDownloading\u001b[K',
      `\rDownloading  ${'░'.repeat(23)}  1 %  1.0 MB of 100 MB\u001b[K`,
      '\r\u001b[Ka remark\n',
      'Downloading: 1.0 MB of 100 MB, 1.5 s\n',
    ]);
  });
});

describe('plain lines', () => {
  test('start and end of each phase, and at most one line in ten seconds between', () => {
    const memory = new MemoryStream();
    const view = progressLines(new TextStream(memory));
    view.take(event('phase-started', 0));
    for (let time = 200; time <= 25_000; time += 200) view.take(bytes(time, time * 1000, 50e6));
    view.take(event('phase-ended', 25_100));
    expect(memory.text.split('\n')).toEqual([
      'Downloading:',
      '  20 %, 10.0 MB of 50.0 MB, about 40 s left',
      '  40 %, 20.0 MB of 50.0 MB, about 30 s left',
      'Downloading: 25.0 MB of 50.0 MB, ended after 25 s',
      '',
    ]);
  });

  test('the report of a practice run is told line by line, harmless', () => {
    const memory = new MemoryStream();
    const view = progressLines(new TextStream(memory));
    view.take(event('phase-started', 0, { phase: 'practice', text: 'A practice run' }));
    view.take(event('log', 1, { phase: 'practice', text: 'Made a \u001b[31mroot tree.' }));
    view.take(event('log', 2, { phase: 'practice', text: 'Checked it.' }));
    view.take(event('log', 3, { text: 'not this one' }));
    expect(memory.text).toBe('A practice run:\nMade a root tree.\nChecked it.\n');
  });
});
