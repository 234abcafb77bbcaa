/** The timeline, the drawn space, and which entry the log belongs to. */
import { describe, expect, test } from 'vitest';
import { transactionKinds, type HistoryEntry, type RestorePoint } from '../../../shared/history.js';
import { history, status } from '../../../renderer/double/records.js';
import { isOfLastRun } from '../../../renderer/history/last-run.js';
import { removedBy, sharesOf } from '../../../renderer/history/shares.js';
import { timelineOf, titleOf, toneOf } from '../../../renderer/history/timeline.js';
import { sayIn } from '../../../renderer/words/say.js';
import { english } from '../../../renderer/words/vocabulary.js';

const words = english(sayIn('en'));
const template = history.entries[0]!;
const entry = (more: Partial<HistoryEntry>): HistoryEntry => ({ ...template, ...more });
const point = (id: string, ownBytes: number, inUse = false): RestorePoint => ({
  id,
  created: '2026-11-01T10:00:00Z',
  title: id,
  ownBytes,
  usable: true,
  problems: [],
  inUse,
});

describe('the timeline', () => {
  test('is newest first, with a heading for each month', () => {
    const rows = timelineOf([
      entry({ transaction: 'old', started: '2026-09-03T10:00:00Z' }),
      entry({ transaction: 'new', started: '2026-11-12T10:00:00Z' }),
      entry({ transaction: 'newer', started: '2026-11-13T10:00:00Z' }),
    ]);
    expect(rows.map((row) => (row.kind === 'month' ? 'month' : row.entry.transaction))).toEqual([
      'month',
      'newer',
      'new',
      'month',
      'old',
    ]);
  });

  test('every kind with every outcome has its own title', () => {
    const titles = new Set<string>();
    for (const kind of transactionKinds) {
      for (const outcome of ['done', 'failed', 'rolled-back'] as const) {
        titles.add(titleOf(entry({ kind, outcome }), words));
      }
    }
    expect(titles.size).toBe(3 * transactionKinds.length);
    expect(toneOf(entry({ outcome: 'failed' }))).toBe('bad');
  });

  test('2,000 entries take no time', () => {
    const many = Array.from({ length: 2_000 }, (_, index) =>
      entry({ transaction: `tx-${String(index)}`, started: new Date(index * 86_400_000).toISOString() }),
    );
    expect(timelineOf(many).filter(({ kind }) => kind === 'entry')).toHaveLength(2_000);
  });
});

describe('the space', () => {
  test('is drawn against the limit', () => {
    expect(sharesOf([point('a', 20), point('b', 30)], 100).map(({ share }) => share)).toEqual([0.2, 0.3]);
  });

  test('is drawn against itself where it is above the limit, or none is known', () => {
    expect(sharesOf([point('a', 150), point('b', 50)], 100).map(({ share }) => share)).toEqual([0.75, 0.25]);
    expect(sharesOf([point('a', 1)], null)[0]?.share).toBe(1);
  });

  test('of nothing is nothing', () => {
    expect(sharesOf([], 100)).toEqual([]);
    expect(sharesOf([point('a', 0)], null)[0]?.share).toBe(0);
  });

  test('what is in use stays, however few are kept', () => {
    const points = [point('c', 1), point('b', 1, true), point('a', 1)];
    expect(removedBy(points, 1).map(({ id }) => id)).toEqual(['a']);
    expect(removedBy(points, 3)).toEqual([]);
  });
});

describe('the log', () => {
  const last = status.last!;
  test('belongs to the entry that the last run enclosed', () => {
    expect(isOfLastRun(entry({ kind: 'activate', started: last.started }), status)).toBe(true);
  });

  test('belongs to no entry before it, of another kind, or of a helper that just began', () => {
    expect(isOfLastRun(entry({ kind: 'activate', started: '2020-01-01T00:00:00Z' }), status)).toBe(false);
    expect(isOfLastRun(entry({ kind: 'stage', started: last.started }), status)).toBe(false);
    expect(isOfLastRun(entry({}), { ...status, last: null })).toBe(false);
    expect(isOfLastRun(entry({}), null)).toBe(false);
  });
});
