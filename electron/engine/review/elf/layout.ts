/** Numbers and field offsets of elf(5), and one way to read a field whatever the file's class and byte order. */
import { DamagedFile } from './bounded-file.js';

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;

export const DT_NULL = 0;
export const DT_NEEDED = 1;
export const DT_STRTAB = 5;
export const DT_STRSZ = 10;
export const DT_SONAME = 14;
export const DT_RPATH = 15;
export const DT_RUNPATH = 29;
export const DT_FLAGS_1 = 0x6ffffffb;
export const DT_VERDEF = 0x6ffffffc;
export const DT_VERDEFNUM = 0x6ffffffd;
export const DT_VERNEED = 0x6ffffffe;
export const DT_VERNEEDNUM = 0x6fffffff;
export const DF_1_NODEFLIB = 0x800;
export const VER_FLG_BASE = 1;
export const VER_FLG_WEAK = 2;

export interface Layout {
  readonly headerBytes: number;
  readonly programHeaderBytes: number;
  readonly dynamicBytes: number;
  half(buffer: Buffer, at: number): number;
  word(buffer: Buffer, at: number): number;
  /** `Elf32_Off`/`Elf64_Off`, address or size. A value that no file can reach is damage. */
  wide(buffer: Buffer, at: number): number;
  /** As `wide`, for values that need not be offsets; what does not fit is `undefined`. */
  value(buffer: Buffer, at: number): number | undefined;
}

export function layoutOf(bits: 32 | 64, bigEndian: boolean): Layout {
  const half = (buffer: Buffer, at: number): number =>
    bigEndian ? buffer.readUInt16BE(at) : buffer.readUInt16LE(at);
  const word = (buffer: Buffer, at: number): number =>
    bigEndian ? buffer.readUInt32BE(at) : buffer.readUInt32LE(at);
  const value = (buffer: Buffer, at: number): number | undefined => {
    if (bits === 32) return word(buffer, at);
    const number = bigEndian ? buffer.readBigUInt64BE(at) : buffer.readBigUInt64LE(at);
    return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : undefined;
  };
  const wide = (buffer: Buffer, at: number): number => {
    const number = value(buffer, at);
    if (number === undefined) throw new DamagedFile('an offset is larger than any file');
    return number;
  };
  const sizes =
    bits === 64
      ? { headerBytes: 64, programHeaderBytes: 56, dynamicBytes: 16 }
      : { headerBytes: 52, programHeaderBytes: 32, dynamicBytes: 8 };
  return { ...sizes, half, word, wide, value };
}
