/** Takes a live patch out of the kernel, and out of the level that the kernel is brought to again. */
import { Fault } from '../../fault.js';
import { machineOf, type System } from '../../system.js';
import { requireCalm } from './load-patch.js';
import { removeModule } from './modules-in-memory.js';
import { readState, withoutPatch, writeState } from './state.js';
import { kernelPatch, kernelPatches, setEnabled } from './sysfs.js';
import { named, stalledTasks, waitForChange, watchChange } from './transition.js';

/** True where it was out already, and nothing was announced. Throws `LIVEPATCH_REFUSED`, `LIVEPATCH_STALLED`, `LIVEPATCH_STUCK`, `CANCELLED`. */
export async function unloadPatch(system: System, name: string, announce: () => void): Promise<boolean> {
  const machine = machineOf(system);
  const known = kernelPatch(machine, name);
  if (known) {
    requireCalm(kernelPatches(machine).filter((patch) => patch.name !== name));
    announce();
    await changeBack(system, name);
  }
  await removeModule(system, name);
  forget(system, name);
  return known === undefined;
}

async function changeBack(system: System, name: string): Promise<void> {
  const machine = machineOf(system);
  if (kernelPatch(machine, name)?.enabled === true) setEnabled(machine, name, false);
  const change = await watchChange(system, name, false);
  if (change === 'done') return;
  const tasks = stalledTasks(machine, false);
  setEnabled(machine, name, true);
  const back = await waitForChange(system, name, true);
  if (back === 'stalled') throw new Fault('LIVEPATCH_STUCK', ...named(stalledTasks(machine, true)));
  // It went after all, in the last moment.
  if (back === 'gone') return;
  if (system.signal.aborted) throw new Fault('CANCELLED');
  throw new Fault('LIVEPATCH_STALLED', ...named(tasks));
}

function forget(system: System, name: string): void {
  const release = machineOf(system).kernelRelease();
  const state = readState(system);
  const trials = state.trials.filter((trial) => trial.name !== name || trial.release !== release);
  writeState(system, { ...withoutPatch(state, release, name), trials });
}
