/** Progress is honest: a share where a total is known, a remaining time only when it can be told. */
import { describe, expect, test } from 'vitest';
import type { ProgressEvent } from '../../../shared/progress.js';
import { amountText, phaseText, progressText, shareOf } from '../../../renderer/progress/progress-text.js';
import { Pace } from '../../../renderer/state/pace.js';
import { sayIn } from '../../../renderer/words/say.js';
import { english } from '../../../renderer/words/vocabulary.js';

const words = english(sayIn('en'));
const event = (more: Partial<ProgressEvent>): ProgressEvent => ({
  version: 1,
  type: 'progress',
  phase: 'download',
  time: 1_000_000,
  ...more,
});

describe('in words', () => {
  test.each([
    [{ done: 91e6, total: 157e6, unit: 'bytes' }, '91 MB of 157 MB', 91 / 157],
    [{ done: 1204, total: 10_117, unit: 'files' }, '1,204 of 10,117', 1204 / 10_117],
    [{ done: 1204, unit: 'files' }, '1,204 files', null],
    [{ done: 1, unit: 'packages' }, '1 package', null],
    [{ done: 40, total: 100, unit: 'percent' }, '', 0.4],
    [{ done: 5, total: 0, unit: 'files' }, '5 of 0', null],
    [{ done: 9, total: 4, unit: 'steps' }, '9 of 4', 1],
    [{}, '', null],
  ] as const)('%j', (detail, text, share) => {
    expect(amountText(event(detail), words)).toBe(text);
    expect(shareOf(event(detail))).toBe(share);
  });

  test('a phase of a newer helper speaks for itself', () => {
    expect(phaseText(event({ phase: 'teleport' as 'clone', text: 'Beaming over' }), words)).toBe(
      'Beaming over',
    );
    expect(phaseText(event({ phase: 'teleport' as 'clone' }), words)).toBe(words.parts.working);
    expect(phaseText(null, words)).toBe(words.parts.working);
  });

  test('all of it in one line, for screen readers', () => {
    expect(progressText(event({ done: 91e6, total: 157e6, unit: 'bytes' }), 30, words)).toBe(
      'Downloading, 91 MB of 157 MB, About 30 seconds left',
    );
  });
});

describe('time left', () => {
  const at = (seconds: number, done: number, total = 100) =>
    event({ time: 1_000_000 + seconds * 1000, done, total });

  test('is not told at the beginning, and then by the pace', () => {
    const pace = new Pace();
    expect(pace.secondsLeft(at(0, 0))).toBeNull();
    expect(pace.secondsLeft(at(1, 30))).toBeNull();
    expect(pace.secondsLeft(at(10, 50))).toBe(10);
    expect(pace.secondsLeft(at(20, 100))).toBe(0);
  });

  test('does not count what was done before one looked', () => {
    const pace = new Pace();
    pace.secondsLeft(at(0, 80));
    expect(pace.secondsLeft(at(10, 90))).toBe(10);
  });

  test('is not told without a total, nor when next to nothing was done', () => {
    const pace = new Pace();
    pace.secondsLeft(at(0, 0));
    expect(pace.secondsLeft(at(60, 1))).toBeNull();
    expect(pace.secondsLeft(event({ time: 1_090_000, done: 7 }))).toBeNull();
  });

  test('begins anew with a phase, and when the clock jumps back', () => {
    const pace = new Pace();
    pace.secondsLeft(at(0, 0));
    expect(pace.secondsLeft(at(10, 50))).toBe(10);
    expect(pace.secondsLeft(event({ time: 1_020_000, phase: 'clone', done: 50, total: 100 }))).toBeNull();
    expect(pace.secondsLeft({ ...at(-5000, 60), phase: 'clone' })).toBeNull();
  });
});
