/**
 * Prepares the switch to a staged tree: saves what it replaces, notes what goes where, and builds the new units. Until the
 * switch, all of it can be undone by removing the restore point's folder.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { bigStatus } from '../../files/attributes.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import type { TreeChange } from '../../review/tree-change.js';
import type { System } from '../../system.js';
import type { Preparation } from '../environment.js';
import { buildUnit, changedSince } from './build-unit.js';
import type { TreeClone } from './clone.js';
import { stagedPlace } from './overlay-changes.js';
import { layerOf, statusOf } from './overlay-view.js';
import { volumeOf, volumesOf, type Volume } from './places.js';
import { Saver } from './saver.js';
import { sortChanges } from './sort-changes.js';
import { relativeToRoot, restoreFolderOn } from './restore-folders.js';
import { TreeSwitch } from './tree-switch.js';

interface Input {
  readonly restorePoint: string;
  readonly clone: TreeClone;
  readonly changes: readonly TreeChange[];
  /** Folders that are exchanged as a whole, the first of which is the commit point; none where that is impossible. */
  readonly units: readonly RawPath[];
  readonly keep: readonly RawPath[];
  /** Where what is replaced is kept; by default the file systems of the system. */
  readonly volumes?: readonly Volume[];
}

export function prepareSwitch(system: System, input: Input): Preparation {
  const volumes = input.volumes ?? volumesOf(system);
  const saver = new Saver(system, volumes, input.restorePoint);
  try {
    const sorted = sortChanges(system, { ...input, layers: input.clone.layers }, saver);
    const { built, records } = buildUnits(system, input, volumes, (path) =>
      stagedPlace(path, input.clone.layers),
    );
    // XFS gives the folders themselves a new time when they are exchanged.
    for (const { path } of records) saver.saveTime(path);
    const times = records.map(({ path, place }) => ({
      put: 'time' as const,
      path,
      time: String(bigStatus(join(system.root, place)).mtimeNs),
    }));
    const treeSwitch = new TreeSwitch(system, {
      version: 1,
      restorePoint: input.restorePoint,
      units: records,
    });
    treeSwitch.write(
      { early: sorted.early, forward: [...sorted.forward, ...times], backward: saver.backward },
      input.changes.flatMap(({ path }) => (treeSwitch.exchanges(path) ? [path] : [])),
    );
    treeSwitch.sync();
    return {
      switch: treeSwitch,
      ownBytes: sorted.replacedBytes + built.ownBytes,
      changedMeanwhile: () => changedSince(system.root, built.seen),
      logs: sorted.logs.flatMap((path) => {
        const tail = logTail(input.clone, path);
        return tail && tail.length > 0 ? [{ path, tail }] : [];
      }),
    };
  } finally {
    saver.close();
  }
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
