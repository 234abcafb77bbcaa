/** The difference of two texts: complete, in order, and bounded whatever the texts are. */
import { describe, expect, test } from 'vitest';
import { differenceOf, type Line } from '../../../../renderer/wizard/review/difference.js';
import { pairsOf, piecesOf } from '../../../../renderer/wizard/review/hunks.js';

const signs = { both: ' ', mine: '-', theirs: '+' };
const drawn = (lines: readonly Line[]): string[] => lines.map((line) => `${signs[line.in]}${line.text}`);
const side = (lines: readonly Line[], which: 'mine' | 'theirs'): string =>
  lines
    .filter((line) => line.in === 'both' || line.in === which)
    .map(({ text }) => `${text}\n`)
    .join('');

describe('a difference', () => {
  test('is the shortest way from one text to the other', () => {
    expect(drawn(differenceOf('a\nb\nc\na\nb\nb\na\n', 'c\nb\na\nb\na\nc\n'))).toHaveLength(9);
    expect(drawn(differenceOf('Port 22\nRoot no\n', 'Port 22\nRoot yes\nX11 no\n'))).toEqual([
      ' Port 22',
      '-Root no',
      '+Root yes',
      '+X11 no',
    ]);
  });

  test('of nothing, of equal texts, and of a text and nothing', () => {
    expect(differenceOf('', '')).toEqual([]);
    expect(drawn(differenceOf('a\nb', 'a\nb\n'))).toEqual([' a', ' b']);
    expect(drawn(differenceOf('', 'a\n'))).toEqual(['+a']);
    expect(drawn(differenceOf('a\n', ''))).toEqual(['-a']);
  });

  test('contains both texts whole, for texts of every kind', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 300; round += 1) {
      const text = (): string =>
        Array.from({ length: random(14) }, () => `${String.fromCharCode(97 + random(4))}\n`).join('');
      const [mine, theirs] = [text(), text()];
      const lines = differenceOf(mine, theirs);
      expect(side(lines, 'mine')).toBe(mine);
      expect(side(lines, 'theirs')).toBe(theirs);
    }
  });

  test('gives up where two long texts have nothing in common, or every line is the same', () => {
    const long = (word: string): string =>
      Array.from({ length: 20_000 }, (_, line) => `${word}${line}\n`).join('');
    const lines = differenceOf(`same\n${long('a')}end\n`, `same\n${long('b')}end\n`);
    expect(lines).toHaveLength(40_002);
    expect(drawn(lines.slice(0, 2))).toEqual([' same', '-a0']);
    expect(
      differenceOf('\n'.repeat(100_000), `${'\n'.repeat(60_000)}x\n${'\n'.repeat(20_000)}`),
    ).toHaveLength(100_001);
  });
});

describe('as it is shown', () => {
  const text = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, line) => `${from + line}\n`).join('');

  test('only what is near a change stays unfolded, and nothing is lost', () => {
    const lines = differenceOf(`${text(0, 20)}x\n${text(20, 40)}`, `${text(0, 20)}y\n${text(20, 40)}`);
    const pieces = piecesOf(lines);
    expect(
      pieces.map((piece) => (piece.kind === 'equal' ? piece.count : drawn(piece.lines).join(','))),
    ).toEqual([17, ' 17, 18, 19,-x,+y, 20, 21, 22', 17]);
    expect(pieces.flatMap((piece) => piece.lines)).toEqual(lines);
  });

  test('a gap of two lines is not worth folding', () => {
    const lines = differenceOf(`x\n${text(0, 8)}x\n`, `y\n${text(0, 8)}y\n`);
    expect(piecesOf(lines)).toHaveLength(1);
  });

  test('side by side, changed lines stand beside each other and none is missing', () => {
    const pairs = pairsOf(differenceOf('a\nb\nc\nz\n', 'a\nB\nz\n'));
    expect(pairs).toEqual([
      { mine: 'a', theirs: 'a', isEqual: true },
      { mine: 'b', theirs: 'B', isEqual: false },
      { mine: 'c', theirs: null, isEqual: false },
      { mine: 'z', theirs: 'z', isEqual: true },
    ]);
  });
});
