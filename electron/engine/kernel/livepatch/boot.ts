/**
 * What a kernel gets at its start. Patches come in the order in which they were loaded; where one is missing, those after it are left, since they may
 * stand on it, up to one that takes the place of all before it.
 */
import type { LivepatchBoot } from '../../../../shared/livepatch.js';
import { faultOf } from '../../fault.js';
import { machineOf, type System } from '../../system.js';
import { loadPatch } from './load-patch.js';
import { isHeldBack, levelOf, readState, withLevel, writeState, type LivepatchState } from './state.js';
import { storedFor, type LivepatchRecord } from './store.js';
import { switchedOffBy } from './switched-off.js';
import { takesLivepatches } from './sysfs.js';

export async function bootLevel(system: System): Promise<LivepatchBoot> {
  const machine = machineOf(system);
  const running = machine.kernelRelease();
  const off = switchedOffBy(system);
  const state = readState(system);
  // What went down with the machine is noted for good, also where nothing is loaded.
  writeState(system, state);
  const nothing: LivepatchBoot = {
    action: 'boot',
    running,
    off,
    loaded: [],
    heldBack: [],
    left: [],
    failed: [],
  };
  if (off !== null || !takesLivepatches(machine)) return nothing;
  const wanted = wantedAtBoot(system, state, running);
  if (wanted === undefined) {
    // This start has none, and none is what a later one returns to.
    if (levelOf(state, running).length > 0) writeState(system, withLevel(state, running, []));
    return nothing;
  }
  return load(system, state, running, wanted);
}

/** Undefined where the settings want nothing. */
export function wantedAtBoot(
  system: System,
  state: LivepatchState,
  running: string,
): readonly (LivepatchRecord | string)[] | undefined {
  const { installOnReboot, upgradeOnReboot } = system.settings;
  if (!installOnReboot && !upgradeOnReboot) return undefined;
  const stored = storedFor(system, running);
  if (upgradeOnReboot) return stored;
  return levelOf(state, running).flatMap((name): (LivepatchRecord | string)[] => {
    const record = stored.find((one) => one.name === name);
    // One without a record is a failure, and said to be one.
    if (!record) return [name];
    return record.returns ? [record] : [];
  });
}

async function load(
  system: System,
  state: LivepatchState,
  running: string,
  wanted: readonly (LivepatchRecord | string)[],
): Promise<LivepatchBoot> {
  const [loaded, heldBack, left]: [string[], string[], string[]] = [[], [], []];
  const failed: LivepatchBoot['failed'] = [];
  let isWhole = true;
  for (const one of wanted) {
    const [name, record] = typeof one === 'string' ? [one, undefined] : [one.name, one];
    if (!isWhole && record?.kind !== 'replaces') {
      left.push(name);
      continue;
    }
    if (record && isHeldBack(state, record)) {
      heldBack.push(name);
      isWhole = false;
      continue;
    }
    try {
      await loadPatch(system, name, { again: false });
      loaded.push(name);
      isWhole = true;
    } catch (error) {
      failed.push({ name, problem: faultOf(error).problem });
      isWhole = false;
    }
  }
  return { action: 'boot', running, off: null, loaded, heldBack, left, failed };
}
