/**
 * ZFS as its own commands tell it: zfs(8) and zpool(8), in the forms that scripts are promised (`-H`: tabs and no heading, `-p`: exact
 * numbers). Only options are used that every ZFS on Linux has, OpenZFS of today as well as zfs-fuse with the ZFS of 2010.
 */
import { Fault } from '../../fault.js';
import { failureOf } from '../../process/run.js';
import { runSync } from '../../process/run-sync.js';

/** Longer than a pool with slow disks takes to write what is pending, which every change waits for. */
const timeoutMs = 120_000;
/** A mount that was just taken away is let go of a moment later. */
const busyTries = 100;
const busyPauseMs = 20;

export interface Dataset {
  readonly name: string;
  /** The pool's own number for it, for life; decimal. */
  readonly guid: string;
  readonly kind: 'filesystem' | 'snapshot' | 'other';
  /** The snapshot that it is a clone of. */
  readonly origin: string | undefined;
  /** Properties that were asked for, and where each comes from; `-` is none. */
  readonly values: ReadonlyMap<string, { readonly value: string; readonly source: string }>;
}

export interface Question {
  /** Beside those that are always asked for. */
  readonly properties?: readonly string[];
  /** Whether the file systems and volumes below are told as well. */
  readonly recursive?: boolean;
}

export function parseDatasets(text: string): Dataset[] {
  const found = new Map<string, Map<string, { value: string; source: string }>>();
  for (const line of text.split('\n')) {
    const [name, property, value, source] = line.split('\t');
    if (name === undefined || property === undefined || value === undefined) continue;
    const values = found.get(name) ?? new Map<string, { value: string; source: string }>();
    found.set(name, values.set(property, { value, source: source ?? '-' }));
  }
  return [...found].flatMap(([name, values]) => {
    const valueOf = (property: string): string | undefined => {
      const value = values.get(property)?.value;
      return value === '-' || value === '' ? undefined : value;
    };
    const guid = valueOf('guid');
    if (guid === undefined) return [];
    const type = valueOf('type');
    const kind = type === 'filesystem' || type === 'snapshot' ? type : 'other';
    return [{ name, guid, kind, origin: valueOf('origin'), values }];
  });
}

/** Throws `COMMAND_FAILED` when one of them does not exist. */
export function datasets(
  names: readonly string[],
  { properties = [], recursive = false }: Question = {},
): Dataset[] {
  // Without their snapshots, of which there may be thousands.
  const all = recursive ? lines('list', '-r', '-t', 'filesystem,volume', '-o', 'name', ...names) : names;
  const wanted = ['guid', 'type', 'origin', ...properties].join(',');
  return parseDatasets(zfs('get', '-H', '-p', '-o', 'name,property,value,source', wanted, ...all));
}

/** `undefined` when it does not exist. */
export function datasetNamed(name: string, properties: readonly string[] = []): Dataset | undefined {
  try {
    return datasets([name], { properties })[0];
  } catch (error) {
    if (isAbout(error, /does not exist/)) return undefined;
    throw error;
  }
}

/** True also where this ZFS knows no encryption at all: then nothing is encrypted. */
export function isPlain(name: string): boolean {
  try {
    return ['off', '-'].includes(zfs('get', '-H', '-p', '-o', 'value', 'encryption', name).trim());
  } catch (error) {
    if (isAbout(error, /invalid property/)) return true;
    throw error;
  }
}

/** Names of the snapshots of a dataset and of all below it. */
export function snapshotNames(name: string): string[] {
  return lines('list', '-r', '-t', 'snapshot', '-o', 'name', name);
}

function lines(verb: string, ...words: string[]): string[] {
  return zfs(verb, '-H', ...words)
    .split('\n')
    .filter((line) => line !== '');
}

/** For each of the datasets, the properties that were set on itself. */
export function ownProperties(names: readonly string[]): Map<string, Map<string, string>> {
  const found = new Map(names.map((name) => [name, new Map<string, string>()]));
  for (const line of lines('get', '-p', '-s', 'local', '-o', 'name,property,value', 'all', ...names)) {
    const [name = '', property, ...value] = line.split('\t');
    if (property !== undefined) found.get(name)?.set(property, value.join('\t'));
  }
  return found;
}

/** What the pool starts when nobody says otherwise; `undefined` when that was never set. */
export function bootDataset(pool: string): string | undefined {
  const name = command('zpool', 'list', '-H', '-o', 'bootfs', pool).trim();
  return name === '-' || name === '' ? undefined : name;
}

/** One transaction group of the pool: after it returns the pool says so on disk. */
export function setBootDataset(pool: string, name: string): void {
  command('zpool', 'set', `bootfs=${name}`, pool);
}

/** Runs `zfs` and returns what it wrote. Throws `NO_SPACE`, `COMMAND_FAILED`, `COMMAND_TIMED_OUT`. */
export function zfs(...words: string[]): string {
  return command('zfs', ...words);
}

/** As `zfs`, but waits for a mount that is just being given up. Throws `ENVIRONMENT_IN_USE` when it is not. */
export function zfsWhenFree(what: string, ...words: string[]): string {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return command('zfs', ...words);
    } catch (error) {
      if (!isAbout(error, /\bbusy\b/)) throw error;
      if (attempt === busyTries) throw new Fault('ENVIRONMENT_IN_USE', `${what}: ZFS says that it is busy`);
      pause(busyPauseMs);
    }
  }
}

/** What is in the way, also when that cannot be asked: the commands are missing, or do not answer. */
export function asked(question: () => string | undefined): string | undefined {
  try {
    return question();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `ZFS could not be asked: ${[error.problem.sentence, ...error.problem.details].join(' ')}`;
  }
}

/** True for a command that failed with such words. */
export function isAbout(error: unknown, words: RegExp): boolean {
  return (
    error instanceof Fault &&
    error.code === 'COMMAND_FAILED' &&
    error.problem.details.some((line) => words.test(line))
  );
}

function command(...argv: [string, ...string[]]): string {
  const result = runSync(argv, { timeoutMs });
  const failure = failureOf(argv, result);
  if (!failure) return result.stdout;
  if (result.ended !== 'exit') throw failure;
  // What is wrong comes first; whole pages of usage may follow.
  const words = result.stderr.split('\n').filter((line) => line.trim() !== '');
  const details = [failure.problem.details[0] ?? argv[0], ...words.slice(0, 3)];
  throw new Fault(
    /out of space|quota exceeded/i.test(result.stderr) ? 'NO_SPACE' : 'COMMAND_FAILED',
    ...details,
  );
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
