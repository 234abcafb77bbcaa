/**
 * The crash-safe record of every step that alters the system. A record is on the disk before the step that it announces
 * begins. Only the holder of the store's lock writes (see `lock.ts`).
 */
import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import type { z } from 'zod';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { syncDirectory } from '../posix/sync.js';
import type { System } from '../system.js';
import { readJournal, type JournalState, type Transaction } from './read-journal.js';
import { encode, type JournalRecord } from './record.js';

export type StepData = z.infer<typeof import('./record.js').recordSchema>['data'];

export type Outcome = 'done' | 'failed' | 'rolled-back' | 'rolled-forward';

export interface OpenTransaction {
  readonly id: string;
  readonly kind: JournalRecord['kind'];
  /** Records a step that is about to be done. */
  step(name: string, data?: StepData): void;
  /** Records that from here on the transaction goes forward. */
  commit(name: string, data?: StepData): void;
  end(outcome: Outcome, data?: StepData): void;
}

export function journalFolder(system: System): RawPath {
  return join(system.store, 'journal');
}

/** All transactions, oldest first. Throws `JOURNAL_DAMAGED`. */
export function transactionsOf(system: System): readonly Transaction[] {
  return readJournal(journalFolder(system)).transactions;
}

/** Begins a transaction; the one before must have ended. */
export function begin(
  system: System,
  kind: JournalRecord['kind'],
  id: string,
  data: StepData = {},
): OpenTransaction {
  const folder = journalFolder(system);
  mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
  const state = readJournal(folder);
  if (state.transactions.at(-1)?.ended === false) throw new Error('a transaction is open: recover first');
  // A file whose very first record was torn holds nothing: it would be taken for a gap later.
  if (state.tail?.length === 0) rmSync(bytes(join(folder, state.tail.file)));
  const file = `${String(state.nextSequence).padStart(8, '0')}-${id}.jsonl`;
  const writer = new Writer(system, join(folder, file), kind, id, state, 0);
  writer.append('begin', kind, data);
  syncDirectory(folder);
  syncDirectory(system.store);
  return writer;
}

/** Continues an interrupted transaction, to end it. */
export function resume(system: System, transaction: Transaction): OpenTransaction {
  const folder = journalFolder(system);
  const state = readJournal(folder);
  if (state.tail === undefined || state.transactions.at(-1)?.id !== transaction.id)
    throw new Error('not the last transaction');
  return new Writer(
    system,
    join(folder, state.tail.file),
    transaction.kind,
    transaction.id,
    state,
    state.tail.length,
  );
}

class Writer implements OpenTransaction {
  #sequence: number;
  #previous: string;
  #length: number;

  constructor(
    readonly system: System,
    readonly file: RawPath,
    readonly kind: JournalRecord['kind'],
    readonly id: string,
    state: JournalState,
    length: number,
  ) {
    this.#sequence = state.nextSequence;
    this.#previous = state.lastSum;
    this.#length = length;
  }

  step(name: string, data: StepData = {}): void {
    this.append('step', name, data);
  }

  commit(name: string, data: StepData = {}): void {
    this.append('commit', name, data);
  }

  end(outcome: Outcome, data: StepData = {}): void {
    this.append('end', outcome, data);
  }

  append(type: JournalRecord['type'], step: string, data: StepData): void {
    const { line, sum } = encode({
      version: 1,
      sequence: this.#sequence,
      previous: this.#previous,
      transaction: this.id,
      kind: this.kind,
      type,
      time: new Date().toISOString(),
      step,
      data,
    });
    const content = Buffer.from(line, 'utf8');
    const fd = openSync(
      bytes(this.file),
      constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      ftruncateSync(fd, this.#length); // cuts off what a power cut tore, or what a full disk refused
      for (let written = 0; written < content.length;) {
        written += writeSync(fd, content, written, content.length - written, this.#length + written);
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    this.#length += content.length;
    this.#sequence += 1;
    this.#previous = sum;
    this.system.onStep?.(`${this.kind}:${type}:${step}`);
  }
}
