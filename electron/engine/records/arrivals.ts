/**
 * What a first start in another environment could not bring together: a record a switch or return, beside the journal, whose transaction ended
 * before the start. It is there before the arrival is forgotten, and stays for the history.
 */
import { arrivalNoteSchema, type ArrivalNote } from '../../../shared/history.js';
import type { Arrival } from '../environments/environment.js';
import { namesIn } from '../environments/plain-view.js';
import { display, join } from '../posix/raw-path.js';
import { storeFolder, type System } from '../system.js';
import { readRecord, writeRecord } from './record-file.js';

/** The other versions are of this arrival as well as of an earlier part of it, before a cut. */
export function noteArrival(system: System, arrival: Arrival): ArrivalNote | undefined {
  const { restorePoint, list, aside, problems } = arrival;
  const name = arrivalName(restorePoint, list);
  const files = new Set([
    ...(arrivalNotes(system).get(name)?.files ?? []),
    ...aside.map((path) => `/${display(path)}`),
  ]);
  if (files.size === 0 && problems.length === 0) return undefined;
  const note: ArrivalNote = {
    folder: files.size === 0 ? null : display(join(join(system.store, 'kept'), restorePoint)),
    files: [...files].sort(),
    problems: [...problems],
  };
  writeRecord(join(storeFolder(system, 'arrivals'), `${name}.json`), note);
  return note;
}

export const arrivalName = (restorePoint: string, list: Arrival['list']): string => `${restorePoint}.${list}`;

/** By `arrivalName`. One that cannot be read says nothing. */
export function arrivalNotes({ store }: Pick<System, 'store'>): ReadonlyMap<string, ArrivalNote> {
  const notes = new Map<string, ArrivalNote>();
  const folder = join(store, 'arrivals');
  for (const name of namesIn(folder) ?? []) {
    if (!name.endsWith('.json')) continue;
    const record = readRecord(join(folder, name), arrivalNoteSchema);
    if ('found' in record) notes.set(name.replace(/\.json$/, ''), record.found);
  }
  return notes;
}
