/** The timeline as rows: a heading for every month, then what happened in it, newest first. */
import type { HistoryEntry } from '../../shared/history.js';
import type { Words } from '../words/vocabulary.js';

export type TimelineRow =
  | { readonly kind: 'month'; readonly key: string; readonly moment: string }
  | { readonly kind: 'entry'; readonly key: string; readonly entry: HistoryEntry };

export function timelineOf(entries: readonly HistoryEntry[]): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  let month = '';
  for (const entry of newestFirst(entries)) {
    const date = new Date(entry.started);
    const key = `${String(date.getFullYear())}-${String(date.getMonth())}`;
    if (key !== month) {
      month = key;
      rows.push({ kind: 'month', key, moment: entry.started });
    }
    rows.push({ kind: 'entry', key: entry.transaction, entry });
  }
  return rows;
}

/** By the clock; two of the same moment stay as the journal has them. */
export function newestFirst<T extends { readonly started: string }>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => (a.started < b.started ? 1 : a.started > b.started ? -1 : 0));
}

export function titleOf({ kind, outcome, ended, stage, because }: HistoryEntry, { history }: Words): string {
  if (kind === 'prune' && stage !== null && outcome === 'done') return history.stageRemoved;
  if (because !== undefined && outcome === 'done') return history.fallbacks[because];
  switch (outcome) {
    case 'failed':
      return history.failedKinds[kind];
    case 'rolled-back':
    case 'rolled-forward':
      return history.recoveredKinds[kind];
    case 'open':
    case 'done':
      return ended === null ? history.openKinds[kind] : history.kinds[kind];
  }
}

export function toneOf({ outcome }: HistoryEntry): 'good' | 'warn' | 'bad' {
  switch (outcome) {
    case 'done':
      return 'good';
    case 'failed':
      return 'bad';
    case 'rolled-back':
    case 'rolled-forward':
    case 'open':
      return 'warn';
  }
}
