/**
 * The restore points that the journal vouches for. Their own records may be damaged; that they exist, and in which order they
 * were made, is then still known, so that none is taken for rubbish or silently passed over.
 */
import type { Transaction } from '../journal/read-journal.js';

export const unreadableTitle = 'A restore point that cannot be read';

export interface Vouched {
  readonly id: string;
  /** When its activation began; ISO 8601. */
  readonly begun: string;
}

/** Made by an activation that succeeded, and neither returned to nor pruned since; oldest first. */
export function vouchedRestorePoints(transactions: readonly Transaction[]): Vouched[] {
  const points = new Map<string, Vouched>();
  for (const transaction of transactions) {
    if (!succeeded(transaction)) continue;
    const { data, time } = transaction.records[0] ?? {};
    const point = data?.restorePoint;
    if (transaction.kind === 'activate' && typeof point === 'string' && time !== undefined) {
      points.set(point, { id: point, begun: time });
    }
    if (transaction.kind === 'rollback' && typeof point === 'string') points.delete(point);
    if (transaction.kind === 'prune' && Array.isArray(data?.restorePoints)) {
      for (const id of data.restorePoints) if (typeof id === 'string') points.delete(id);
    }
  }
  return [...points.values()];
}

/** Stages that became the running environment: they are used up, though their folder may still be there. */
export function activatedStages(transactions: readonly Transaction[]): ReadonlySet<unknown> {
  return new Set(
    transactions.flatMap((one) =>
      one.kind === 'activate' && succeeded(one) ? [one.records[0]?.data.stage] : [],
    ),
  );
}

/** True when the transaction went all the way, at once or by recovery. */
export function succeeded({ records }: Transaction): boolean {
  const last = records.at(-1);
  return last?.type === 'end' && (last.step === 'done' || last.step === 'rolled-forward');
}
