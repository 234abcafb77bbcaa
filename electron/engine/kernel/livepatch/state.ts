/**
 * What is known of live patches from one start to the next, in one record that is written as a whole: to which level each kernel was brought, which
 * patches are on trial, and which are held back. A patch is on trial from before it is loaded until it has held for a while; one that still is when
 * another start of the kernel looks, went down with the machine, and is held back.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { kernelReleaseSchema, livepatchNameSchema, type HeldBack } from '../../../../shared/livepatch.js';
import { Fault } from '../../fault.js';
import { bootId } from '../../inspect/sources.js';
import { tryLock } from '../../posix/lock.js';
import { display, join, type RawPath } from '../../posix/raw-path.js';
import { readRecord, writeRecord } from '../../records/record-file.js';
import { machineOf, storeFolder, type System } from '../../system.js';
import { livepatchStore, storeName } from './places.js';

const keySchema = z.strictObject({
  release: kernelReleaseSchema,
  name: livepatchNameSchema,
  /** Of the module: another one of the same name is another patch. */
  sha256: z.string(),
});
export type PatchKey = z.infer<typeof keySchema>;

const trialSchema = keySchema.extend({
  /** The start of the kernel in which it was loaded; empty where none is told. */
  boot: z.string(),
  since: z.iso.datetime(),
  /** The same moment on the clock that nobody sets, in milliseconds. */
  monotonic: z.number(),
});

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** By release: what was loaded, in order. */
  levels: z.record(z.string(), z.array(livepatchNameSchema)),
  trials: z.array(trialSchema),
  heldBack: z.array(keySchema.extend({ since: z.iso.datetime() })),
});
export type LivepatchState = z.infer<typeof stateSchema>;

const nothing: LivepatchState = { version: 1, levels: {}, trials: [], heldBack: [] };

/** As it is for the start of the kernel that runs. Throws `LIVEPATCH_RECORDS_DAMAGED`, `STATE_NEWER`. */
export function readState(system: System): LivepatchState {
  const path = statePath(system);
  const read = readRecord(path, z.union([stateSchema, z.looseObject({ version: z.int().min(2) })]));
  if ('missing' in read) return nothing;
  if ('damaged' in read) throw new Fault('LIVEPATCH_RECORDS_DAMAGED', `${display(path)}: ${read.damaged}`);
  if (read.found.version !== 1)
    throw new Fault('STATE_NEWER', `${display(path)}: version ${read.found.version}`);
  return settled(read.found as LivepatchState, bootId(machineOf(system)) ?? '');
}

export function writeState(system: System, state: LivepatchState): void {
  storeFolder(system, storeName);
  writeRecord(statePath(system), state);
}

/** While this process alone has the record; waits for another one. Throws `BUSY_UNDERSTUDY`. */
export async function withState<T>(system: System, patienceMs: number, body: () => Promise<T>): Promise<T> {
  const path = join(storeFolder(system, storeName), 'lock');
  const end = performance.now() + patienceMs;
  let attempt = tryLock(path);
  while ('busy' in attempt) {
    if (performance.now() > end) throw new Fault('BUSY_UNDERSTUDY', `process ${attempt.busy.pid}`);
    await pause(200, undefined, { signal: system.signal });
    attempt = tryLock(path);
  }
  try {
    return await body();
  } finally {
    attempt.held.release();
  }
}

/** Written, and on the disk, before the patch gets into memory. */
export function beginTrial(system: System, key: PatchKey): void {
  const machine = machineOf(system);
  const state = readState(system);
  const trial = {
    ...keyOf(key),
    boot: bootId(machine) ?? '',
    since: new Date(machine.now()).toISOString(),
    monotonic: machine.monotonic(),
  };
  writeState(system, {
    ...state,
    trials: [...without(state.trials, key), trial],
    heldBack: without(state.heldBack, key),
  });
}

/** Of one that is out of memory again. */
export function endTrial(system: System, key: PatchKey): void {
  const state = readState(system);
  writeState(system, { ...state, trials: without(state.trials, key) });
}

export function isHeldBack({ heldBack }: LivepatchState, key: PatchKey): boolean {
  return heldBack.some((one) => isSame(one, key));
}

export function isOnTrial({ trials }: LivepatchState, key: PatchKey): boolean {
  return trials.some((one) => isSame(one, key));
}

/** Of those for which `isThere` holds: what is gone is kept from nothing. */
export function shownHeldBack({ heldBack }: LivepatchState, isThere: (key: PatchKey) => boolean): HeldBack[] {
  return heldBack.filter(isThere).map(({ release, name, since }) => ({ release, name, since }));
}

export function levelOf({ levels }: LivepatchState, release: string): readonly string[] {
  return Object.hasOwn(levels, release) ? (levels[release] ?? []) : [];
}

export function withLevel(state: LivepatchState, release: string, names: readonly string[]): LivepatchState {
  return { ...state, levels: { ...state.levels, [release]: [...names] } };
}

/** It is not brought to a kernel of this release any more. */
export function withoutPatch(state: LivepatchState, release: string, name: string): LivepatchState {
  return withLevel(
    state,
    release,
    levelOf(state, release).filter((one) => one !== name),
  );
}

function settled(state: LivepatchState, boot: string): LivepatchState {
  const isOfThisStart = (trial: { boot: string }): boolean => trial.boot !== '' && trial.boot === boot;
  const down = state.trials.filter((trial) => !isOfThisStart(trial));
  const others = down.reduce((rest, trial) => without(rest, trial), state.heldBack);
  return {
    ...state,
    trials: state.trials.filter(isOfThisStart),
    heldBack: [...others, ...down.map((trial) => ({ ...keyOf(trial), since: trial.since }))],
  };
}

function without<T extends PatchKey>(list: readonly T[], key: PatchKey): T[] {
  return list.filter((one) => !isSame(one, key));
}

const isSame = (a: PatchKey, b: PatchKey): boolean =>
  a.release === b.release && a.name === b.name && a.sha256 === b.sha256;

const keyOf = ({ release, name, sha256 }: PatchKey): PatchKey => ({ release, name, sha256 });

function statePath(system: System): RawPath {
  return join(livepatchStore(system), 'state.json');
}
