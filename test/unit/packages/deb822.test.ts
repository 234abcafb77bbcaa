import { describe, expect, it } from 'vitest';
import { paragraphs } from '../../../electron/engine/packages/apt/deb822.js';

const read = (text: string, ...wanted: string[]): Record<string, string>[] =>
  [...paragraphs(text, new Set(wanted))].map((paragraph) => Object.fromEntries(paragraph));

describe('paragraphs', () => {
  it('keeps the wanted fields, whatever their case', () => {
    expect(read('Package: a\nVERSION: 1\nOther: x\n\nPackage: b\nVersion:2\n', 'package', 'version')).toEqual(
      [
        { package: 'a', version: '1' },
        { package: 'b', version: '2' },
      ],
    );
  });

  it('joins continuation lines and drops those of other fields', () => {
    const text = 'Package: a\nConffiles:\n /etc/a 1\n /etc/b 2\nDescription: x\n more: y\n';
    expect(read(text, 'package', 'conffiles')).toEqual([{ package: 'a', conffiles: '\n/etc/a 1\n/etc/b 2' }]);
  });

  it('ends a paragraph at an empty or blank line, also several, and at the end without a newline', () => {
    expect(read('\n\nA: 1\n \t\n\n\nA: 2', 'a')).toEqual([{ a: '1' }, { a: '2' }]);
  });

  it('skips comments, and lines without a colon', () => {
    expect(read('# A: 0\nA: 1\nnonsense\nB: 2\n', 'a', 'b')).toEqual([{ a: '1', b: '2' }]);
  });

  it('yields nothing for an empty text', () => {
    expect(read('', 'a')).toEqual([]);
    expect(read('\n \n', 'a')).toEqual([]);
  });

  it('reads 10 MB of a status file', () => {
    const one = `Package: some-package\nStatus: install ok installed\nVersion: 1.0\n${' description\n'.repeat(200)}\n`;
    const text = one.repeat(Math.ceil(10_000_000 / one.length));
    expect(read(text, 'package', 'version').length).toBeGreaterThan(1000);
  });
});
