/**
 * A clone on a file system with snapshots: a writable tree as the root is now, and beside it the same one fixed, which says what the
 * rehearsal changed. Other file systems that hold a part of the system (`/boot`, a `/var` of its own) are staged in overlays.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { z } from 'zod';
import { Fault } from '../../fault.js';
import { writeFileDurably } from '../../files/durable.js';
import { removeTree } from '../../files/remove-tree.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import type { TreeChange } from '../../review/tree-change.js';
import { classify } from '../areas.js';
import {
  cloneFolder,
  clonesFolder,
  layerSchema,
  makeLayer,
  openLayer,
  readCloneRecord,
  type TreeClone,
} from '../tree/clone.js';
import { changesOf } from '../tree/overlay-changes.js';
import { placeOn } from '../tree/places.js';
import { treeDifference } from './tree-difference.js';
import type { SnapshotDriver, TreeId } from './snapshot-driver.js';
import { otherVolumes, removeUnlessUsed } from './trees.js';

const recordSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  /** The writable tree, and what it was made of. */
  tree: z.string(),
  base: z.string(),
  layers: z.array(layerSchema),
});

/** The first layer is the tree itself. */
export interface SnapshotClone extends TreeClone {
  readonly system: System;
  readonly tree: TreeId;
  readonly base: TreeId;
}

export const baseName = (id: string): string => `${id}.base`;

export function createSnapshotClone(driver: SnapshotDriver, system: System, id: string): SnapshotClone {
  const folder = cloneFolder(system, id);
  mkdirSync(bytes(join(folder, 'root')), { recursive: true, mode: 0o700 });
  system.onStep?.('clone');
  const base = driver.take(system, baseName(id), { readOnly: true });
  system.onStep?.('clone');
  const tree = driver.take(system, id, { readOnly: false, of: base });
  const layers = otherVolumes(driver, system).map((volume, index) =>
    makeLayer(system, volume, `${id}.${index + 1}`),
  );
  system.onStep?.('clone');
  const record: z.infer<typeof recordSchema> = { version: 1, id, tree, base, layers };
  writeFileDurably(join(folder, 'clone.json'), JSON.stringify(record));
  return readSnapshotClone(driver, system, id);
}

/** Which trees it consists of, without a look at them. Throws `STAGE_UNKNOWN` or `STAGE_DAMAGED`. */
export function readSnapshotRecord(system: System, id: string): z.infer<typeof recordSchema> {
  return readCloneRecord(system, id, recordSchema);
}

/** Throws `STAGE_UNKNOWN` or `STAGE_DAMAGED`. */
export function readSnapshotClone(driver: SnapshotDriver, system: System, id: string): SnapshotClone {
  const { tree, base, layers } = readSnapshotRecord(system, id);
  const [upper, lower] = [driver.find(system, tree), driver.find(system, base)];
  if (upper === undefined || lower === undefined)
    throw new Fault('STAGE_DAMAGED', `${id}: another program removed its snapshot`);
  return {
    id,
    folder: cloneFolder(system, id),
    system,
    tree,
    base,
    layers: [
      { mount: '' as RawPath, kind: 'copy', lower, upper, work: upper },
      ...layers.map((layer) => openLayer(system, id, layer)),
    ],
  };
}

/** What is mounted or runs is left; `sweep` removes it when it is free. */
export function destroySnapshotClone(driver: SnapshotDriver, system: System, id: string): void {
  for (const volume of otherVolumes(driver, system)) {
    const place = placeOn(system, volume, clonesFolder);
    for (const name of readdirSync(bytes(place), { encoding: 'latin1' }))
      if (name.startsWith(`${id}.`)) removeTree(join(place, name));
  }
  for (const { name } of driver.own(system))
    if (name === id || name.startsWith(`${id}.`)) removeUnlessUsed(driver, system, name);
  removeTree(cloneFolder(system, id));
}

export function changesOfClone(driver: SnapshotDriver, clone: SnapshotClone): TreeChange[] {
  const { system, layers, base, tree, id } = clone;
  const others = layers.filter(({ mount }) => mount !== '');
  const skip = (path: RawPath): boolean => classify(path) === 'foreign';
  const inTree = treeDifference(driver, system, {
    name: `${id}.look`,
    before: base,
    after: tree,
    fixed: 'before',
    skip: (path) => skip(path) || others.some(({ mount }) => mount === path),
  });
  return [...inTree, ...changesOf(others, skip)].sort((a, b) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
  );
}
