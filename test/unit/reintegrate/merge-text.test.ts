/** Text merges: what is apart is merged to the byte, what is not is a conflict, and what is no text is never merged. */
import { expect, test } from 'vitest';
import { mergeText } from '../../../electron/engine/reintegrate/merge-text.js';

function merged(base: string, mine: string, theirs: string): string {
  const result = mergeText(...([base, mine, theirs].map((text) => Buffer.from(text, 'latin1')) as Three));
  return 'merged' in result ? result.merged.toString('latin1') : `conflict: ${result.conflict}`;
}
type Three = [Buffer, Buffer, Buffer];

const base = 'one\ntwo\nthree\nfour\nfive\n';

test.each([
  [
    'changes that lie apart',
    base,
    '1\ntwo\nthree\nfour\nfive\n',
    'one\ntwo\nthree\nfour\n5\n',
    '1\ntwo\nthree\nfour\n5\n',
  ],
  [
    'the same change on both sides',
    base,
    'one\n2\nthree\nfour\nfive\n',
    'one\n2\nthree\nfour\n5\n',
    'one\n2\nthree\nfour\n5\n',
  ],
  [
    'lines that were added and removed',
    base,
    'zero\none\ntwo\nthree\nfour\nfive\n',
    'one\ntwo\nfour\nfive\n',
    'zero\none\ntwo\nfour\nfive\n',
  ],
  ['CRLF', 'a\r\nb\r\nc\r\n', 'A\r\nb\r\nc\r\n', 'a\r\nb\r\nC\r\n', 'A\r\nb\r\nC\r\n'],
  [
    'bytes that are not UTF-8',
    'a\xff\nb\nc\xe4\n',
    'A\xff\nb\nc\xe4\n',
    'a\xff\nb\nC\xe4\n',
    'A\xff\nb\nC\xe4\n',
  ],
  ['a last line without an end', 'a\nb\nc', 'A\nb\nc', 'a\nb\nC', 'A\nb\nC'],
  ['an end that one side gave to the last line', 'a\nb\nc', 'A\nb\nc', 'a\nb\nc\n', 'A\nb\nc\n'],
  ['an end that one side took from the last line', 'a\nb\nc\n', 'a\nb\nc', 'A\nb\nc\n', 'A\nb\nc'],
  [
    'names that an object has of itself',
    '__proto__\nb\nconstructor\n',
    'x\n__proto__\nb\nconstructor\n',
    '__proto__\nb\nconstructor\ny\n',
    'x\n__proto__\nb\nconstructor\ny\n',
  ],
])('merges %s', (_, old, mine, theirs, expected) => {
  expect(merged(old, mine, theirs)).toBe(expected);
  expect(merged(old, theirs, mine)).toBe(expected);
});

test.each([
  ['the same line', base, 'one\n2\nthree\nfour\nfive\n', 'one\nII\nthree\nfour\nfive\n', 'content'],
  ['lines beside each other', base, 'one\n2\nthree\nfour\nfive\n', 'one\ntwo\n3\nfour\nfive\n', 'content'],
  ['what both added at one place', base, `${base}six\n`, `${base}seven\n`, 'content'],
  [
    'a line that the other side removed',
    base,
    'one\n2\nthree\nfour\nfive\n',
    'one\nthree\nfour\nfive\n',
    'content',
  ],
  ['every line end and one line', 'a\nb\nc\n', 'a\r\nb\r\nc\r\n', 'A\nb\nc\n', 'content'],
  ['what holds a NUL, though it lies apart', 'a\nb\nc\0\n', 'A\nb\nc\0\n', 'a\nb\nC\0\n', 'binary'],
  ['a NUL of one side', 'a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nc\0\n', 'binary'],
  ['the end of a last line that the other side goes on after', 'a\nb', 'a\nb\nc', 'a\nb\n', 'content'],
  ['all of it', '', 'mine\n', 'theirs\n', 'content'],
])('leaves %s to the user', (_, old, mine, theirs, why) => {
  expect(merged(old, mine, theirs)).toBe(`conflict: ${why}`);
  expect(merged(old, theirs, mine)).toBe(`conflict: ${why}`);
});

test('does not begin what would take minutes', () => {
  const blank = '\n'.repeat(20_000);
  const started = performance.now();
  expect(merged(`a\n${blank}b\n`, `c\n${blank}d\n`, `a\n${blank}${blank}b\n`)).toBe('conflict: too-large');
  const large = 'x'.repeat(5 * 1024 ** 2);
  expect(merged(large, `a${large}`, `${large}b`)).toBe('conflict: too-large');
  const lines = Array.from({ length: 40_000 }, (__, at) => `line ${at}\n`).join('');
  expect(merged(lines, `first\n${lines}`, `${lines}last\n`)).toBe('conflict: too-large');
  const near = (at: number): string => lines.replace(`line ${at}\n`, 'changed\n');
  expect(merged(lines, near(20_000), near(24_000))).toBe(near(20_000).replace('line 24000\n', 'changed\n'));
  expect(performance.now() - started).toBeLessThan(30_000);
});
