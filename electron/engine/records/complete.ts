/**
 * What lies in the store must be known to the journal: else a file of it is missing. That of a switch that was cut off above
 * all: what such a switch left looks unfinished, and may be all that there is of the system before.
 */
import { Fault } from '../fault.js';
import type { Transaction } from '../journal/read-journal.js';

export interface Kept {
  /** Names of the clones and of the restore points in the store, whatever their state; read *before* the journal. */
  readonly clones: readonly string[];
  readonly restorePoints: readonly string[];
}

/** Throws `JOURNAL_DAMAGED`. */
export function requireComplete(transactions: readonly Transaction[], kept: Kept): void {
  const known = new Set(transactions.map(({ id }) => id));
  for (const id of kept.clones) {
    // A clone to fetch in has no transaction.
    if (id.startsWith('stage-') && !known.has(id))
      throw new Fault('JOURNAL_DAMAGED', `The file of ${id} is missing.`);
  }
  const points = new Set(transactions.map(({ records }) => records[0]?.data.restorePoint));
  for (const id of kept.restorePoints) {
    if (id.startsWith('point-') && !points.has(id))
      throw new Fault('JOURNAL_DAMAGED', `The file of the switch that made ${id} is missing.`);
  }
}
