/**
 * What a kernel module says of itself in its section `.modinfo`: `key=value`, each ended by a zero byte (include/linux/moduleparam.h). Only the
 * headers of elf(5) are looked at on the way, and no offset or size that the file claims is believed.
 */
import { DamagedFile } from '../../review/elf/bounded-file.js';
import { layoutOf, type Layout } from '../../review/elf/layout.js';

export interface ModuleInfo {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  /** `e_machine`, for example 62 for x86-64. */
  readonly machine: number;
  /** The first value of each key. */
  readonly values: ReadonlyMap<string, string>;
  /** Whether a signature is appended, for the kernel to check (Documentation/admin-guide/module-signing.rst). */
  readonly signed: boolean;
}

const magic = Buffer.from('\x7fELF', 'latin1');
const signatureMarker = Buffer.from('~Module signature appended~\n', 'latin1');
const relocatable = 1;
const mostInfoBytes = 65_536;

/** Throws `DamagedFile` with what is wrong, for what is no kernel module. */
export function readModuleInfo(content: Buffer): ModuleInfo {
  if (content.length < 16 || !content.subarray(0, 4).equals(magic))
    throw new DamagedFile('it is no ELF file');
  const bits = content[4] === 2 ? 64 : content[4] === 1 ? 32 : wrong('its class is neither 32 nor 64 bits');
  const bigEndian = content[5] === 1 ? false : content[5] === 2 ? true : wrong('its byte order is unknown');
  const layout = layoutOf(bits, bigEndian);
  const header = piece(content, 0, layout.headerBytes, 'the header');
  if (layout.half(header, 16) !== relocatable) wrong('it is no kernel module: such a file is relocatable');
  return {
    bits,
    bigEndian,
    machine: layout.half(header, 18),
    values: valuesOf(sectionOf(content, layout, header)),
    signed: content.subarray(-signatureMarker.length).equals(signatureMarker),
  };
}

/** The bytes of `.modinfo`, found by the names of the sections. */
function sectionOf(content: Buffer, layout: Layout, header: Buffer): Buffer {
  const wide = layout.headerBytes === 64;
  const start = layout.wide(header, wide ? 40 : 32);
  const [size, count, names] = (wide ? [58, 60, 62] : [46, 48, 50]).map((at) => layout.half(header, at));
  if (size !== (wide ? 64 : 40)) wrong('its section headers have a wrong size');
  if (count === undefined || count === 0 || names === undefined || names >= count)
    wrong('it has no sections');
  const table = piece(content, start, count * size, 'the table of sections');
  const at = (index: number): { name: number; offset: number; bytes: number } => {
    const entry = table.subarray(index * size, (index + 1) * size);
    return {
      name: layout.word(entry, 0),
      offset: layout.wide(entry, wide ? 24 : 16),
      bytes: layout.wide(entry, wide ? 32 : 20),
    };
  };
  const strings = piece(content, at(names).offset, at(names).bytes, 'the names of the sections');
  const wanted = Buffer.from('.modinfo\0', 'latin1');
  for (let index = 1; index < count; index += 1) {
    const { name, offset, bytes } = at(index);
    if (!strings.subarray(name, name + wanted.length).equals(wanted)) continue;
    if (bytes > mostInfoBytes) wrong('its section .modinfo is too large');
    return piece(content, offset, bytes, 'the section .modinfo');
  }
  return wrong('it is no kernel module: it has no section .modinfo');
}

function valuesOf(section: Buffer): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of section.toString('latin1').split('\0')) {
    const equals = line.indexOf('=');
    if (equals <= 0 || values.has(line.slice(0, equals))) continue;
    values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return values;
}

function piece(content: Buffer, offset: number, length: number, what: string): Buffer {
  if (offset + length > content.length)
    throw new DamagedFile(`it is cut short: ${what} lies outside the file`);
  return content.subarray(offset, offset + length);
}

function wrong(reason: string): never {
  throw new DamagedFile(reason);
}
