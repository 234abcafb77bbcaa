/**
 * The verbs of `livepatch`. What alters takes the store and the record of live patches; what the system does by itself, at a start and some minutes
 * after a load, takes the record alone, so that no long work is in its way.
 */
import type {
  LivepatchBoot,
  LivepatchDone,
  LivepatchHeld,
  LivepatchList,
  LivepatchStatus,
} from '../../shared/livepatch.js';
import { livepatchNameSchema } from '../../shared/livepatch.js';
import type { Outcome } from '../../shared/errors.js';
import { environmentFor, privilegedEngineFor } from './engine.js';
import { Fault, outcomeOf } from './fault.js';
import { transactionsOf } from './journal/journal.js';
import { withStoreLock } from './journal/lock.js';
import { bootLevel } from './kernel/livepatch/boot.js';
import { kernelBuildId } from './kernel/livepatch/build-id.js';
import { describeStatus, describeStore, foreignOwner } from './kernel/livepatch/describe.js';
import { endTrials } from './kernel/livepatch/hold.js';
import { journaled } from './kernel/livepatch/journaled.js';
import { loadPatch } from './kernel/livepatch/load-patch.js';
import { readLivepatch, type LivepatchModule } from './kernel/livepatch/module-file.js';
import { signedBy } from './kernel/livepatch/signature.js';
import { levelOf, readState, withoutPatch, withState, writeState } from './kernel/livepatch/state.js';
import { putIntoStore, releasesWith, removeFromStore, storedPatch } from './kernel/livepatch/store.js';
import { requireOn } from './kernel/livepatch/switched-off.js';
import { kernelPatch, takesLivepatches } from './kernel/livepatch/sysfs.js';
import { undoable } from './kernel/livepatch/undo.js';
import { unloadPatch } from './kernel/livepatch/unload-patch.js';
import { runningRelease } from './kernel/modules/list-trees.js';
import { raw } from './posix/raw-path.js';
import { requireRecovered } from './recover.js';
import { machineOf, type System } from './system.js';

/** Another one loads, which ends within its limits. */
const patienceMs = 180_000;

export interface AddOptions {
  /** Absolute, or relative to the folder of this process. */
  readonly file: string;
  readonly fixes: string | null;
  /** It takes the place of all that were loaded before it. */
  readonly replaces: boolean;
  readonly returns: boolean;
  /** Taken without a look at its signature, also where keys are trusted. */
  readonly unsigned: boolean;
}

/** Throws `LIVEPATCH_RECORDS_DAMAGED`, `STATE_NEWER`. Needs no root, but sees more with it. */
export function livepatchStatus(system: System): Promise<Outcome<LivepatchStatus>> {
  return outcomeOf(() => Promise.resolve().then(() => describeStatus(withStore(system))));
}

/** Throws `NOT_ROOT`, `LIVEPATCH_RECORDS_DAMAGED`, `STATE_NEWER`. */
export function livepatches(system: System): Promise<Outcome<LivepatchList>> {
  return outcomeOf(() => Promise.resolve().then(() => describeStore(withStore(system))));
}

/** Also for a kernel that does not run. Throws `LIVEPATCH_UNFIT`, `LIVEPATCH_UNSIGNED`, `LIVEPATCH_EXISTS`. */
export function addLivepatch(system: System, options: AddOptions): Promise<Outcome<LivepatchDone>> {
  const machine = machineOf(system);
  const look = (): { module: LivepatchModule; key: string | null } => {
    const path = raw(options.file);
    const module = readLivepatch(path, machine.hardware());
    return { module, key: options.unsigned ? null : signedBy(system, path, module.file) };
  };
  return alone(system, look, ({ module, key }) => {
    const { name, release, vermagic, srcversion, sha256, signed } = module;
    const already = putIntoStore(system, module, {
      ...{ version: 1, name, release, vermagic, srcversion, sha256, signed },
      signedBy: key,
      buildId: release === runningRelease(system) ? kernelBuildId(machine) : null,
      fixes: options.fixes,
      kind: options.replaces ? 'replaces' : 'stacks',
      returns: options.returns,
      added: new Date(machine.now()).toISOString(),
    });
    return Promise.resolve({ action: 'add', release, name, already, replaced: [] });
  });
}

/** Into the kernel that runs. Throws `LIVEPATCH_OFF`, `NO_LIVEPATCH`, and what `loadPatch` throws. */
export function loadLivepatch(
  system: System,
  { name, again }: { readonly name: string; readonly again: boolean },
): Promise<Outcome<LivepatchDone>> {
  const look = (): string => {
    const release = requireRunning(system);
    requireOn(system);
    known(name);
    return release;
  };
  return alone(system, look, (release) => load(system, release, name, again));
}

async function load(system: System, release: string, name: string, again: boolean): Promise<LivepatchDone> {
  const loaded = await journaled(system, 'load', { release, name }, (announce) =>
    loadPatch(system, name, { again, announce }),
  );
  return { action: 'load', release, name, ...loaded };
}

/** Out of the kernel that runs. Throws `NO_LIVEPATCH`, `LIVEPATCH_UNKNOWN`, `LIVEPATCH_FOREIGN`, and what `unloadPatch` throws. */
export function unloadLivepatch(
  system: System,
  { name }: { readonly name: string },
): Promise<Outcome<LivepatchDone>> {
  const look = (): string => {
    known(name);
    return requireRunning(system);
  };
  return alone(system, look, (release) => unload(system, release, name));
}

