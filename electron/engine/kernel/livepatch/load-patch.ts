/**
 * Loads a live patch of the store: on trial before anything is in memory, and out of memory again where the kernel or one of its tasks does not take
 * it. The caller has the store and the record of live patches for itself.
 */
import { Fault } from '../../fault.js';
import { machineOf, type System } from '../../system.js';
import { kernelBuildId } from './build-id.js';
import { insertModule, removeModule } from './modules-in-memory.js';
import {
  beginTrial,
  endTrial,
  isHeldBack,
  isOnTrial,
  levelOf,
  readState,
  withLevel,
  writeState,
} from './state.js';
import { noteBuild, storedPatch, verifiedModule, type LivepatchRecord } from './store.js';
import { isInMemory, kernelPatch, kernelPatches, setEnabled, type KernelPatch } from './sysfs.js';
import { named, stalledTasks, waitForChange, watchChange } from './transition.js';
import { startHolding } from './hold.js';

export interface Loaded {
  readonly already: boolean;
  readonly replaced: string[];
}

export interface LoadOptions {
  /** Also one that is held back. */
  readonly again: boolean;
  /** Called when nothing speaks against it any more, before anything is in memory. */
  readonly announce?: () => void;
}

/**
 * Throws `LIVEPATCH_UNKNOWN`, `LIVEPATCH_ALTERED`, `LIVEPATCH_OTHER_KERNEL`, `LIVEPATCH_HELD_BACK`,
 * `LIVEPATCH_REFUSED`, `LIVEPATCH_STALLED`, `LIVEPATCH_STUCK`, `CANCELLED`.
 */
export async function loadPatch(
  system: System,
  name: string,
  { again, announce }: LoadOptions,
): Promise<Loaded> {
  const machine = machineOf(system);
  const release = machine.kernelRelease();
  const record = storedPatch(system, release, name);
  const path = verifiedModule(system, record);
  const buildId = kernelBuildId(machine);
  if (record.buildId !== null && buildId !== null && record.buildId !== buildId)
    throw new Fault('LIVEPATCH_OTHER_KERNEL', `${release} was built anew since ${name} was added.`);
  const before = kernelPatches(machine);
  const known = before.find((patch) => patch.name === name);
  if (known?.enabled === true && !known.transition) {
    rememberLevel(system, release, name, []);
    // One that was cut short has nobody who ends its trial.
    if (isOnTrial(readState(system), record)) await startHolding(system);
    return { already: true, replaced: [] };
  }
  if (!again && isHeldBack(readState(system), record)) throw new Fault('LIVEPATCH_HELD_BACK', name);
  requireCalm(before);
  // What is left of an earlier time.
  if (isInMemory(machine, name) && !(await removeModule(system, name)))
    throw new Fault('LIVEPATCH_REFUSED', `${name}: the module is in memory already and cannot be removed`);
  announce?.();
  beginTrial(system, record);
  system.onStep?.('livepatch-marked');
  try {
    await insertModule(system, path);
  } catch (error) {
    endTrial(system, record);
    throw error;
  }
  system.onStep?.('livepatch-inserted');
  await changeOver(system, record);
  noteBuild(system, record, buildId);
  const replaced = replacedSince(system, before);
  rememberLevel(system, release, name, replaced);
  for (const one of replaced) await removeModule(system, one);
  await startHolding(system);
  return { already: false, replaced };
}

/** All tasks, within the limit; else none. */
async function changeOver(system: System, record: LivepatchRecord): Promise<void> {
  const machine = machineOf(system);
  const { name } = record;
  const change = await watchChange(system, name, true);
  if (change === 'done') return;
  if (change === 'gone') {
    await removeModule(system, name);
    endTrial(system, record);
    throw new Fault('LIVEPATCH_REFUSED', `${name}: it is in memory, but patches nothing`);
  }
  const tasks = stalledTasks(machine, true);
  setEnabled(machine, name, false);
  const back = await waitForChange(system, name, false);
  // Still on trial: what is half in memory has not held.
  if (back !== 'done') throw new Fault('LIVEPATCH_STUCK', ...named(stalledTasks(machine, false)));
  await removeModule(system, name);
  endTrial(system, record);
  if (system.signal.aborted) throw new Fault('CANCELLED');
  throw new Fault('LIVEPATCH_STALLED', ...named(tasks));
}

/** The kernel takes one change at a time. Throws `LIVEPATCH_REFUSED`. */
export function requireCalm(patches: readonly KernelPatch[]): void {
  const other = patches.find(({ transition }) => transition);
  if (other) throw new Fault('LIVEPATCH_REFUSED', `${other.name} is coming or going; one at a time`);
}

function replacedSince(system: System, before: readonly KernelPatch[]): string[] {
  const machine = machineOf(system);
  return before
    .filter(({ name, enabled }) => enabled && kernelPatch(machine, name)?.enabled !== true)
    .map(({ name }) => name);
}

function rememberLevel(system: System, release: string, name: string, replaced: readonly string[]): void {
  const state = readState(system);
  const level = levelOf(state, release);
  if (level.includes(name) && replaced.length === 0) return;
  const others = level.filter((one) => one !== name && !replaced.includes(one));
  writeState(system, withLevel(state, release, [...others, name]));
}
