/**
 * What takes a load or an unload back. Only the newest that was done to a patch can be: what came later has altered that state. Where a patch took the
 * place of others, those come back.
 */
import type { Transaction } from '../../journal/read-journal.js';
import { succeeded } from '../../records/vouched.js';
import type { System } from '../../system.js';
import { runningRelease } from '../modules/list-trees.js';
import { activeNames, patchNote, type PatchAction, type PatchNote } from './journaled.js';
import { storedFor } from './store.js';

export interface Undo {
  readonly note: PatchNote;
  readonly steps: readonly UndoStep[];
}

export interface UndoStep {
  readonly action: PatchAction;
  readonly name: string;
}

/** By the transaction; the newest last. Empty for a system that does not run. Throws `JOURNAL_DAMAGED`. */
export function undoable(system: System, transactions: readonly Transaction[]): ReadonlyMap<string, Undo> {
  const found = new Map<string, Undo>();
  const release = runningRelease(system);
  const newest = newestOf(transactions);
  if (release === null || newest.size === 0) return found;
  const active = activeNames(system);
  const kept = new Map(storedFor(system, release).map(({ name, kind }) => [name, kind]));
  for (const [transaction, note] of newest.values()) {
    if (note.release !== release) continue;
    const steps =
      note.action === 'load' ? backFromLoad(note, active, kept) : backFromUnload(note, active, kept);
    if (steps) found.set(transaction, { note, steps });
  }
  return found;
}

/** By the patch. */
function newestOf(transactions: readonly Transaction[]): Map<string, readonly [string, PatchNote]> {
  const newest = new Map<string, readonly [string, PatchNote]>();
  for (const transaction of transactions) {
    const note = succeeded(transaction) ? patchNote(transaction) : undefined;
    if (!note) continue;
    const key = `${note.release} ${note.name}`;
    newest.delete(key); // so that the map is in the order of the newest ones
    newest.set(key, [transaction.id, note]);
  }
  return newest;
}

type Kept = ReadonlyMap<string, 'replaces' | 'stacks'>;

function backFromLoad(
  { name, before }: PatchNote,
  active: readonly string[],
  kept: Kept,
): UndoStep[] | undefined {
  const gone = before.filter((one) => one !== name && !active.includes(one));
  if (!active.includes(name) || gone.some((one) => !kept.has(one))) return undefined;
  const back = gone.map((one): UndoStep => ({ action: 'load', name: one }));
  const out: UndoStep = { action: 'unload', name };
  // One that takes the place of all does so with this one, and the kernel is never without any.
  return gone.some((one) => kept.get(one) === 'replaces') ? [...back, out] : [out, ...back];
}

function backFromUnload({ name }: PatchNote, active: readonly string[], kept: Kept): UndoStep[] | undefined {
  return active.includes(name) || !kept.has(name) ? undefined : [{ action: 'load', name }];
}
