/** The live patches of a system, in memory and in the store, each with whose it is and whether it returns. Reads only, as whoever asks. */
import type {
  ActiveLivepatch,
  HeldBack,
  LivepatchList,
  LivepatchReason,
  LivepatchStatus,
  StoredLivepatch,
} from '../../../../shared/livepatch.js';
import { plainView } from '../../environments/plain-view.js';
import { Fault, systemErrorCode } from '../../fault.js';
import { machineOf, type System } from '../../system.js';
import { runningRelease } from '../modules/list-trees.js';
import { namesOf, releasesOf } from './places.js';
import { installedProviders, isEnabled, providers } from './providers.js';
import { isHeldBack, isOnTrial, levelOf, readState, shownHeldBack, type LivepatchState } from './state.js';
import { storedPatch, verifiedModule, type LivepatchRecord } from './store.js';
import { switchedOffBy } from './switched-off.js';
import { kernelPatches, modulesInMemory, takesLivepatches, type KernelPatch } from './sysfs.js';
import { stalledTasks } from './transition.js';

/** Brings them back at a start. */
const unit = 'understudy-livepatch.service';

const yes: ReadonlySet<LivepatchReason> = new Set(['loaded-again', 'all-loaded', 'provider']);

export function describeStatus(system: System): LivepatchStatus {
  const running = runningRelease(system);
  const machine = machineOf(system);
  const [state, unseen] = seenState(system);
  const patches = running === null ? [] : kernelPatches(machine);
  const changing = patches.find(({ transition }) => transition);
  return {
    running,
    supported: running !== null && takesLivepatches(machine),
    off: switchedOffBy(system),
    installOnReboot: system.settings.installOnReboot,
    upgradeOnReboot: system.settings.upgradeOnReboot,
    active:
      running === null
        ? []
        : [
            ...patches.map((patch) => describeActive(system, state, running, patch)),
            ...apart(system, running, patches),
          ],
    heldBack: state ? heldBackOf(system, state) : [],
    stalled: changing ? stalledTasks(machine, changing.enabled) : [],
    providers: installedProviders(system.root).map(({ source }) => source),
    unseen,
  };
}

