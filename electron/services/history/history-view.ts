/**
 * The history as the app shows it: the journal's, through the helper. A copy of the last answer is kept, so that there is
 * something to show while nobody answers. Invariant: the copy is never more than a copy; as soon as a helper answers it is
 * made anew, and when it had been damaged or missing the app says so.
 */
import type { Outcome } from '../../../shared/errors.js';
import type { History } from '../../../shared/history.js';
import type { Caller } from '../connection/connection.js';
import type { StoredRecord } from '../store/open-record.js';
import type { HistoryView } from '../store/stores.js';

export interface Histories {
  /** Asks the helper; answers the copy, with its date among what is unseen, while nobody answers. */
  read(): Promise<Outcome<History>>;
  /** The copy was damaged or missing, and was made anew from the journal. */
  readonly rebuilt: boolean;
  acknowledge(): void;
}

export function historyView(
  record: StoredRecord<HistoryView>,
  helper: Caller,
  now: () => Date = () => new Date(),
): Histories {
  let mustRebuild = record.found !== 'read' && record.found !== 'migrated';
  const wasThere = record.found !== 'missing';
  let rebuilt = false;
  return {
    get rebuilt() {
      return rebuilt;
    },
    async read() {
      const outcome = await helper.call('history', {});
      if (outcome.ok) {
        const { value } = outcome;
        const isKept = record.write({ version: 1, told: now().toISOString(), history: value });
        // At the very first start there is nothing that could have been lost.
        if (mustRebuild && isKept) rebuilt = wasThere || value.entries.length > 0;
        mustRebuild = false;
        return outcome;
      }
      const { told, history } = record.value();
      if (told === null || !noAnswer.has(outcome.problem.code)) return outcome;
      const why = `${outcome.problem.sentence} This is what was known at ${told}.`;
      return {
        ok: true,
        value: { ...history, unseen: [...history.unseen, { what: 'What happened since', why }] },
      };
    },
    acknowledge() {
      rebuilt = false;
    },
  };
}

/** Codes that say that nobody answered, not that the answer is no. */
const noAnswer: ReadonlySet<string> = new Set([
  'HELPER_UNREACHABLE',
  'HELPER_LOST',
  'HELPER_SILENT',
  'HELPER_STOPPING',
  'HELPER_CROWDED',
  'HELPER_VERSION',
  'HELPER_NOT_TRUSTED',
]);
