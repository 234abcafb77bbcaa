/**
 * Carries out in a staged clone what was decided about collisions. All that is needed for it is kept in the clone's own folder first
 * (`merging`); from then on it only goes forward, also after a cut at any moment, and can be done again without harm. At the end the
 * clone is verified and sealed anew.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { conflictSchema, type Conflict } from '../../../shared/changeset.js';
import { arrangementFor, forgetOriginals } from '../decisions/originals.js';
import type { Engine } from '../engine.js';
import type { Arrangement, Clone } from '../environments/environment.js';
import { plainView } from '../environments/plain-view.js';
import { Fault, faultOf } from '../fault.js';
import { copyEntry } from '../files/copy-tree.js';
import { removeTree } from '../files/remove-tree.js';
import { bytes, display, fromDisplay, join, type RawPath } from '../posix/raw-path.js';
import { syncDirectory, syncFileSystem } from '../posix/sync.js';
import { replaceContent } from '../records/etc-content.js';
import { readRecord, writeRecord } from '../records/record-file.js';
import { baseContent, stagesOf, writeStage, type StageRecord } from '../records/stages.js';
import { entryAt } from '../reintegrate/entry.js';
import { writeEntry } from '../reintegrate/write-entry.js';
import { conflictId, textOf } from '../review/conflicts.js';
import { verifyClone } from '../verify-clone.js';
import type { Collisions } from './collisions.js';

/** Paths are relative to the root, each character a byte; `file` names an entry in the folder of the note. */
const noteSchema = z.strictObject({
  version: z.literal(1),
  entries: z.array(
    z.discriminatedUnion('put', [
      z.strictObject({ put: z.literal('copy'), path: z.string(), file: z.string() }),
      z.strictObject({ put: z.literal('nothing'), path: z.string() }),
      z.strictObject({ put: z.literal('current'), path: z.string() }),
    ]),
  ),
  /** What the user has there now, and from now on counts as what was there before. */
  base: z.array(z.strictObject({ path: z.string(), file: z.string() })),
  /** To be decided by the user: in place of those with the same id, or new. */
  conflicts: z.array(conflictSchema),
});
type Note = z.infer<typeof noteSchema>;

/** Alters the clone; returns its new record. Where there is nothing to do, the record is as it was. */
export async function mergeIntoStage(
  engine: Engine,
  record: StageRecord,
  collisions: Pick<Collisions, 'merged' | 'undecided'>,
): Promise<StageRecord> {
  if (collisions.merged.length === 0 && collisions.undecided.length === 0) return record;
  const { system, environment } = engine;
  const clone = environment.open(system, record.id);
  system.onStep?.('merge:keep');
  keep(engine, clone, record, collisions);
  system.onStep?.('merge:note');
  return finish(engine, clone, record);
}

/** For `recover`: what was cut off is completed. A stage with which that cannot be done is removed; it can be staged again. */
export async function finishMerging(engine: Engine): Promise<string[]> {
  const { system, environment } = engine;
  const lines: string[] = [];
  for (const record of stagesOf(system, environment)) {
    const clone = openWhole(engine, record);
    if (!clone || !existsSync(bytes(folderOf(clone)))) continue;
    try {
      await finish(engine, clone, record);
      lines.push(`${record.id}: your changes are merged into it`);
    } catch (error) {
      const { problem } = faultOf(error);
      if (problem.code === 'CANCELLED') throw error;
      environment.destroy(system, record.id);
      lines.push(
        `${record.id}: removed, since your changes could not be merged into it (${problem.sentence})`,
      );
    }
  }
  return lines;
}

/** A damaged one is told of when it is to be used. */
function openWhole({ system, environment }: Engine, { id }: StageRecord): Clone | undefined {
  try {
    return environment.open(system, id);
  } catch (error) {
    if (faultOf(error).code === 'STAGE_DAMAGED') return undefined;
    throw error;
  }
}

function folderOf(clone: Clone): RawPath {
  return join(clone.folder, 'merging');
}

