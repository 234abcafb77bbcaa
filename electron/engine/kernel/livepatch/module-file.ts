/**
 * A live patch as a file: read once through one handle, so that what was looked at is what is kept, and refused unless it is a live patch for this
 * kind of machine. A module that was packed by gzip is unpacked, since the kernel's signature is of what is inside.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { kernelReleaseSchema, livepatchNameSchema } from '../../../../shared/livepatch.js';
import { Fault, systemErrorCode } from '../../fault.js';
import { readRegularFile, UnusableFile } from '../../files/regular-file.js';
import { display, type RawPath } from '../../posix/raw-path.js';
import { DamagedFile } from '../../review/elf/bounded-file.js';
import { readModuleInfo, type ModuleInfo } from './modinfo.js';

export interface LivepatchModule {
  /** The file as it is, and what is inside where it was packed. */
  readonly file: Buffer;
  readonly content: Buffer;
  readonly sha256: string;
  readonly name: string;
  readonly release: string;
  readonly vermagic: string;
  readonly srcversion: string | null;
  readonly signed: boolean;
}

/** Far more than a live patch has: those of a distribution are of some 100 kB. */
const largest = 64 * 1024 ** 2;

/** `e_machine` of elf(5) by what `uname -m` prints, of the architectures that have live patches; all of 64 bits. */
const machines: Readonly<Record<string, { readonly machine: number; readonly bigEndian: boolean }>> = {
  x86_64: { machine: 62, bigEndian: false },
  aarch64: { machine: 183, bigEndian: false },
  ppc64le: { machine: 21, bigEndian: false },
  s390x: { machine: 22, bigEndian: true },
  loongarch64: { machine: 258, bigEndian: false },
};

/** What must be unpacked by hand first: Node has nothing for it. */
const packed: readonly (readonly [start: string, program: string])[] = [
  ['fd377a585a00', 'xz -d'],
  ['28b52ffd', 'zstd -d'],
];

/** Throws `LIVEPATCH_UNFIT` with the reason. `hardware`: what `uname -m` prints. */
export function readLivepatch(path: RawPath, hardware: string): LivepatchModule {
  const file = contentOf(path);
  const content = unpacked(path, file);
  const info = informationIn(path, content);
  const value = (key: string): string => info.values.get(key) ?? unfit(path, `it does not say its ${key}`);
  if (info.values.get('livepatch') !== 'Y')
    unfit(path, 'it is a kernel module, but no live patch (livepatch=Y)');
  const fits = machines[hardware];
  if (
    fits === undefined ||
    info.bits !== 64 ||
    info.machine !== fits.machine ||
    info.bigEndian !== fits.bigEndian
  )
    unfit(path, `it is for another architecture than ${hardware}`);
  const vermagic = value('vermagic');
  const name = livepatchNameSchema.safeParse(value('name'));
  const release = kernelReleaseSchema.safeParse(vermagic.split(' ')[0]);
  if (!name.success) unfit(path, 'its name is none that the kernel gives a module');
  if (!release.success) unfit(path, 'it does not say for which kernel release it is');
  return {
    file,
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
    name: name.data,
    release: release.data,
    vermagic,
    srcversion: info.values.get('srcversion') ?? null,
    signed: info.signed,
  };
}

function informationIn(path: RawPath, content: Buffer): ModuleInfo {
  try {
    return readModuleInfo(content);
  } catch (error) {
    if (error instanceof DamagedFile) return unfit(path, error.message);
    throw error;
  }
}

function contentOf(path: RawPath): Buffer {
  try {
    return readRegularFile(path, largest);
  } catch (error) {
    const reason = error instanceof UnusableFile ? error.message : openReasons[systemErrorCode(error) ?? ''];
    if (reason === undefined) throw error;
    return unfit(path, reason);
  }
}

const openReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  ELOOP: 'it is a link, which is not followed',
  ENXIO: 'it is no regular file',
  ENAMETOOLONG: 'the name is too long',
  EACCES: 'it may not be read',
  EISDIR: 'it is no regular file',
  ERR_INVALID_ARG_VALUE: 'no name holds a NUL',
};

function unpacked(path: RawPath, content: Buffer): Buffer {
  const begins = (start: string): boolean =>
    content.subarray(0, start.length / 2).equals(Buffer.from(start, 'hex'));
  const other = packed.find(([start]) => begins(start));
  if (other) unfit(path, `it is packed: unpack it first with "${other[1]}"`);
  if (!begins('1f8b')) return content;
  try {
    return gunzipSync(content, { maxOutputLength: largest });
  } catch {
    return unfit(path, 'it is packed by gzip, and damaged or too large');
  }
}

function unfit(path: RawPath, reason: string): never {
  throw new Fault('LIVEPATCH_UNFIT', `${display(path)}: ${reason}`);
}
