/**
 * What alters the kernel's live patches as a transaction of the journal, so that the history knows it and it can be taken back. What came of one that
 * was cut short is what the kernel says. The caller holds the store's lock.
 */
import { z } from 'zod';
import type { Patched, TransactionKind } from '../../../../shared/history.js';
import { kernelReleaseSchema, livepatchNameSchema } from '../../../../shared/livepatch.js';
import { Fault } from '../../fault.js';
import { begin, type OpenTransaction } from '../../journal/journal.js';
import type { Transaction } from '../../journal/read-journal.js';
import { newId } from '../../records/ids.js';
import { machineOf, type System } from '../../system.js';
import { runningRelease } from '../modules/list-trees.js';
import { loadPatch } from './load-patch.js';
import { withState } from './state.js';
import { kernelPatch, kernelPatches } from './sysfs.js';

export type PatchAction = Extract<TransactionKind, 'load' | 'unload'>;

const noteSchema = z.object({
  release: kernelReleaseSchema,
  name: livepatchNameSchema,
  /** What was at work before, in order. */
  before: z.array(z.string()),
});
export type PatchNote = z.infer<typeof noteSchema> & { readonly action: PatchAction };

const patienceMs = 30_000;

/** `body` calls `announce` when it is about to alter the kernel; without that nothing is noted. */
export async function journaled<T extends { readonly replaced: readonly string[] }>(
  system: System,
  kind: PatchAction,
  { release, name }: { readonly release: string; readonly name: string },
  body: (announce: () => void) => Promise<T>,
): Promise<T> {
  const made: { open?: OpenTransaction } = {};
  const announce = (): void => {
    made.open = begin(system, kind, newId(kind), { release, name, before: activeNames(system) });
  };
  try {
    const answer = await body(announce);
    made.open?.end('done', { replaced: [...answer.replaced] });
    return answer;
  } catch (error) {
    made.open?.end('failed');
    throw error;
  }
}

/** Those that are at work in the kernel that runs. */
export function activeNames(system: System): string[] {
  if (!system.isRunning) return [];
  return kernelPatches(machineOf(system)).flatMap(({ name, enabled }) => (enabled ? [name] : []));
}

/** Undefined for a transaction of another kind. Throws `JOURNAL_DAMAGED`. */
export function patchNote({ id, kind, records }: Transaction): PatchNote | undefined {
  if (kind !== 'load' && kind !== 'unload') return undefined;
  const read = noteSchema.safeParse(records[0]?.data);
  if (!read.success) throw new Fault('JOURNAL_DAMAGED', `${id}: no live patch is named`);
  return { action: kind, ...read.data };
}

/** As the history has it, without whether it can be taken back. Undefined for a transaction of another kind. */
export function patchedIn(transaction: Transaction): Omit<Patched, 'undo'> | undefined {
  const note = patchNote(transaction);
  if (!note) return undefined;
  const replaced = transaction.records.at(-1)?.data.replaced;
  const names = Array.isArray(replaced) ? replaced.filter((name) => typeof name === 'string') : [];
  return { release: note.release, name: note.name, replaced: names };
}

/** What became of one that was cut short. What is at work is finished: it returns as if nobody had been in the way. */
export async function settlePatch(
  system: System,
  transaction: Transaction,
): Promise<{ readonly outcome: 'rolled-forward' | 'rolled-back'; readonly sentence: string }> {
  const note = patchNote(transaction);
  if (!note) throw new Error(`${transaction.kind} is none of a live patch`);
  const { action, release, name } = note;
  const patch =
    system.isRunning && runningRelease(system) === release ? kernelPatch(machineOf(system), name) : undefined;
  const isActive = patch?.enabled === true;
  if (action === 'load' && isActive && !patch.transition) await finish(system, name);
  return {
    outcome: isActive === (action === 'load') ? 'rolled-forward' : 'rolled-back',
    sentence: `${sentences[action]} It is ${isActive ? 'at work' : 'not at work'}.`,
  };
}

const sentences = {
  load: 'The loading of a live patch was interrupted.',
  unload: 'The unloading of a live patch was interrupted.',
} as const;

/** Damaged records of live patches are no reason to leave a transaction open for ever. */
async function finish(system: System, name: string): Promise<void> {
  try {
    await withState(system, patienceMs, () => loadPatch(system, name, { again: true }));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