async function unload(system: System, release: string, name: string): Promise<LivepatchDone> {
  const isActive = kernelPatch(machineOf(system), name) !== undefined;
  const owner = isActive ? foreignOwner(system, release, name) : undefined;
  if (owner !== undefined) throw new Fault('LIVEPATCH_FOREIGN', `${name}: ${owner}`);
  if (!isActive) requireStored(system, release, name);
  const unloaded = await journaled(system, 'unload', { release, name }, async (announce) => ({
    already: await unloadPatch(system, name, announce),
    replaced: [],
  }));
  return { action: 'unload', release, name, ...unloaded };
}

/**
 * Takes a load or an unload back; without its id the newest that can be. Throws `NO_LIVEPATCH`, `LIVEPATCH_NO_UNDO`, and what loading and unloading
 * throw.
 */
export function undoLivepatch(
  system: System,
  { transaction }: { readonly transaction?: string },
): Promise<Outcome<LivepatchDone>> {
  const look = (): string => requireRunning(system);
  return alone(system, look, async (release) => {
    const known = undoable(system, transactionsOf(system));
    const id = transaction ?? [...known.keys()].at(-1);
    const undo = id === undefined ? undefined : known.get(id);
    if (!undo) throw new Fault('LIVEPATCH_NO_UNDO', ...(transaction === undefined ? [] : [transaction]));
    if (undo.steps.some(({ action }) => action === 'load')) requireOn(system);
    for (const { action, name } of undo.steps)
      await (action === 'load' ? load(system, release, name, false) : unload(system, release, name));
    return { action: 'undo', release, name: undo.note.name, already: false, replaced: [] };
  });
}

/** From the store. Without a release it is that of the kernel that runs, else the only one. Throws `LIVEPATCH_UNKNOWN`, `LIVEPATCH_IN_USE`. */
export function removeLivepatch(
  system: System,
  { name, release: given }: { readonly name: string; readonly release?: string },
): Promise<Outcome<LivepatchDone>> {
  const look = (): string | null => {
    known(name);
    return runningRelease(system);
  };
  return alone(system, look, (running) => {
    const release = given ?? releaseFor(system, running, name);
    requireStored(system, release, name);
    if (release === running && kernelPatch(machineOf(system), name))
      throw new Fault('LIVEPATCH_IN_USE', `${name} for ${release}`);
    // Nothing is wanted that is not there.
    const state = readState(system);
    if (levelOf(state, release).includes(name)) writeState(system, withoutPatch(state, release, name));
    removeFromStore(system, release, name);
    return Promise.resolve({ action: 'remove', release, name, already: false, replaced: [] });
  });
}

/** At a start of the system, before the network. */
export function bootLivepatches(system: System): Promise<Outcome<LivepatchBoot>> {
  return byItself(system, () => bootLevel(system));
}

/** Some minutes after a load, and at the orderly end of the system. */
export function livepatchesHeld(
  system: System,
  { now }: { readonly now: boolean },
): Promise<Outcome<LivepatchHeld>> {
  return byItself(system, () => endTrials(system, now));
}

function byItself<T>(system: System, body: () => Promise<T>): Promise<Outcome<T>> {
  return outcomeOf(async () => {
    if (process.getuid?.() !== 0) throw new Fault('NOT_ROOT');
    if (!system.isRunning) throw new Fault('USAGE', 'No kernel of this system runs.');
    return withState(withStore(system), patienceMs, body);
  });
}

/** Where the store is a file system that only Understudy mounts, it is there from now on; no package manager is needed for that. */
function withStore(system: System): System {
  if (process.geteuid?.() === 0) environmentFor(system).attach(system, { create: false });
  return system;
}

/** While nobody else alters the system; what is refused at the first look leaves no trace. Throws `NOT_ROOT`, `BUSY_UNDERSTUDY`. */
function alone<L, T>(system: System, look: () => L, body: (seen: L) => Promise<T>): Promise<Outcome<T>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    const seen = look();
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      return withState(system, patienceMs, () => body(seen));
    });
  });
}

/** The release of the kernel that runs. Throws `USAGE`, `NO_LIVEPATCH`. */
function requireRunning(system: System): string {
  const release = runningRelease(system);
  if (release === null) throw new Fault('USAGE', 'No kernel of this system runs.');
  if (!takesLivepatches(machineOf(system))) throw new Fault('NO_LIVEPATCH');
  return release;
}

/** One that cannot exist is unknown, in the same words as one that does not. */
function known(name: string): void {
  if (!livepatchNameSchema.safeParse(name).success) throw new Fault('LIVEPATCH_UNKNOWN', name);
}

/** A damaged one is there too, to be removed. */
function requireStored(system: System, release: string, name: string): void {
  try {
    storedPatch(system, release, name);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'LIVEPATCH_ALTERED') throw error;
  }
}

function releaseFor(system: System, running: string | null, name: string): string {
  const releases = releasesWith(system, name);
  const [only, ...others] = releases;
  if (running !== null && releases.includes(running)) return running;
  if (only === undefined) throw new Fault('LIVEPATCH_UNKNOWN', name);
  if (others.length > 0) throw new Fault('USAGE', `Say for which with --release: ${releases.join(', ')}.`);
  return only;
}
