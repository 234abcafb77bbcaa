/**
 * Prepares the switch to a staged tree: sorts its changes into exchange units and placements, saves what they replace, and
 * builds the new units. Until the switch, all of it can be undone by removing the restore point's folder.
 */
import { linkSync, mkdirSync, readFileSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { copyEntry } from '../../files/copy-tree.js';
import { bigStatus } from '../../files/attributes.js';
import { bytes, isWithin, join, parentOf, type RawPath } from '../../posix/raw-path.js';
import type { TreeChange } from '../../review/tree-change.js';
import type { System } from '../../system.js';
import { classify } from '../areas.js';
import type { Preparation } from '../environment.js';
import { buildUnit, changedSince } from './build-unit.js';
import type { TreeClone } from './clone.js';
import { layerOf, overlayView, statusOf } from './overlay-view.js';
import { stagedPlace } from './overlay-changes.js';
import { folderAttributes, type Placement } from './placements.js';
import { volumeOf, volumesOf, type Volume } from './places.js';
import { relativeToRoot, restoreFolderOn, TreeSwitch } from './tree-switch.js';

interface Input {
  readonly restorePoint: string;
  readonly clone: TreeClone;
  readonly changes: readonly TreeChange[];
  /** Folders that are exchanged as a whole, the first of which is the commit point; none where that is impossible. */
  readonly units: readonly RawPath[];
  readonly keep: readonly RawPath[];
}

export function prepareSwitch(system: System, input: Input): Preparation {
  const volumes = volumesOf(system);
  const saver = new Saver(system, volumes, input.restorePoint);
  const early: Placement[] = [];
  const forward: Placement[] = [];
  const logs: RawPath[] = [];
  const staged = (path: RawPath): RawPath => stagedPlace(path, input.clone.layers);
  const view = overlayView(input.clone.layers);
  let ownBytes = 0;
  // The exchange of a unit changes the time of the folder that holds it.
  const parents = new Set<RawPath>(input.units.map(parentOf));
  for (const change of input.changes) {
    const current = join(system.root, change.path);
    const before = statusOf(current);
    if (change.kind !== 'added' && before?.isFile()) ownBytes += before.blocks * 512;
    if (input.units.some((unit) => isWithin(change.path, unit)) || input.keep.includes(change.path)) continue;
    const kind = classify(change.path);
    if (kind === 'foreign') continue;
    if (kind === 'log' && change.kind === 'changed') logs.push(change.path);
    if ((kind === 'log' || kind === 'service') && (change.kind !== 'added' || before)) continue;
    system.onStep?.('prepare');
    const placement = placementOf(system, change, staged);
    saver.save(change.path, before !== undefined);
    const addsToBoot = isWithin(change.path, 'boot') && change.kind === 'added' && !before;
    (addsToBoot ? early : forward).push(placement);
    parents.add(parentOf(change.path));
    if (placement.put === 'folder') parents.add(change.path);
  }
  for (const parent of parents) {
    const now = statusOf(join(system.root, parent));
    if (input.units.some((unit) => isWithin(parent, unit))) continue;
    const after = parent === '' ? system.root : view.locate(parent);
    if (after) forward.push({ put: 'time', path: parent, time: String(bigStatus(after).mtimeNs) });
    if (now?.isDirectory()) saver.saveTime(parent);
  }
  const { built, records } = buildUnits(system, input, volumes, staged);
  const treeSwitch = new TreeSwitch(system, { version: 1, restorePoint: input.restorePoint, units: records });
  treeSwitch.write({ early, forward, backward: saver.backward });
  treeSwitch.sync();
  return {
    switch: treeSwitch,
    ownBytes: ownBytes + built.ownBytes,
    changedMeanwhile: () => changedSince(system.root, built.seen),
    logs: logs.flatMap((path) => {
      const tail = logTail(input.clone, path);
      return tail && tail.length > 0 ? [{ path, tail }] : [];
    }),
  };
}

function placementOf(system: System, change: TreeChange, staged: (path: RawPath) => RawPath): Placement {
  const path = change.path;
  if (change.kind === 'removed') return { put: 'nothing', path };
  if (change.type === 'dir') return { put: 'folder', path, attributes: folderAttributes(staged(path)) };
  return { put: 'entry', path, from: relativeToRoot(system, staged(path)) };
}

function buildUnits(
  system: System,
  input: Input,
  volumes: readonly Volume[],
  staged: (path: RawPath) => RawPath,
) {
  const seen = new Map<RawPath, bigint>();
  let ownBytes = 0;
  const records = input.units.map((unit, index) => {
    system.onStep?.('prepare');
    const folder = join(restoreFolderOn(system, volumeOf(unit, volumes), input.restorePoint), 'units');
    mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
    const target = join(folder, String(index));
    const keep = new Set<string>(input.keep);
    const built = buildUnit({
      root: system.root,
      unit,
      target,
      changes: input.changes,
      staged,
      keep,
      signal: system.signal,
    });
    ownBytes += built.ownBytes;
    for (const [path, time] of built.seen) seen.set(path, time);
    const inodeOf = (path: RawPath): number => Number(bigStatus(path).ino);
    return {
      path: unit,
      place: relativeToRoot(system, target),
      oldInode: inodeOf(join(system.root, unit)),
      newInode: inodeOf(target),
    };
  });
  return { records, built: { seen, ownBytes } };
}

/** Keeps the entries that will be replaced, as hard links on their own volume, and notes how to bring them back. */
class Saver {
  readonly backward: Placement[] = [];
  readonly #folders = new Map<RawPath, RawPath>();
  #count = 0;

  constructor(
    readonly system: System,
    readonly volumes: readonly Volume[],
    readonly restorePoint: string,
  ) {}

  save(path: RawPath, exists: boolean): void {
    const current = join(this.system.root, path);
    if (!exists) this.backward.push({ put: 'nothing', path });
    else if (statusOf(current)?.isDirectory())
      this.backward.push({ put: 'folder', path, attributes: folderAttributes(current) });
    else
      this.backward.push({
        put: 'entry',
        path,
        from: relativeToRoot(this.system, this.#keep(path, current)),
      });
    if (exists && statusOf(current)?.isDirectory()) this.saveTime(path);
  }

  saveTime(path: RawPath): void {
    this.backward.push({ put: 'time', path, time: String(bigStatus(join(this.system.root, path)).mtimeNs) });
  }

  #keep(path: RawPath, current: RawPath): RawPath {
    const place = join(this.#folderOn(volumeOf(path, this.volumes)), String(this.#count++));
    try {
      linkSync(bytes(current), bytes(place));
    } catch (error) {
      if (!['EPERM', 'EMLINK', 'ENOTSUP'].includes(systemErrorCode(error) ?? '')) throw error;
      copyEntry(current, place);
    }
    return place;
  }

  #folderOn(volume: Volume): RawPath {
    const known = this.#folders.get(volume.mount);
    if (known !== undefined) return known;
    const folder = join(restoreFolderOn(this.system, volume, this.restorePoint), 'saved');
    mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
    this.#folders.set(volume.mount, folder);
    return folder;
  }
}

/**
 * Folders that can be exchanged as a whole: the candidates that are real directories on the volume of the root's own
 * trees, with no other volume mounted inside. Says why not where the first (`/usr`) is none.
 */
export function exchangeUnits(
  system: System,
  candidates: readonly RawPath[],
): { readonly units: readonly RawPath[]; readonly reason: string | undefined } {
  const volumes = volumesOf(system);
  const obstacle = (unit: RawPath): string | undefined => {
    if (!statusOf(join(system.root, unit))?.isDirectory()) return `/${unit} is not a directory`;
    const inside = volumes.find((volume) => volume.mount !== '' && isWithin(volume.mount, unit));
    if (inside)
      return inside.mount === unit
        ? `/${unit} is a mount of its own`
        : `/${inside.mount} is mounted inside /${unit}`;
    return undefined;
  };
  const [first, ...others] = candidates;
  if (first === undefined) return { units: [], reason: undefined };
  const reason = obstacle(first) ?? unmerged(system);
  if (reason !== undefined) return { units: [], reason };
  return { units: [first, ...others.filter((unit) => obstacle(unit) === undefined)], reason: undefined };
}

/** Programs outside /usr would be old beside a new /usr: the exchange is whole only where /usr is merged. */
function unmerged(system: System): string | undefined {
  for (const name of ['bin', 'sbin', 'lib']) {
    const status = statusOf(join(system.root, name));
    if (status?.isDirectory()) return `/${name} is a directory of its own: this system has no merged /usr`;
  }
  return undefined;
}

/**
 * What the rehearsal wrote at the end of a log: whatever follows the part that it has in common with the current one, which
 * may have grown as well. Logs are no part of the environment.
 */
function logTail(clone: TreeClone, path: RawPath): Buffer | undefined {
  const { layer, inner } = layerOf(path, clone.layers);
  const [before, after] = [join(layer.lower, inner), join(layer.upper, inner)];
  if (!statusOf(before)?.isFile() || !statusOf(after)?.isFile()) return undefined;
  const [current, staged] = [readFileSync(bytes(before)), readFileSync(bytes(after))];
  let common = 0;
  while (common < current.length && common < staged.length && current[common] === staged[common]) common += 1;
  return staged.subarray(common);
}
