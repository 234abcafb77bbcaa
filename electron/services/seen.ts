/**
 * The ends of runs and transactions that the user has seen, over restarts of the app. At its very first start what ended long ago is
 * taken as seen: nobody wants to be told of an update of three weeks ago.
 */
import type { Status } from '../../shared/status.js';
import type { StoredRecord } from './store/open-record.js';
import { mostKept, type Memory } from './store/stores.js';

const longAgoMs = 24 * 3_600_000;

export interface Seen {
  readonly ids: ReadonlySet<string>;
  /** With the first status of all. */
  begin(status: Status): void;
  add(ids: readonly string[]): void;
}

export function seenMemory(record: StoredRecord<Memory>, now: () => Date): Seen {
  const ids = new Set(record.value().seen ?? []);
  let isFirst = record.value().seen === null;

  const add = (more: readonly string[]): void => {
    const fresh = more.filter((id) => !ids.has(id));
    if (fresh.length === 0 && !isFirst) return;
    isFirst = false;
    for (const id of fresh) ids.add(id);
    const kept = [...ids].slice(-mostKept);
    for (const id of ids) if (!kept.includes(id)) ids.delete(id);
    record.write({ ...record.value(), seen: kept });
  };
  return {
    ids,
    begin({ latest }) {
      if (!isFirst) return;
      const ended = Date.parse(latest?.ended ?? '');
      add(latest && now().getTime() - ended >= longAgoMs ? [latest.transaction] : []);
    },
    add,
  };
}
