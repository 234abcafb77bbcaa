/** Numbers, sizes, times and plurals in both languages. */
import { describe, expect, test } from 'vitest';
import { sayIn } from '../../../renderer/words/say.js';

const en = sayIn('en', 'en-GB');
const de = sayIn('de', 'de-DE');
/** `Intl` sets narrow and non-breaking spaces, which differ between versions of its data. */
const spaced = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const now = new Date(2026, 10, 20, 18, 30).getTime();
const iso = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe('sizes', () => {
  test.each([
    [0, '0 byte', '0 Byte'],
    [999, '999 byte', '999 Byte'],
    [1000, '1 kB', '1 kB'],
    [1_450_000, '1.5 MB', '1,5 MB'],
    [612e6, '612 MB', '612 MB'],
    [10 * 1024 ** 3, '10.7 GB', '10,7 GB'],
    [5e15, '5,000 TB', '5.000 TB'],
  ])('%d bytes', (bytes, english, german) => {
    expect(spaced(en.size(bytes))).toBe(english);
    expect(spaced(de.size(bytes))).toBe(german);
  });
});

describe('durations', () => {
  test.each([
    [0.24, '0.2 seconds', '0,2 Sekunden'],
    [20, '20 seconds', '20 Sekunden'],
    [59.7, '60 seconds', '60 Sekunden'],
    [90, '2 minutes', '2 Minuten'],
    [3600, '1 hour', '1 Stunde'],
    [5400, '1 hour 30 minutes', '1 Stunde 30 Minuten'],
    [-4, '0 seconds', '0 Sekunden'],
  ])('%d s', (seconds, english, german) => {
    expect(spaced(en.duration(seconds))).toBe(english);
    expect(spaced(de.duration(seconds))).toBe(german);
  });
});

describe('moments', () => {
  test('of today, yesterday and tomorrow are named', () => {
    expect(en.moment(iso(2026, 10, 20, 9, 5), now)).toBe('Today, 09:05');
    expect(en.moment(iso(2026, 10, 19, 23, 59), now)).toBe('Yesterday, 23:59');
    expect(de.moment(iso(2026, 10, 21, 0, 1), now)).toBe('Morgen, 00:01');
  });

  test('of another year have it', () => {
    expect(en.moment(iso(2025, 1, 3, 9, 5), now)).toContain('2025');
    expect(en.moment(iso(2026, 1, 3, 9, 5), now)).not.toContain('2026');
  });

  test('near and far, before and after', () => {
    expect(en.ago(iso(2026, 10, 20, 18, 29), now)).toBe('1 minute ago');
    expect(en.ago(iso(2026, 10, 20, 20, 30), now)).toBe('in 2 hours');
    expect(en.ago(iso(2026, 10, 17, 18, 30), now)).toBe('3 days ago');
    expect(de.ago(iso(2023, 10, 17, 18, 30), now)).toBe('vor 3 Jahren');
    expect(en.ago(new Date(now).toISOString(), now)).toBe('now');
  });

  test('that are none are a dash, never "Invalid Date"', () => {
    for (const say of [en, de]) {
      for (const text of [say.moment('soon', now), say.ago('', now), say.fully('x'), say.month('x')]) {
        expect(text).not.toMatch(/invalid|NaN/i);
        expect(text).toContain('–');
      }
    }
  });
});

test('plurals choose by the language and write the number in it', () => {
  const forms = { one: '# update', other: '# updates' };
  expect(en.plural(1, forms)).toBe('1 update');
  expect(en.plural(0, forms)).toBe('0 updates');
  expect(en.plural(12_345, forms)).toBe('12,345 updates');
  expect(de.plural(12_345, forms)).toBe('12.345 updates');
});

test('shares stay between nothing and all', () => {
  expect(en.percent(0.425)).toBe('43%');
  expect(en.percent(7)).toBe('100%');
  expect(en.percent(-1)).toBe('0%');
});

test('quotation marks are those of the language', () => {
  expect(en.quote('a')).toBe('“a”');
  expect(de.quote('a')).toBe('„a“');
});
