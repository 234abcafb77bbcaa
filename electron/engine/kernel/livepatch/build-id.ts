/**
 * Which build of a kernel runs: its GNU build id, from the notes that the kernel shows (/sys/kernel/notes, in the form of elf(5)). A distribution
 * may build a release twice, and a live patch fits the one that it was made from.
 */
import { endianness } from 'node:os';
import { isAbsence, readStart } from '../../inspect/read.js';
import type { MachineSources } from '../../inspect/sources.js';
import { join } from '../../posix/raw-path.js';

/** NT_GNU_BUILD_ID. */
const buildIdType = 3;
const padded = (size: number): number => Math.ceil(size / 4) * 4;

/** Hexadecimal; null where it is not told. */
export function kernelBuildId({ sys }: MachineSources): string | null {
  const notes = notesAt(join(sys, 'kernel/notes'));
  const word = (at: number): number =>
    endianness() === 'LE' ? notes.readUInt32LE(at) : notes.readUInt32BE(at);
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameSize, size, type] = [word(at), word(at + 4), word(at + 8)];
    const start = at + 12 + padded(nameSize);
    if (start + size > notes.length) return null;
    const name = notes.toString('latin1', at + 12, at + 12 + nameSize);
    if (type === buildIdType && name === 'GNU\0') return notes.toString('hex', start, start + size);
    at = start + padded(size);
  }
  return null;
}

function notesAt(path: ReturnType<typeof join>): Buffer {
  try {
    return readStart(path, 65_536);
  } catch (error) {
    if (isAbsence(error)) return Buffer.alloc(0);
    throw error;
  }
}
