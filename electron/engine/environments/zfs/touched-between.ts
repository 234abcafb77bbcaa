/**
 * What was touched from one tree to the other, both fixed: clones that nobody wrote to, so that each is what the snapshot that it was made of is.
 * `zfs diff` compares two snapshots of which one came of the other, in either order, since what differs is the same; their datasets have to be
 * mounted. zfs-fuse has no such command, and then everything is looked at.
 */
import { Fault } from '../../fault.js';
import type { RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import type { TreeId } from '../snapshots/snapshot-driver.js';
import { TouchedPaths } from '../snapshots/touched-paths.js';
import { zfs, type Dataset } from './datasets.js';
import { pathsInDiff, touchAll } from './diff.js';
import type { Layout } from './layout.js';
import { comparesSnapshots, mountsOf } from './mounts.js';
import { ownDatasets, reach, requiredOf, treesOf, type Tree } from './trees.js';

interface Both {
  readonly before: TreeId;
  readonly after: TreeId;
}

/** Throws `COMMAND_FAILED` where ZFS cannot say it, `STAGE_DAMAGED` where a tree is gone. */
export function touchedBetween(system: System, layout: Layout, both: Both): TouchedPaths {
  if (!comparesSnapshots(layout.root)) throw impossible('this ZFS does not know it');
  const trees = treesOf(system, layout);
  const [before, after] = [requiredOf(trees, both.before), requiredOf(trees, both.after)];
  const touched = new TouchedPaths();
  const [old, now] = [reach(system, layout, before), reach(system, layout, after)];
  for (const { at, from, to } of pairs(before, after)) {
    if (from === to) continue;
    for (const snapshot of [from, to]) mountDatasetOf(snapshot);
    touchAll(touched, pathsOf(from, to), { before: old, after: now, at });
  }
  return touched;

  function mountDatasetOf(snapshot: string): void {
    const name = datasetOf(snapshot);
    const holder = trees.find((tree) => ownDatasets(tree).some((dataset) => dataset.name === name));
    if (!holder) throw impossible(`${name} belongs to no environment`);
    reach(system, layout, holder);
  }
}

/** The datasets that are mounted at the same place, as the snapshots that they were made of. */
function pairs(before: Tree, after: Tree): { at: RawPath; from: string; to: string }[] {
  const [old, now] = [placesOf(before), placesOf(after)];
  if (old.size !== now.size) throw impossible('their parts are not the same');
  return [...old].map(([at, dataset]) => {
    const [from, to] = [dataset.origin, now.get(at)?.origin];
    if (from === undefined || to === undefined) throw impossible(`${dataset.name} has no snapshot`);
    return { at, from, to };
  });
}

function placesOf({ dataset, parts }: Tree): Map<RawPath, Dataset> {
  const places = new Map<RawPath, Dataset>([['' as RawPath, dataset]]);
  for (const part of parts) if (part.mount !== undefined) places.set(part.mount, part.dataset);
  return places;
}

function pathsOf(from: string, to: string): RawPath[] {
  try {
    return diff(from, to);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'COMMAND_FAILED') throw error;
    return diff(to, from);
  }
}

function diff(from: string, to: string): RawPath[] {
  const [mounted] = mountsOf(datasetOf(to));
  if (!mounted) throw impossible(`${datasetOf(to)} is not mounted`);
  return pathsInDiff(zfs('diff', '-H', from, to), mounted.mountPoint);
}

function datasetOf(snapshot: string): string {
  return snapshot.slice(0, snapshot.indexOf('@'));
}

function impossible(why: string): Fault {
  return new Fault('COMMAND_FAILED', `zfs diff: ${why}`);
}
