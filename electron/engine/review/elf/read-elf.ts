/**
 * Reads how an ELF file is loaded: its header, program headers and dynamic section, as elf(5) lays them out. Nothing else of
 * the file is touched, and everything that it claims is bounded first (see `bounded-file.ts`).
 */
import { systemErrorCode } from '../../fault.js';
import type { RawPath } from '../../posix/raw-path.js';
import { BoundedFile, DamagedFile } from './bounded-file.js';
import type { ElfFile, ElfReading } from './elf-file.js';
import * as elf from './layout.js';
import { readVersionsDefined, readVersionsNeeded } from './versions.js';

const magic = Buffer.from('\x7fELF', 'latin1');
const mostProgramHeaders = 512;
const mostDynamicEntries = 8192;
const longestName = 4096; // PATH_MAX
const longestSearchPath = 65_536;

/** What the file at `path` is. Throws only for what the file system refuses (`ENOENT`, `EACCES`, `EIO`, …). */
export function readElf(path: RawPath): ElfReading {
  let file: BoundedFile | undefined;
  try {
    file = BoundedFile.open(path);
  } catch (error) {
    // ELOOP: a link; ENXIO: a socket or a device without a driver
    if (['ELOOP', 'ENXIO', 'ENODEV'].includes(systemErrorCode(error) ?? '')) return { kind: 'not-elf' };
    throw error;
  }
  if (file === undefined) return { kind: 'not-elf' };
  try {
    if (file.size < magic.length || !file.read(0, magic.length, 'the magic number').equals(magic))
      return { kind: 'not-elf' };
    return { kind: 'elf', file: parse(file) };
  } catch (error) {
    if (error instanceof DamagedFile) return { kind: 'damaged', reason: error.message };
    throw error;
  } finally {
    file.close();
  }
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

function parse(file: BoundedFile): ElfFile {
  const identity = file.read(0, 16, 'the header');
  const bits =
    identity[4] === 1 ? 32 : identity[4] === 2 ? 64 : damaged('the class is neither 32 nor 64 bits');
  const bigEndian =
    identity[5] === 1 ? false : identity[5] === 2 ? true : damaged('the byte order is unknown');
  const layout = elf.layoutOf(bits, bigEndian);
  const header = file.read(0, layout.headerBytes, 'the header');
  const type = typeOf(layout.half(header, 16));
  const abi = { bits, bigEndian, machine: layout.half(header, 18) } as const;
  const still = {
    abi,
    type,
    interpreter: undefined,
    dynamic: false,
    soname: undefined,
    needed: [],
    rpath: undefined,
    runpath: undefined,
    noDefaultFolders: false,
    versionsNeeded: new Map<string, string[]>(),
    versionsDefined: new Set<string>(),
  };
  if (type !== 'executable' && type !== 'shared') return still;
  const segments = segmentsOf(file, layout, header);
  for (const segment of segments) {
    if (segment.type === elf.PT_LOAD && segment.offset + segment.bytes > file.size)
      throw new DamagedFile('the file is shorter than what it says must be loaded');
  }
  const interpreterSegment = segments.find((segment) => segment.type === elf.PT_INTERP);
  const interpreter =
    interpreterSegment && file.text(interpreterSegment.offset, longestName, 'the interpreter');
  const dynamicSegment = segments.find((segment) => segment.type === elf.PT_DYNAMIC);
  if (dynamicSegment === undefined) return { ...still, interpreter };
  return { ...still, interpreter, ...dynamicPart(file, layout, segments, dynamicSegment) };
}

function typeOf(number: number): ElfFile['type'] {
  return (['other', 'relocatable', 'executable', 'shared', 'core'] as const)[number] ?? 'other';
}

function segmentsOf(file: BoundedFile, layout: elf.Layout, header: Buffer): Segment[] {
  const wide = layout.headerBytes === 64;
  const start = layout.wide(header, wide ? 32 : 28);
  const size = layout.half(header, wide ? 54 : 42);
  const count = layout.half(header, wide ? 56 : 44);
  if (count === 0) return [];
  if (size !== layout.programHeaderBytes) throw new DamagedFile('the program headers have a wrong size');
  if (count > mostProgramHeaders) throw new DamagedFile(`it claims ${count} program headers`);
  const table = file.read(start, count * size, 'the program header table');
  return Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * size, (index + 1) * size);
    const type = layout.word(entry, 0);
    if (type !== elf.PT_LOAD && type !== elf.PT_DYNAMIC && type !== elf.PT_INTERP)
      return { type, offset: 0, address: 0, bytes: 0 };
    return {
      type,
      offset: layout.wide(entry, wide ? 8 : 4),
      // an address may use all 64 bits; such a segment then maps nothing that is looked up here
      address: layout.value(entry, wide ? 16 : 8) ?? Number.MAX_SAFE_INTEGER,
      bytes: layout.wide(entry, wide ? 32 : 16),
    };
  });
}