/** Empty where the records cannot be understood: `describeStatus` says so to whoever asks for live patches. Throws `EACCES` as `readState` does. */
export function heldBackPatches(system: System): HeldBack[] {
  try {
    return heldBackOf(system, readState(system));
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}

function heldBackOf(system: System, state: LivepatchState): HeldBack[] {
  return shownHeldBack(state, ({ release, name, sha256 }) => {
    const record = recordOf(system, release, name);
    return record === 'damaged' || record?.sha256 === sha256;
  });
}

/** Undefined, with the reason, where it may not be looked at. */
function seenState(system: System): [LivepatchState | undefined, LivepatchStatus['unseen']] {
  try {
    return [readState(system), []];
  } catch (error) {
    if (systemErrorCode(error) !== 'EACCES') throw error;
    return [undefined, [{ what: 'The store of live patches', why: 'Only root may look.' }]];
  }
}

function describeActive(
  system: System,
  state: LivepatchState | undefined,
  running: string,
  { name, enabled, transition, objects }: KernelPatch,
): ActiveLivepatch {
  const shown = {
    name,
    state: stateOf(enabled, transition),
    objects: [...objects],
  } satisfies Partial<ActiveLivepatch>;
  const owner = ownerOf(system, running, name);
  if (owner) return { ...shown, source: owner.source, fixes: null, ...judged(owner.why) };
  if (!state) return { ...shown, source: 'unknown', fixes: null, returns: null, why: 'unseen' };
  const record = recordOf(system, running, name);
  if (record === undefined) return { ...shown, source: 'unknown', fixes: null, ...judged('memory-only') };
  if (record === 'damaged') return { ...shown, source: 'understudy', fixes: null, ...judged('no-copy') };
  return {
    ...shown,
    source: 'understudy',
    fixes: record.fixes,
    ...judged(reasonFor(system, state, record)),
  };
}

function stateOf(enabled: boolean, transition: boolean): ActiveLivepatch['state'] {
  if (!transition) return 'enabled';
  return enabled ? 'enabling' : 'disabling';
}

const judged = (why: LivepatchReason): { returns: boolean; why: LivepatchReason } => ({
  returns: yes.has(why),
  why,
});

/** Of a patch in memory that is in the store: what a start of this kernel would make of it. The first that says no counts. */
function reasonFor(system: System, state: LivepatchState, record: LivepatchRecord): LivepatchReason {
  const { installOnReboot, upgradeOnReboot } = system.settings;
  if (switchedOffBy(system) !== null) return 'switched-off';
  if (!isEnabled(plainView(system.root), unit)) return 'no-unit';
  if (isOnTrial(state, record)) return 'on-trial';
  if (isHeldBack(state, record)) return 'held-back';
  if (!isGood(system, record)) return 'no-copy';
  if (upgradeOnReboot) return 'all-loaded';
  if (!installOnReboot) return 'setting';
  if (!record.returns) return 'kept-away';
  return levelOf(state, record.release).includes(record.name) ? 'loaded-again' : 'memory-only';
}

function isGood(system: System, record: LivepatchRecord): boolean {
  try {
    verifiedModule(system, record);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

/** What other programs brought that the kernel does not know as live patches: their modules have a way of their own. */
function apart(system: System, running: string, patches: readonly KernelPatch[]): ActiveLivepatch[] {
  const known = new Set(patches.map(({ name }) => name));
  return modulesInMemory(machineOf(system)).flatMap((name) => {
    const owner = known.has(name) ? undefined : ownerOf(system, running, name);
    // A module of the others whose patch is out is none.
    if (!owner || (owner.source !== 'ksplice' && owner.source !== 'kernelcare')) return [];
    return [{ name, source: owner.source, state: 'enabled', objects: [], fixes: null, ...judged(owner.why) }];
  });
}

function ownerOf(
  { root }: System,
  running: string,
  name: string,
): { source: ActiveLivepatch['source']; why: LivepatchReason } | undefined {
  const view = plainView(root);
  const provider = providers.find(({ owns }) => owns(view, running, name));
  return provider && { source: provider.source, why: provider.returns(view, running, name) };
}

function recordOf(system: System, release: string, name: string): LivepatchRecord | 'damaged' | undefined {
  try {
    return storedPatch(system, release, name);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.code === 'LIVEPATCH_UNKNOWN' ? undefined : 'damaged';
  }
}

/** Throws `NOT_ROOT` for who may not look into the store. */
export function describeStore(system: System): LivepatchList {
  try {
    const running = runningRelease(system);
    const state = readState(system);
    const active = new Set(running === null ? [] : kernelPatches(machineOf(system)).map(({ name }) => name));
    const patches = releasesOf(system).flatMap((release) =>
      namesOf(system, release).map((name) =>
        describeStored(system, state, release, name, release === running && active.has(name)),
      ),
    );
    return { running, patches };
  } catch (error) {
    if (systemErrorCode(error) === 'EACCES') throw new Fault('NOT_ROOT');
    throw error;
  }
}

function describeStored(
  system: System,
  state: LivepatchState,
  release: string,
  name: string,
  isActive: boolean,
): StoredLivepatch {
  const record = recordOf(system, release, name);
  if (record === undefined || record === 'damaged' || !isGood(system, record)) {
    const nothing = { fixes: null, kind: null, returns: false, added: null, signed: false, signedBy: null };
    return { release, name, state: 'damaged', ...nothing };
  }
  const { fixes, kind, returns, added, signed, signedBy } = record;
  const rest = isHeldBack(state, record) ? 'held-back' : 'stored';
  return { release, name, state: isActive ? 'active' : rest, fixes, kind, returns, added, signed, signedBy };
}

/** Who brought a patch that is in the kernel, where that was not Understudy. */
export function foreignOwner(
  system: System,
  running: string,
  name: string,
): ActiveLivepatch['source'] | undefined {
  const owner = ownerOf(system, running, name);
  if (owner) return owner.source;
  return recordOf(system, running, name) === undefined ? 'unknown' : undefined;
}