/** Writes the note with every file that it names. Nothing in the clone is altered yet. */
function keep(
  engine: Engine,
  clone: Clone,
  record: StageRecord,
  { merged, undecided }: Pick<Collisions, 'merged' | 'undecided'>,
): void {
  const unfinished = `${folderOf(clone)}.new` as RawPath;
  removeTree(unfinished);
  mkdirSync(bytes(unfinished), { mode: 0o700 });
  let count = 0;
  const place = (): { file: string; at: RawPath } => {
    const file = String(count++);
    return { file, at: join(unfinished, file) };
  };
  const entries: Note['entries'] = [];
  const base: Note['base'] = [];
  const arrange = (entry: Arrangement): void => {
    const { put, path } = entry;
    if (put !== 'copy') entries.push({ put, path });
    else {
      const { file, at } = place();
      copyEntry(entry.from, at);
      entries.push({ put, path, file });
    }
  };
  const rebase = (path: RawPath): void => {
    const mine = entryAt(join(engine.system.root, path));
    if (mine?.type !== 'file') return;
    const { file, at } = place();
    copyEntry(mine.place, at);
    base.push({ path, file });
  };
  for (const { path, result } of merged) {
    rebase(path);
    if (result === 'current') entries.push({ put: 'current', path });
    else if (result.put === 'nothing') entries.push({ put: 'nothing', path });
    else {
      const { file, at } = place();
      writeEntry(result, at);
      entries.push({ put: 'copy', path, file });
    }
  }
  const conflicts = undecided.map((path) => {
    rebase(path);
    return ask(engine, clone, record, path, arrange);
  });
  const note: Note = { version: 1, entries, base, conflicts };
  writeRecord(join(unfinished, 'note.json'), note);
  syncFileSystem(unfinished);
  renameSync(bytes(unfinished), bytes(folderOf(clone)));
  syncDirectory(clone.folder);
}

/** Mine stays in use, whatever was decided about it before, and theirs lies beside it until the user decides. */
function ask(
  engine: Engine,
  clone: Clone,
  record: StageRecord,
  path: RawPath,
  arrange: (entry: Arrangement) => void,
): Conflict {
  const { system, environment, packages } = engine;
  const id = conflictId(path);
  const known = record.conflicts.find((conflict) => conflict.id === id);
  const view = environment.view(clone);
  const theirs = view.locate(path);
  if (theirs === undefined) throw new Fault('STAGE_DAMAGED', `${clone.id}: ${display(path)} is missing`);
  const beside = packages.nameBeside(path, known ? fromDisplay(known.beside) : path, 'theirs');
  if (known?.kept === 'theirs')
    for (const entry of arrangementFor(engine, clone, { conflict: known, choice: 'mine' }).entries)
      arrange(entry);
  arrange({ put: 'copy', path: beside, from: theirs });
  arrange({ put: 'current', path });
  const owner = record.plan.changes.find(({ name, architecture }) =>
    packages.filesOf(view, name, architecture).includes(path),
  );
  return {
    id,
    path: display(path),
    package: known?.package ?? owner?.name ?? null,
    beside: display(beside),
    kept: 'mine',
    decided: false,
    mine: textOf(plainView(system.root), path),
    theirs: textOf(view, path),
  };
}

async function finish(engine: Engine, clone: Clone, record: StageRecord): Promise<StageRecord> {
  const { system, environment } = engine;
  const folder = folderOf(clone);
  const read = readRecord(join(folder, 'note.json'), noteSchema);
  if (!('found' in read)) throw new Fault('STAGE_DAMAGED', `${clone.id}: what was to be merged`);
  const { entries, base, conflicts } = read.found;
  environment.arrange(
    system,
    clone,
    entries.map((entry): Arrangement => {
      const path = entry.path as RawPath;
      return entry.put === 'copy'
        ? { put: 'copy', path, from: join(folder, entry.file) }
        : { put: entry.put, path };
    }),
  );
  for (const { path, file } of base) {
    system.onStep?.('merge:base');
    replaceContent(baseContent(clone), path as RawPath, join(folder, file));
  }
  syncFileSystem(clone.folder);
  system.onStep?.('merge:verify');
  const condition = await verifyClone(engine, clone, record.plan, { before: record });
  system.onStep?.('merge:record');
  const renewed = new Set(conflicts.map(({ id }) => id));
  const all = [...record.conflicts.filter(({ id }) => !renewed.has(id)), ...conflicts];
  const finished: StageRecord = { ...record, ...condition, conflicts: all.sort(byPath) };
  writeStage(clone.folder, finished);
  system.onStep?.('merge:clean');
  // What was kept for decisions of before is of another version of mine.
  for (const conflict of conflicts) forgetOriginals(clone, conflict);
  removeTree(folder);
  syncDirectory(clone.folder);
  return finished;
}

function byPath(a: Conflict, b: Conflict): number {
  const [left, right] = [fromDisplay(a.path), fromDisplay(b.path)];
  return left < right ? -1 : left > right ? 1 : 0;
}
