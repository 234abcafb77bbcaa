/** What one transaction of the journal amounts to in the history. */
import {
  fallbackReasons,
  type ArrivalNote,
  type FallbackReason,
  type HistoryEntry,
} from '../../../shared/history.js';
import type { Measured } from '../interruption/measured.js';
import type { Transaction } from '../journal/read-journal.js';
import { arrivalName } from './arrivals.js';
import type { RestorePointRecord } from './restore-points.js';

export function entryOf(
  { id, kind, records }: Transaction,
  points: readonly RestorePointRecord[] = [],
  arrivals: ReadonlyMap<string, ArrivalNote> = noArrivals,
  interruptions: readonly Measured[] = [],
): HistoryEntry {
  const [first, last] = [records[0], records.at(-1)];
  const text = (name: string): string | null => {
    const value = first?.data[name];
    return typeof value === 'string' ? value : null;
  };
  const because = fallbackReasons.find((reason) => reason === text('because'));
  const ended = last?.type === 'end' ? last : undefined;
  const restorePoint = text('restorePoint');
  const list = kind === 'activate' ? 'forward' : kind === 'rollback' ? 'rollback' : undefined;
  const arrival = restorePoint === null || !list ? undefined : arrivals.get(arrivalName(restorePoint, list));
  const measured = interruptions.find(({ transaction }) => transaction === id);
  return {
    transaction: id,
    kind,
    started: first?.time ?? '',
    ended: ended?.time ?? null,
    seconds: ended && first ? (Date.parse(ended.time) - Date.parse(first.time)) / 1000 : null,
    outcome: outcomeNamed(ended?.step),
    title: titleOf(kind, text('stage'), because),
    ...(because === undefined ? {} : { because }),
    stage: kind === 'stage' ? id : text('stage'),
    restorePoint,
    packages: points.find((point) => point.id === restorePoint)?.packages ?? [],
    ...(measured ? { interruption: { how: measured.how, seconds: measured.seconds } } : {}),
    ...(arrival ? { arrival } : {}),
  };
}

const noArrivals: ReadonlyMap<string, ArrivalNote> = new Map();

/** By why the system was taken back, where nobody asked for it. */
const fallbacks: Readonly<Record<FallbackReason, string>> = {
  'did-not-come-up': 'The new system did not come up: the one before was started again',
  unhealthy: 'The new system failed its health check: the system was taken back',
};

function titleOf(
  kind: HistoryEntry['kind'],
  stage: string | null,
  because: FallbackReason | undefined,
): string {
  if (kind === 'prune' && stage !== null) return 'A staged update was removed';
  return because === undefined ? titles[kind] : fallbacks[because];
}

const titles: Readonly<Record<HistoryEntry['kind'], string>> = {
  stage: 'An update was rehearsed',
  activate: 'The system was updated',
  rollback: 'The system was taken back',
  prune: 'Old restore points were removed',
  load: 'A live patch was loaded',
  unload: 'A live patch was unloaded',
};

function outcomeNamed(step: string | undefined): HistoryEntry['outcome'] {
  switch (step) {
    case 'done':
    case 'failed':
    case 'rolled-back':
    case 'rolled-forward':
      return step;
    case undefined:
    default:
      return 'open';
  }
}
