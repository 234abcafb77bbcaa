/**
 * Sorts the changes of a staged tree: what lies in an exchanged folder is built there; of the rest, new files in `/boot` are
 * placed early, everything else follows the switch, and logs are continued at the very end.
 */
import { bigStatus } from '../../files/attributes.js';
import { isWithin, join, parentOf, type RawPath } from '../../posix/raw-path.js';
import type { TreeChange } from '../../review/tree-change.js';
import type { System } from '../../system.js';
import { classify } from '../areas.js';
import { stagedPlace } from './overlay-changes.js';
import { overlayView, statusOf, type Layer } from './overlay-view.js';
import { folderAttributes, type Placement } from './placements.js';
import type { Saver } from './saver.js';
import { relativeToRoot } from './restore-folders.js';

export interface SortInput {
  readonly layers: readonly Layer[];
  readonly changes: readonly TreeChange[];
  readonly units: readonly RawPath[];
  readonly keep: readonly RawPath[];
}

export interface SortedChanges {
  readonly early: readonly Placement[];
  readonly forward: readonly Placement[];
  readonly logs: readonly RawPath[];
  /** Blocks of the files that are replaced or removed: what the old environment holds by itself. */
  readonly replacedBytes: number;
}

/** Gives the saver every entry that will be replaced. */
export function sortChanges(system: System, input: SortInput, saver: Saver): SortedChanges {
  const early: Placement[] = [];
  const forward: Placement[] = [];
  const logs: RawPath[] = [];
  let replacedBytes = 0;
  const inUnit = (path: RawPath): boolean => input.units.some((unit) => isWithin(path, unit));
  // The exchange of a unit changes the time of the folder that holds it.
  const times = new Set<RawPath>(input.units.map(parentOf));
  for (const change of input.changes) {
    const { path, kind } = change;
    const before = statusOf(join(system.root, path));
    if (kind !== 'added' && before?.isFile()) replacedBytes += before.blocks * 512;
    if (inUnit(path) || input.keep.includes(path)) continue;
    const area = classify(path);
    if (area === 'foreign') continue;
    if (area === 'log' && kind === 'changed') logs.push(path);
    if ((area === 'log' || area === 'service') && (kind !== 'added' || before)) continue;
    system.onStep?.('prepare');
    const placement = placementOf(system, change, stagedPlace(path, input.layers));
    saver.save(path, before !== undefined);
    const addsToBoot = isWithin(path, 'boot') && kind === 'added' && !before;
    (addsToBoot ? early : forward).push(placement);
    times.add(parentOf(path));
    if (placement.put === 'folder') times.add(path);
  }
  forward.push(
    ...timesOf(
      system,
      input.layers,
      [...times].filter((path) => !inUnit(path)),
      saver,
    ),
  );
  return { early, forward, logs, replacedBytes };
}

/** The times that the folders get whose entries change; the saver notes the ones they have. */
function timesOf(
  system: System,
  layers: readonly Layer[],
  folders: readonly RawPath[],
  saver: Saver,
): Placement[] {
  const view = overlayView(layers);
  return folders.flatMap((path): Placement[] => {
    if (statusOf(join(system.root, path))?.isDirectory()) saver.saveTime(path);
    // The top of the upper folder is no part of the system: the root keeps its time.
    const after = path === '' ? system.root : view.locate(path);
    return after === undefined ? [] : [{ put: 'time', path, time: String(bigStatus(after).mtimeNs) }];
  });
}

function placementOf(system: System, change: TreeChange, staged: RawPath): Placement {
  const path = change.path;
  if (change.kind === 'removed') return { put: 'nothing', path };
  if (change.type === 'dir') return { put: 'folder', path, attributes: folderAttributes(staged) };
  return { put: 'entry', path, from: relativeToRoot(system, staged) };
}
