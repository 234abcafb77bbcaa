/**
 * One file of the app: a JSON document with a version, read and written through `conf` (shells with Electron give the class of
 * `electron-store`, which is the same). Invariant: a file that cannot be used is never written over: a damaged one is kept
 * beside as `.damaged`, one of a newer version stays where it is, and what is changed then lives in memory alone.
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Conf, { type Options } from 'conf';
import type { z } from 'zod';

export type Document = Record<string, unknown>;

/** The class of `conf`; that of `electron-store` takes the same options and calls one of them otherwise. */
export type StoreClass = new (
  options: Options<Document> & { name: string },
) => Pick<Conf<Document>, 'store' | 'path'>;

export interface RecordOptions<S extends z.ZodType<Document & { readonly version: number }>> {
  readonly folder: string;
  /** File name without `.json`. */
  readonly name: string;
  readonly version: number;
  readonly schema: S;
  readonly defaults: z.output<S>;
  /** From each older version to the next one. */
  readonly migrations?: Readonly<Record<number, (document: Document) => Document>>;
  readonly Store?: StoreClass | undefined;
}

/** How the file was found. `missing`: there was none; `migrated`: it was of an older version. */
export type Found = 'missing' | 'read' | 'migrated' | 'damaged' | 'newer' | 'unreadable';

export interface StoredRecord<T> {
  readonly path: string;
  readonly found: Found;
  /** For people, when the file could not be used. */
  readonly remark: string | null;
  value(): T;
  /** Holds from now on; false when it could not be written and will be forgotten at the end. */
  write(value: T): boolean;
}

export function openRecord<S extends z.ZodType<Document & { readonly version: number }>>(
  options: RecordOptions<S>,
): StoredRecord<z.output<S>> {
  const { folder, name, defaults, Store = Conf } = options;
  const path = join(folder, `${name}.json`);
  const { found, value: read } = examine(path, options);
  let value = read ?? defaults;
  let mayWrite = found !== 'newer' && found !== 'unreadable';
  let store: InstanceType<StoreClass> | undefined;

  const write = (next: z.output<S>): boolean => {
    value = next;
    if (!mayWrite) return false;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // The class of Electron calls `configName` `name`, and has a default that would win.
      store ??= new Store({ cwd: folder, name, configName: name, configFileMode: 0o600 });
      store.store = next;
      return true;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      mayWrite = false;
      return false;
    }
  };
  if (found === 'migrated') write(value);
  return { path, found, remark: remarkOn(found, path), value: () => value, write };
}

function examine<S extends z.ZodType<Document & { readonly version: number }>>(
  path: string,
  { version, schema, migrations = {} }: RecordOptions<S>,
): { found: Found; value?: z.output<S> } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { found: isAbsence(error) ? 'missing' : 'unreadable' };
  }
  const document = documentIn(text);
  const written = document?.['version'];
  if (!document || typeof written !== 'number' || !Number.isInteger(written)) return setAside(path);
  if (written > version) return { found: 'newer' };
  let current: Document = document;
  for (let from = written; from < version; from += 1) {
    const migrate = migrations[from];
    if (!migrate) return setAside(path);
    current = { ...migrate(current), version: from + 1 };
  }
  const parsed = schema.safeParse(current);
  if (!parsed.success) return setAside(path);
  return { found: written === version ? 'read' : 'migrated', value: parsed.data };
}

/** The document without what `conf` notes for itself. */
function documentIn(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__internal__'));
  } catch {
    return undefined;
  }
}

function setAside(path: string): { found: Found } {
  try {
    renameSync(path, `${path}.damaged`);
    return { found: 'damaged' };
  } catch {
    // It cannot be kept beside, so it must not be written over.
    return { found: 'unreadable' };
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function remarkOn(found: Found, path: string): string | null {
  switch (found) {
    case 'damaged':
      return `${path} was damaged and is not used; it is kept as ${path}.damaged.`;
    case 'newer':
      return `${path} was written by a newer Understudy; it is neither used nor written over.`;
    case 'unreadable':
      return `${path} cannot be read; it is neither used nor written over.`;
    case 'missing':
    case 'read':
    case 'migrated':
      return null;
  }
}