function dynamicPart(
  file: BoundedFile,
  layout: elf.Layout,
  segments: readonly Segment[],
  segment: Segment,
): Omit<ElfFile, 'abi' | 'type' | 'interpreter'> {
  const table = dynamicEntries(file, layout, segment);
  const first = (tag: number): number | undefined => table.find((entry) => entry.tag === tag)?.value;
  const offsetOf = (address: number, what: string): number => {
    for (const load of segments) {
      if (load.type !== elf.PT_LOAD) continue;
      if (address >= load.address && address - load.address < load.bytes)
        return load.offset + (address - load.address);
    }
    throw new DamagedFile(`${what} is in no loaded segment`);
  };
  const tableAddress = first(elf.DT_STRTAB);
  const strings = tableAddress === undefined ? undefined : offsetOf(tableAddress, 'the string table');
  const stringBytes = first(elf.DT_STRSZ) ?? 0;
  const text = (index: number, what: string, limit = longestName): string => {
    if (strings === undefined || index >= stringBytes)
      throw new DamagedFile(`${what} lies outside the string table`);
    return file.text(strings + index, Math.min(limit, stringBytes - index), what);
  };
  const named = (tag: number, what: string, limit = longestName): string | undefined => {
    const index = first(tag);
    return index === undefined ? undefined : text(index, what, limit);
  };
  const versionSource = (address: number | undefined, count: number | undefined) =>
    address === undefined || count === undefined
      ? undefined
      : { file, layout, text, start: offsetOf(address, 'the version table'), count };
  const runpath = named(elf.DT_RUNPATH, 'the runpath', longestSearchPath);
  const rpath = named(elf.DT_RPATH, 'the rpath', longestSearchPath);
  return {
    dynamic: true,
    soname: named(elf.DT_SONAME, 'the soname'),
    needed: table
      .filter((entry) => entry.tag === elf.DT_NEEDED)
      .map((entry) => text(entry.value, 'a needed library')),
    rpath,
    runpath,
    noDefaultFolders: ((first(elf.DT_FLAGS_1) ?? 0) & elf.DF_1_NODEFLIB) !== 0,
    versionsNeeded: readVersionsNeeded(versionSource(first(elf.DT_VERNEED), first(elf.DT_VERNEEDNUM))),
    versionsDefined: readVersionsDefined(versionSource(first(elf.DT_VERDEF), first(elf.DT_VERDEFNUM))),
  };
}

function dynamicEntries(
  file: BoundedFile,
  layout: elf.Layout,
  segment: Segment,
): { tag: number; value: number }[] {
  const count = Math.floor(segment.bytes / layout.dynamicBytes);
  if (count > mostDynamicEntries) throw new DamagedFile(`it claims ${count} entries in its dynamic section`);
  const table = file.read(segment.offset, count * layout.dynamicBytes, 'the dynamic section');
  const entries: { tag: number; value: number }[] = [];
  for (let at = 0; at < table.length; at += layout.dynamicBytes) {
    const tag = layout.value(table, at);
    if (tag === elf.DT_NULL) break;
    const value = layout.value(table, at + layout.dynamicBytes / 2);
    if (tag !== undefined && value !== undefined) entries.push({ tag, value });
  }
  return entries;
}

function damaged(reason: string): never {
  throw new DamagedFile(reason);
}
