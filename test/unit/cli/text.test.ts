import { describe, expect, test } from 'vitest';
import { difference } from '../../../electron/cli/text/line-difference.js';
import type { Look } from '../../../electron/cli/text/look.js';
import {
  count,
  digits,
  duration,
  growth,
  moment,
  readSize,
  size,
} from '../../../electron/cli/text/measure.js';
import { forTerminal, plain, plainLines } from '../../../electron/cli/text/plain.js';
import { table } from '../../../electron/cli/text/table.js';
import { columnsOf, cut, pad, wrap } from '../../../electron/cli/text/width.js';

const look: Look = { colour: false, unicode: true, width: 80, command: 'understudy' };

describe('text from outside', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;new title\u0007after', 'after'],
    ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001bP1$r\u001b\\x', 'x'],
    ['\u009b2Jx', 'x'],
    ['\u001b(0x', 'x'],
    ['\u001bcx', 'x'],
    ['\u001b\u001b[31m[31mx', '[31mx'],
    ['open \u001b]0;never ended', 'open 0;never ended'],
    ['a\rb\nc\td', 'a b c d'],
    ['a\bb\u0000\u007f\u0085c', 'abc'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['zero\u200bwidth', 'zerowidth'],
    ['half \ud800 pair', 'half  pair'],
    ['ordinary ü 漢 🐧', 'ordinary ü 漢 🐧'],
  ])('%j becomes %j', (given, expected) => {
    expect(plain(given)).toBe(expected);
  });

  test('no mixture of escapes leaves one behind', () => {
    const parts = ['\u001b', '[', ']', '0', ';', 'm', '\u0007', '\\', '\u009c', '\u009b', 'P', '?', '\u202e'];
    let seed = 7;
    const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
    for (let round = 0; round < 5000; round += 1) {
      const text = Array.from({ length: 12 }, () => parts[next() % parts.length]).join('');
      // eslint-disable-next-line no-control-regex -- the very characters that must be gone
      expect(plain(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
  });

  test('lines survive only in the texts of a conflict', () => {
    expect(
      forTerminal({ path: 'a\nb', mine: 'a\n\u001b[1mb\r\n', list: ['x\ny'], none: null, n: 1 }),
    ).toEqual({
      path: 'a b',
      mine: 'a\nb',
      list: ['x y'],
      none: null,
      n: 1,
    });
    expect(plainLines('a\n\nb\tc')).toEqual(['a', '', 'b    c']);
  });
});

describe('quantities', () => {
  test('sizes', () => {
    expect([0, 999, 1000, 1500, 99_949, 99_950, 999_499, 999_500, 12.4e9, 5e17].map(size)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.5 kB',
      '99.9 kB',
      '100 kB',
      '999 kB',
      '1.0 MB',
      '12.4 GB',
      '500 PB',
    ]);
    expect([growth(1e6), growth(-1e6), growth(0)]).toEqual(['+1.0 MB', '-1.0 MB', '0 B']);
  });
  test('durations', () => {
    expect([0, 0.004, 0.0996, 0.84, 9.94, 9.96, 59.4, 60, 200, 3599.7, 3600, 3900].map(duration)).toEqual([
      '0 s',
      '4 ms',
      '0.1 s',
      '0.8 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 min',
      '3 min 20 s',
      '1 h',
      '1 h',
      '1 h 5 min',
    ]);
  });
  test('counts and times', () => {
    expect([
      count(1, 'file'),
      count(12_345, 'file'),
      count(2, 'entry', 'entries'),
      digits(1_000_000),
    ]).toEqual(['1 file', '12,345 files', '2 entries', '1,000,000']);
    expect(moment('no time')).toBe('no time');
    expect(moment('2026-11-20T10:00:00Z')).toMatch(/^2026-11-\d\d \d\d:\d\d$/);
  });
  test('sizes are read as coreutils reads them', () => {
    expect(['10G', '10GB', '1.5GiB', '500 m', '42', '7B', '3T'].map(readSize)).toEqual([
      10 * 1024 ** 3,
      1e10,
      1.5 * 1024 ** 3,
      500 * 1024 ** 2,
      42,
      7,
      3 * 1024 ** 4,
    ]);
    expect(['', 'G', '-1', '1X', '1e3', '0x10', '99999999T', '1 2'].map(readSize)).toEqual(
      Array(8).fill(undefined),
    );
  });
});

describe('width', () => {
  test('wide and combining characters count as the terminal shows them', () => {
    expect([columnsOf('abc'), columnsOf('漢字'), columnsOf('e\u0301'), columnsOf('🐧')]).toEqual([
      3, 4, 1, 2,
    ]);
    expect(cut('漢字漢字', 5, '…')).toBe('漢字…');
    expect(cut('abc', 3, '…')).toBe('abc');
    expect(cut('abc', 0, '…')).toBe('');
    expect(pad('漢', 4)).toBe('漢  ');
    expect(pad('1', 3, 'left')).toBe('  1');
  });
  test('wrapping keeps long words whole and indents', () => {
    expect(wrap('aa bb cccccccccc dd', 6, '  ', '- ')).toEqual(['- aa', '  bb', '  cccccccccc', '  dd']);
  });
  test('a table aligns by columns shown, and drops empty columns', () => {
    expect(
      table(look, [
        ['漢', '', { text: '1', align: 'right' }],
        ['abcd', '', { text: '22', align: 'right' }],
      ]),
    ).toEqual(['漢     1', 'abcd  22']);
    expect(table({ ...look, colour: true }, [[{ text: 'x', tone: 'bad' }, 'y']])).toEqual([
      '\u001b[1;31mx\u001b[0m  y',
    ]);
  });
});

describe('difference of lines', () => {
  const kinds = { same: ' ', mine: '-', theirs: '+' } as const;
  const shown = (mine: string, theirs: string): string =>
    difference(Array.from(mine), Array.from(theirs))
      .map(({ kind, text }) => kinds[kind] + text)
      .join('');

  test('is minimal', () => {
    expect(shown('abcabba', 'cbabac').replace(/ ./g, '').length / 2).toBe(5);
    expect(shown('abc', 'abc')).toBe(' a b c');
    expect(shown('', 'ab')).toBe('+a+b');
    expect(shown('ab', '')).toBe('-a-b');
    expect(shown('axc', 'ayc')).toBe(' a-x+y c');
  });

  test('both texts can always be read from it', () => {
    let seed = 11;
    const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
    for (let round = 0; round < 500; round += 1) {
      const mine = Array.from({ length: next() % 12 }, () => 'abc'[next() % 3] ?? '');
      const theirs = Array.from({ length: next() % 12 }, () => 'abc'[next() % 3] ?? '');
      const lines = difference(mine, theirs);
      expect(lines.filter(({ kind }) => kind !== 'theirs').map(({ text }) => text)).toEqual(mine);
      expect(lines.filter(({ kind }) => kind !== 'mine').map(({ text }) => text)).toEqual(theirs);
    }
  });

  test('long texts with nothing in common are compared', () => {
    const mine = Array.from({ length: 20_000 }, (_, index) => `a${index}`);
    const theirs = Array.from({ length: 20_000 }, (_, index) => `b${index}`);
    expect(difference(mine, theirs)).toHaveLength(40_000);
  });
});
