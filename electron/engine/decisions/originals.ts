/**
 * The versions that a conflict is about, kept in the clone's own folder before the first decision about it changes anything: from
 * them every choice can be carried out at any time, in any order, as often as the user changes their mind.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { z } from 'zod';
import type { Conflict } from '../../../shared/changeset.js';
import type { Choice } from '../../../shared/decision.js';
import type { Engine } from '../engine.js';
import type { Arrangement, Clone } from '../environments/environment.js';
import { Fault } from '../fault.js';
import { copyEntry } from '../files/copy-tree.js';
import { removeTree } from '../files/remove-tree.js';
import { bytes, fromDisplay, join, type RawPath } from '../posix/raw-path.js';
import { syncDirectory, syncFileSystem } from '../posix/sync.js';
import { readRecord, writeRecord } from '../records/record-file.js';

const noteSchema = z.strictObject({
  version: z.literal(1),
  /** Relative to the root, each character a byte: the file in use, and the package's version as the rehearsal left it. */
  path: z.string(),
  beside: z.string(),
  /** `current`: the rehearsal left the user's file alone, so it stays whatever the current environment has. */
  mine: z.enum(['kept', 'current']),
  /** What lay where the user's version goes: `current` as well where there was nothing at all. */
  before: z.enum(['kept', 'current', 'nothing']),
});
type Note = z.infer<typeof noteSchema>;

/** Keeps the versions of a conflict, unless that was done before. Nothing in the clone is altered. */
export function keepOriginals({ environment, packages }: Engine, clone: Clone, conflict: Conflict): void {
  const folder = folderOf(clone, conflict);
  if (existsSync(bytes(folder))) return;
  const view = environment.view(clone);
  const [path, beside] = [fromDisplay(conflict.path), fromDisplay(conflict.beside)];
  const changed = new Set(environment.changes(clone).map((change) => change.path));
  const unfinished = `${folder}.new` as RawPath;
  removeTree(unfinished);
  mkdirSync(bytes(unfinished), { recursive: true, mode: 0o700 });
  const keep = (name: string, what: RawPath): void => {
    const place = view.locate(what);
    if (place === undefined) throw new Fault('STAGE_DAMAGED', `${clone.id}: ${conflict.path} is missing`);
    copyEntry(place, join(unfinished, name));
  };
  keep('mine', path);
  keep('theirs', beside);
  const old = packages.nameBeside(path, beside, 'mine');
  const before = !changed.has(old) ? 'current' : view.locate(old) === undefined ? 'nothing' : 'kept';
  if (before === 'kept') keep('before', old);
  const note: Note = { version: 1, path, beside, mine: changed.has(path) ? 'kept' : 'current', before };
  writeRecord(join(unfinished, 'note.json'), note);
  syncFileSystem(unfinished);
  renameSync(bytes(unfinished), bytes(folder));
  syncDirectory(clone.folder);
}

/** How the clone must look for a choice, and where the version that is not in use then lies. Throws `STAGE_DAMAGED`. */
export function arrangementFor(
  { packages }: Engine,
  clone: Clone,
  { conflict, choice }: { readonly conflict: Conflict; readonly choice: Choice },
): { readonly entries: readonly Arrangement[]; readonly beside: RawPath } {
  const folder = folderOf(clone, conflict);
  const record = readRecord(join(folder, 'note.json'), noteSchema);
  if (!('found' in record)) throw new Fault('STAGE_DAMAGED', `${clone.id}: the versions of ${conflict.path}`);
  const { found: note } = record;
  const path = note.path as RawPath;
  const [theirs, mine] = (['theirs', 'mine'] as const).map((whose) =>
    packages.nameBeside(path, note.beside as RawPath, whose),
  ) as [RawPath, RawPath];
  const copy = (name: string, to: RawPath): Arrangement => ({
    put: 'copy',
    path: to,
    from: join(folder, name),
  });
  // A tool may have left the version under another name than the one that it has for good.
  const strange: Arrangement[] =
    note.beside === theirs ? [] : [{ put: 'nothing', path: note.beside as RawPath }];
  if (choice === 'theirs') {
    const entries = [copy('mine', mine), copy('theirs', path), { put: 'nothing' as const, path: theirs }];
    return { entries: [...entries, ...strange], beside: mine };
  }
  return {
    entries: [
      copy('theirs', theirs),
      note.mine === 'kept' ? copy('mine', path) : { put: 'current', path },
      note.before === 'kept' ? copy('before', mine) : { put: note.before, path: mine },
      ...strange,
    ],
    beside: theirs,
  };
}

/** Repeatable. The next decision about the file keeps its versions anew. */
export function forgetOriginals(clone: Clone, conflict: Conflict): void {
  removeTree(folderOf(clone, conflict));
}

function folderOf(clone: Clone, { id }: Conflict): RawPath {
  return join(clone.folder, `decision-${id}`);
}
