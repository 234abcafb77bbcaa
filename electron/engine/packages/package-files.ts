/** The files of packages in a cache of Understudy's own: what is wanted, what is damaged, and whether there is room for the rest. */
import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { Fault } from '../fault.js';
import { bytes, join, nameOf, type RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';

export interface WantedFile {
  /** The name of the package. */
  readonly name: string;
  readonly file: RawPath;
  readonly bytes: number;
  /** Empty where the index has none. */
  readonly sha256: string;
}

/** How far a download is; bytes. */
type Step = (progress: { readonly done: number; readonly total: number; readonly unit: 'bytes' }) => void;

export interface FetchOptions {
  readonly folder: RawPath;
  readonly wanted: readonly WantedFile[];
  /** Of names that are in the folder and not wanted. */
  readonly stays: (name: string) => boolean;
  /** Fetches what is missing; `present` and `total` are bytes. */
  readonly fetch: (missing: readonly WantedFile[], present: number, total: number) => Promise<void>;
}

/**
 * Brings what is wanted into a cache of Understudy's own, and nothing else. Before and after, every file is hashed against the index. Throws
 * `NO_SPACE`, `ARCHIVE_INCONSISTENT`.
 */
export async function fetchFiles(
  system: System,
  step: Step,
  { folder, wanted, stays, fetch }: FetchOptions,
): Promise<void> {
  const total = wanted.reduce((sum, { bytes: size }) => sum + size, 0);
  removeFiles(await damagedOf(wanted, system.signal));
  const missing = wanted.filter(({ file }) => sizeOf(file) === undefined);
  const present = total - missing.reduce((sum, { bytes: size }) => sum + size, 0);
  checkRoom(system, total - present);
  step({ done: present, total, unit: 'bytes' });
  if (missing.length > 0) await fetch(missing, present, total);
  const bad = await damagedOf(wanted, system.signal);
  removeFiles(bad);
  const absent = wanted.filter((entry) => sizeOf(entry.file) === undefined && !bad.includes(entry));
  if (bad.length + absent.length > 0) throw inconsistent(bad, absent);
  const names = new Set(wanted.map(({ file }) => nameOf(file)));
  removeOthers(folder, (name) => names.has(name) || stays(name));
  step({ done: total, total, unit: 'bytes' });
}

export function inconsistent(bad: readonly WantedFile[], absent: readonly WantedFile[]): Fault {
  return new Fault(
    'ARCHIVE_INCONSISTENT',
    ...bad.map(({ name }) => `${name}: is not what the index says`),
    ...absent.map(({ name }) => `${name}: was not fetched`),
  );
}

/** Files that are there with a size or content that the index does not name. */
export async function damagedOf(wanted: readonly WantedFile[], signal: AbortSignal): Promise<WantedFile[]> {
  const found: WantedFile[] = [];
  for (const entry of wanted) {
    const size = sizeOf(entry.file);
    if (size === undefined) continue;
    if (
      size !== entry.bytes ||
      (entry.sha256 !== '' && (await sha256(entry.file, signal)) !== entry.sha256)
    ) {
      found.push(entry);
    }
  }
  return found;
}

async function sha256(file: RawPath, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(bytes(file), { signal, highWaterMark: 1024 * 1024 });
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export function removeFiles(files: readonly WantedFile[]): void {
  for (const { file } of files) rmSync(bytes(file), { force: true });
}

/** The cache holds what the newest plan needs and nothing else, so it does not grow. */
function removeOthers(folder: RawPath, stays: (name: string) => boolean): void {
  for (const name of readdirSync(bytes(folder), { encoding: 'latin1' })) {
    if (!stays(name)) rmSync(bytes(join(folder, name)), { force: true, recursive: true });
  }
}

/** Throws `NO_SPACE` where so many bytes would go below what is kept free. */
function checkRoom(system: System, needed: number): void {
  const { bavail, bsize } = statfsSync(bytes(system.store));
  const free = bavail * bsize;
  if (needed === 0 || free >= needed + system.settings.reserveBytes) return;
  const mega = (size: number): string => `${(size / 1e6).toFixed(1)} MB`;
  throw new Fault(
    'NO_SPACE',
    `${mega(needed)} to fetch, ${mega(free)} free, of which ${mega(system.settings.reserveBytes)} are kept free`,
  );
}

export function sizeOf(file: RawPath): number | undefined {
  const status = lstatSync(bytes(file), { throwIfNoEntry: false });
  return status?.isFile() ? status.size : undefined;
}
