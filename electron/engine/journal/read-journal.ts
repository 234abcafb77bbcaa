/**
 * Reads the journal: one file per transaction, `NNNNNNNN-<transaction>.jsonl`, where N is the sequence number of its
 * first record. A torn last line is normal (the power went while it was written) and is ignored; any other damage is
 * reported with its place and never guessed over.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { Fault, systemErrorCode } from '../fault.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { decode, firstPrevious, type JournalRecord } from './record.js';

export interface Transaction {
  readonly id: string;
  readonly kind: JournalRecord['kind'];
  readonly records: readonly JournalRecord[];
  /** False while no end was recorded: it was interrupted, or is under way. */
  readonly ended: boolean;
}

export interface JournalState {
  readonly transactions: readonly Transaction[];
  readonly nextSequence: number;
  readonly lastSum: string;
  /** The newest file with the length of its whole records: a torn end is cut off before the next record. */
  readonly tail: { readonly file: string; readonly length: number } | undefined;
}

export const fileName = /^([0-9]{8})-([a-z0-9-]+)\.jsonl$/;

/** Throws `JOURNAL_DAMAGED`. */
export function readJournal(folder: RawPath): JournalState {
  let names: string[];
  try {
    names = readdirSync(bytes(folder), { encoding: 'latin1' })
      .filter((name) => fileName.test(name))
      .sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOTDIR') throw damaged('journal', 0, 'it is no folder');
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    names = [];
  }
  const transactions: Transaction[] = [];
  let sequence = 0;
  let lastSum = firstPrevious;
  let tail: JournalState['tail'];
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    const { records, length, sum } = readSegment(folder, name, { sequence, lastSum, isLast });
    sequence += records.length;
    lastSum = sum;
    tail = { file: name, length };
    const first = records[0];
    if (first) {
      const ended = records.at(-1)?.type === 'end';
      if (!ended && !isLast) throw damaged(name, 0, 'its transaction has no end, but a later one exists');
      transactions.push({ id: first.transaction, kind: first.kind, records, ended });
    }
  }
  return { transactions, nextSequence: sequence + 1, lastSum, tail };
}

interface Before {
  readonly sequence: number;
  readonly lastSum: string;
  readonly isLast: boolean;
}

function readSegment(
  folder: RawPath,
  name: string,
  before: Before,
): { records: JournalRecord[]; length: number; sum: string } {
  const content = contentOf(folder, name);
  const records: JournalRecord[] = [];
  let { sequence, lastSum } = before;
  if (Number(fileName.exec(name)?.[1]) !== sequence + 1)
    throw damaged(name, 0, 'a file before it is missing');
  let start = 0;
  for (let line = 1; start < content.length; line += 1) {
    const end = content.indexOf(10, start);
    const decoded = end < 0 ? undefined : decode(content.toString('utf8', start, end));
    if (!decoded) {
      // Torn: nothing whole follows, in the newest file.
      const rest = end < 0 ? '' : content.toString('utf8', end + 1);
      if (
        before.isLast &&
        rest.split('\n').every((later) => decode(later) === undefined) &&
        (end < 0 || rest.trim() === '')
      )
        break;
      throw damaged(name, line, 'the record does not match its checksum');
    }
    const { record, sum } = decoded;
    if (record.sequence !== sequence + 1 || record.previous !== lastSum)
      throw damaged(name, line, 'a record before it is missing');
    if (record.transaction !== fileName.exec(name)?.[2])
      throw damaged(name, line, 'the record belongs to another transaction');
    sequence += 1;
    lastSum = sum;
    records.push(record);
    start = end + 1;
  }
  if (records.length === 0 && !before.isLast) throw damaged(name, 1, 'the file is empty');
  return { records, length: start, sum: lastSum };
}

function contentOf(folder: RawPath, name: string): Buffer {
  const path = bytes(join(folder, name));
  if (!lstatSync(path).isFile()) throw damaged(name, 0, 'it is no file');
  return readFileSync(path);
}

function damaged(name: string, line: number, why: string): Fault {
  return new Fault('JOURNAL_DAMAGED', `${name}${line > 0 ? `, line ${line}` : ''}: ${why}.`);
}
