/**
 * A practice system that stays: for an app that is opened again and finds what its user did there. It is whole exactly when its
 * marker is there, which is written last and removed first; anything else is made anew. Whoever uses it holds its lock as long as
 * the process lives, so that two never share one.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { engineFor } from '../engine.js';
import { faultOf } from '../fault.js';
import { plan } from '../plan.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { syncDirectory, syncFileSystem } from '../posix/sync.js';
import { forgetPlan } from '../records/plans.js';
import { readRecord, writeRecord } from '../records/record-file.js';
import type { Reporter } from '../report.js';
import { openSystem, type System } from '../system.js';
import { everything, withPatience } from './choose-updates.js';
import { familyOf } from './family.js';
import { keptPlace, markerName } from './kept-place.js';
import { makeSystem, type Made } from './make-system.js';
import { realOwners, type Owners } from './owners.js';
import { removeFolder } from './place.js';
import { count } from './sentences.js';
import { Tale } from './tale.js';
import { withUsualMask } from './usual-mask.js';
import { plainView } from '../environments/plain-view.js';

export interface PracticeKeepOptions {
  /** New, empty, or made by an earlier call; in root's own cache if not given. */
  readonly folder?: string;
  /** The distribution's archive is not asked, though it may be known. */
  readonly offline: boolean;
  readonly report: Reporter;
  readonly signal: AbortSignal;
  /** See `owners.ts`; as the file system tells if not given. */
  readonly owners?: Owners;
}

export interface KeptSystem {
  readonly system: System;
  /** True when it was made by this call. */
  readonly fresh: boolean;
}

const markerSchema = z.strictObject({
  version: z.literal(1),
  made: z.string(),
  /** The distribution's archive offered updates for it. */
  archive: z.boolean(),
});

/**
 * Opens the practice system, or makes it where there is none that is whole: with updates waiting, and with an edit of "the user" in a file
 * that one of them changes too. Throws `PRACTICE_IMPOSSIBLE`, `BUSY_UNDERSTUDY` with the process that has it.
 */
export async function openPracticeSystem(options: PracticeKeepOptions): Promise<KeptSystem> {
  const place = await keptPlace(options.folder);
  const marker = readRecord(markerIn(place), markerSchema);
  if ('found' in marker) {
    const system = usable(join(place, 'root'), options);
    if (system) {
      const family = familyOf(plainView(system.root));
      family.useArchive(system.root, marker.found.archive && !options.offline);
      return { system, fresh: false };
    }
  }
  return withUsualMask(() => make(place, options));
}

/** Makes it anew, whatever there is. Throws as `openPracticeSystem`. */
export async function renewPracticeSystem(options: PracticeKeepOptions): Promise<KeptSystem> {
  const place = await keptPlace(options.folder);
  return withUsualMask(() => make(place, options));
}

async function make(place: RawPath, options: PracticeKeepOptions): Promise<KeptSystem> {
  const { report, signal, offline, owners = realOwners } = options;
  rmSync(bytes(markerIn(place)), { force: true });
  syncDirectory(place);
  clear(place);
  const root = join(place, 'root');
  mkdirSync(bytes(root), { mode: 0o755 });
  const tale = new Tale(report);
  try {
    const made = await makeSystem({ folder: place, root }, { offline, owners, signal }, tale);
    await tale.step('build', 'Building updates on the spot', async () => {
      const built = await made.buildUpdates(true);
      const sentence = `${count(built.updates, 'package')} wait in a small signed archive; "the user" has edited a configuration file.`;
      return { value: undefined, sentence };
    });
    made.family.useArchive(root, false);
    const archive = made.archive && (await offersUpdates(made, tale));
    syncFileSystem(root); // the marker must not outlive what it vouches for
    writeRecord(markerIn(place), { version: 1, made: new Date().toISOString(), archive });
    return { system: openSystem(root, surroundings(options)), fresh: true };
  } catch (error) {
    clear(place);
    throw signal.aborted ? faultOf(signal.reason) : error;
  }
}

/** Leaves the distribution's archive in use where it answers and offers something: else it would only make every plan wait. */
async function offersUpdates({ system, family }: Made, tale: Tale): Promise<boolean> {
  return tale.step('plan', 'Asking the archive what would be updated', async () => {
    const own = await planned(system);
    family.useArchive(system.root, true);
    const all = await planned(system);
    const offered = all - own;
    if (offered > 0) return { value: true, sentence: `The archive offers ${count(offered, 'update')} more.` };
    family.useArchive(system.root, false);
    return { value: false, sentence: 'The archive offers nothing newer, or does not answer.' };
  });
}

/** How many changes there would be; 0 where that cannot be told in time. Leaves no plan behind. */
async function planned(system: System): Promise<number> {
  const outcome = await plan(withPatience(system), everything);
  system.signal.throwIfAborted();
  if (!outcome.ok) return 0;
  forgetPlan(system, outcome.value.id);
  return outcome.value.changes.length;
}

/** `undefined` for what is no system any more. */
function usable(root: RawPath, options: PracticeKeepOptions): System | undefined {
  try {
    const system = openSystem(root, surroundings(options));
    engineFor(system);
    return system;
  } catch {
    return undefined;
  }
}

/** Nobody is hurt when the battery ends. */
function surroundings({ report, signal }: PracticeKeepOptions) {
  return { report, signal, settings: { batteryPercent: 0 } };
}

function markerIn(place: RawPath): RawPath {
  return join(place, markerName);
}

/** Everything but the lock, which this process holds. */
function clear(place: RawPath): void {
  for (const name of readdirSync(bytes(place), { encoding: 'latin1' }))
    if (name !== 'lock') removeFolder(join(place, name));
}
