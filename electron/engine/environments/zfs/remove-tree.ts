/**
 * Removes a tree of ours. ZFS destroys nothing that something else was cloned from; so that the rest lives on, a clone is promoted first,
 * which takes over the snapshots that it stands on. Every step can be run again after a cut.
 */
import { rmdirSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { bytes, display, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { bootDataset, isAbout, snapshotNames, zfs, zfsWhenFree, type Dataset } from './datasets.js';
import type { Layout } from './layout.js';
import { mountsOf, unmountAt } from './mounts.js';
import { isOurSnapshot } from './take-tree.js';
import { mountsOfTree, ownDatasets, ownValue, partOfProperty, placeOf, treesOf, type Tree } from './trees.js';

/** Throws `ENVIRONMENT_IN_USE`: what runs, starts next or is mounted elsewhere is never removed. */
export function removeTree(system: System, layout: Layout, name: string): void {
  const trees = treesOf(system, layout);
  const tree = trees.find((one) => one.name === name);
  if (!tree) return;
  requireUnused(system, layout, tree);
  for (const { dataset, place } of mountsOfTree(system, tree).reverse()) unmountAt(dataset.name, place);
  removePlace(placeOf(system, tree));
  let left = trees;
  for (const { name: part } of datasetsOf(tree)) left = passOn(system, layout, part, left);
  // With the snapshots that others made of it.
  zfsWhenFree(tree.dataset.name, 'destroy', '-r', tree.dataset.name);
  const needed = left.filter((one) => one.name !== name).flatMap(datasetsOf);
  removeLooseSnapshots(layout, needed);
}

const datasetsOf = (tree: Tree): Dataset[] => [...ownDatasets(tree), ...tree.others];

function requireUnused(system: System, layout: Layout, tree: Tree): void {
  const { dataset, name, parts, others } = tree;
  const inUse = (why: string): Fault => new Fault('ENVIRONMENT_IN_USE', `${dataset.name}: ${why}`);
  if (dataset.name === layout.dataset) throw inUse('it is the running one');
  if (bootDataset(layout.pool) === dataset.name) throw inUse('the next start takes it as its root');
  for (const { dataset: mounted, place } of mountsOfTree(system, tree)) {
    const elsewhere = mountsOf(mounted.name).find(({ mountPoint }) => mountPoint !== place);
    if (elsewhere) throw inUse(`it is mounted at ${display(elsewhere.mountPoint)}`);
  }
  // Nobody but people makes such a one, so it is theirs.
  const theirs = [...parts.map((part) => part.dataset), ...others].find(
    (below) => ownValue(below, partOfProperty) !== name,
  );
  if (theirs) throw inUse(`${theirs.name} lies below it`);
}

/** Until nothing is a clone of its snapshots any more. Returns the trees as they are then. */
function passOn(system: System, layout: Layout, name: string, trees: readonly Tree[]): Tree[] {
  const all = trees.flatMap((tree) => datasetsOf(tree).map((dataset) => ({ tree, dataset })));
  const heirs = all.filter(({ dataset }) => dataset.origin?.startsWith(`${name}@`));
  // The one that runs or stays longest takes over, so that the history which people made does not go with a short-lived tree.
  const heir =
    heirs.find(({ tree }) => tree.dataset.name === layout.dataset) ??
    heirs.find(({ tree }) => tree.name === undefined) ??
    heirs.find(({ tree }) => !tree.isFixed) ??
    heirs[0];
  if (!heir) return [...trees];
  zfs('promote', heir.dataset.name);
  return passOn(system, layout, name, treesOf(system, layout));
}

/** Snapshots that trees were made of, once no tree is; also those that a cut left. */
function removeLooseSnapshots(layout: Layout, left: readonly Dataset[]): void {
  const needed = new Set(left.map(({ origin }) => origin));
  for (const snapshot of snapshotNames(layout.parent)) {
    if (!isOurSnapshot(snapshot) || needed.has(snapshot)) continue;
    try {
      zfs('destroy', snapshot);
    } catch (error) {
      // Someone holds it, or made a clone of it elsewhere: it goes with a later one.
      if (!isAbout(error, /dependent clones|busy|does not exist/)) throw error;
    }
  }
}

function removePlace(place: RawPath): void {
  try {
    rmdirSync(bytes(place));
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
