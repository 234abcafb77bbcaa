/** Of a long list exactly the rows in sight are made. */
import { describe, expect, test } from 'vitest';
import { RowHeights } from '../../../renderer/parts/window-of-rows.js';

describe('100,000 rows of 40 pixels', () => {
  const rows = new RowHeights(100_000, () => 40);

  test('have their whole height', () => {
    expect(rows.total).toBe(4_000_000);
  });

  test.each([
    [0, 800, { first: 0, end: 21 }],
    [10, 790, { first: 0, end: 20 }],
    [4000, 4800, { first: 100, end: 121 }],
    [3_999_200, 4_000_000, { first: 99_980, end: 100_000 }],
    [9_000_000, 9_000_800, { first: 99_999, end: 100_000 }],
  ])('from %d to %d', (from, to, expected) => {
    expect(rows.between(from, to, 0)).toEqual(expected);
  });

  test('spare rows stay within the list', () => {
    expect(rows.between(0, 80, 5)).toEqual({ first: 0, end: 8 });
    expect(rows.between(3_999_960, 4_000_000, 5).end).toBe(100_000);
  });
});

test('rows of different heights lie where they belong, none is left out and none twice', () => {
  const heights = Array.from({ length: 500 }, (_, index) => 20 + ((index * 37) % 90));
  const rows = new RowHeights(heights.length, (index) => heights[index] ?? 0);
  for (let from = 0; from < rows.total; from += 173) {
    const { first, end } = rows.between(from, from + 300, 0);
    expect(rows.top(first)).toBeLessThanOrEqual(from);
    expect(end === rows.count || rows.top(end) > from + 300).toBe(true);
    // The row before the first one ends above what is in sight.
    if (first > 0) expect(rows.top(first)).toBeGreaterThan(from - 110);
  }
});

test('an empty list has no rows', () => {
  const rows = new RowHeights(0, () => 40);
  expect(rows.total).toBe(0);
  expect(rows.between(0, 800, 6)).toEqual({ first: 0, end: 0 });
});
