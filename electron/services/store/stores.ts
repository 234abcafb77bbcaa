/** The files of the app, one for each concern. What serves a practice system is kept apart from what serves the real one. */
import { z } from 'zod';
import { historySchema } from '../../../shared/history.js';
import { defaultPreferences, preferencesSchema, type Preferences } from '../../../shared/preferences.js';
import type { StoreFolders } from './folders.js';
import { openRecord, type StoreClass, type StoredRecord } from './open-record.js';

const historyViewSchema = z.strictObject({
  version: z.literal(1),
  /** When the helper told it last; null while it never did. */
  told: z.iso.datetime().nullable(),
  history: historySchema,
});
export type HistoryView = z.infer<typeof historyViewSchema>;

const emptyView: HistoryView = {
  version: 1,
  told: null,
  history: { entries: [], restorePoints: [], staged: [], unseen: [] },
};

/** Ids and keys that are kept: the newest ones; older ones can no longer come up. */
export const mostKept = 500;

const memorySchema = z.strictObject({
  version: z.literal(1),
  /** Ids of runs and transactions whose end the user has seen; null until the first helper answered. */
  seen: z.array(z.string()).max(mostKept).nullable(),
  /** Notifications, by what they were about, with the moment at which they were last shown. */
  told: z.record(z.string(), z.iso.datetime()),
});
export type Memory = z.infer<typeof memorySchema>;

export interface Stores {
  readonly preferences: StoredRecord<Preferences>;
  readonly history: StoredRecord<HistoryView>;
  readonly memory: StoredRecord<Memory>;
  /** What could not be used, in words. */
  readonly remarks: readonly string[];
}

export interface StoresOptions {
  readonly folders: StoreFolders;
  readonly practice: boolean;
  readonly Store?: StoreClass | undefined;
}

export function openStores({ folders, practice, Store }: StoresOptions): Stores {
  const suffix = practice ? '-practice' : '';
  const preferences = openRecord({
    folder: folders.config,
    name: 'preferences',
    version: 1,
    schema: preferencesSchema,
    defaults: defaultPreferences,
    Store,
  });
  const history = openRecord({
    folder: folders.state,
    name: `history${suffix}`,
    version: 1,
    schema: historyViewSchema,
    defaults: emptyView,
    Store,
  });
  const memory = openRecord<typeof memorySchema>({
    folder: folders.state,
    name: `memory${suffix}`,
    version: 1,
    schema: memorySchema,
    defaults: { version: 1, seen: null, told: {} },
    Store,
  });
  const remarks = [preferences, history, memory].flatMap(({ remark }) => (remark === null ? [] : [remark]));
  return { preferences, history, memory, remarks };
}
