/**
 * The trees of a system on ZFS: the datasets beside its root's, each with the parts below it. Those of Understudy carry their name in a
 * property; they are clones, also where they never change, since a clone can be mounted and found everywhere in the same way.
 */
import { Fault } from '../../fault.js';
import { join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import type { TreeId } from '../snapshots/snapshot-driver.js';
import { datasets, type Dataset } from './datasets.js';
import type { Layout } from './layout.js';
import { mountAt } from './mounts.js';
import { partsOf, placeProperty, type Part } from './parts.js';

export const nameProperty = 'org.understudy:name';
/** On a tree that nobody writes to, also where it is not the dataset that is read-only. */
export const fixedProperty = 'org.understudy:fixed';
/** How many datasets lie below that of a tree: one that was cut while it was made, or that another tool took a part of, is none. */
export const partsProperty = 'org.understudy:parts';
/** On those that lie below it, its name. */
export const partOfProperty = 'org.understudy:part-of';
export const activeProperty = 'org.zfsbootmenu:active';

export interface Tree {
  readonly dataset: Dataset;
  /** Under which Understudy made it. */
  readonly name: string | undefined;
  readonly isFixed: boolean;
  readonly parts: readonly Part[];
  /** Datasets below it that belong to no tree. */
  readonly others: readonly Dataset[];
  readonly isWhole: boolean;
}

/** All datasets beside the root's, that one among them. */
export function treesOf(system: System, { parent }: Layout): Tree[] {
  const properties = [
    nameProperty,
    fixedProperty,
    partsProperty,
    partOfProperty,
    placeProperty,
    'canmount',
    'mountpoint',
  ];
  const all = datasets([parent], { properties, recursive: true });
  const isTop = ({ name, kind }: Dataset): boolean =>
    kind === 'filesystem' && name !== parent && !name.slice(parent.length + 1).includes('/');
  return all.filter(isTop).map((dataset) => {
    const name = ownValue(dataset, nameProperty);
    const below = partsOf(system, dataset, all);
    const made = [...below.parts.map((part) => part.dataset), ...below.others].filter(
      (inner) => ownValue(inner, partOfProperty) === name,
    );
    return {
      dataset,
      name,
      isFixed: ownValue(dataset, fixedProperty) === 'yes',
      ...below,
      isWhole: name === undefined || made.length === Number(ownValue(dataset, partsProperty) ?? 0),
    };
  });
}

/** Of which a clone consists: what lies below besides goes neither with it nor away. */
export function ownDatasets({ dataset, parts }: Pick<Tree, 'dataset' | 'parts'>): Dataset[] {
  return [dataset, ...parts.map((part) => part.dataset)];
}

/** What was set on the dataset itself. */
export function ownValue({ values }: Dataset, property: string): string | undefined {
  const found = values.get(property);
  return found?.source === 'local' ? found.value : undefined;
}

export function mountsAtStart({ values }: Dataset): boolean {
  return values.get('canmount')?.value === 'on';
}

/** `undefined` also for one that is no longer whole. */
export function treeWith(system: System, layout: Layout, id: TreeId): Tree | undefined {
  return treeOf(treesOf(system, layout), id);
}

/** Throws `STAGE_DAMAGED`. */
export function requiredTree(system: System, layout: Layout, id: TreeId): Tree {
  return requiredOf(treesOf(system, layout), id);
}

/** Throws `STAGE_DAMAGED`. */
export function requiredOf(trees: readonly Tree[], id: TreeId): Tree {
  const found = treeOf(trees, id);
  if (!found) throw new Fault('STAGE_DAMAGED', `The dataset ${id} is missing: another program removed it.`);
  return found;
}

function treeOf(trees: readonly Tree[], id: TreeId): Tree | undefined {
  return trees.find(({ dataset, isWhole }) => dataset.guid === id && isWhole);
}

/** Throws `STAGE_DAMAGED`. */
export function runningTree(system: System, layout: Layout): Tree {
  const found = treesOf(system, layout).find(({ dataset }) => dataset.name === layout.dataset);
  if (!found)
    throw new Fault('STAGE_DAMAGED', `The dataset ${layout.dataset} is mounted, but not in its pool.`);
  return found;
}

/** Where a tree is mounted for work: in the store, which no environment contains. */
export function placeOf(system: System, { dataset, name }: Tree): RawPath {
  return join(join(system.store, 'environments'), name ?? `other-${dataset.guid}`);
}

/** The dataset of a tree with its mounted parts, and where each is mounted for work: outer ones first. */
export function mountsOfTree(system: System, tree: Tree): { dataset: Dataset; place: RawPath }[] {
  const place = placeOf(system, tree);
  const parts = tree.parts.flatMap(({ dataset, mount }) =>
    mount === undefined ? [] : [{ dataset, place: join(place, mount) }],
  );
  parts.sort((a, b) => (a.place < b.place ? -1 : 1));
  return [{ dataset: tree.dataset, place }, ...parts];
}

/** Mounts it where it is not. */
export function reach(system: System, layout: Layout, tree: Tree): RawPath {
  if (tree.dataset.name === layout.dataset) return system.root;
  const { root } = layout;
  for (const { dataset, place } of mountsOfTree(system, tree))
    mountAt(dataset.name, place, { root, readOnly: tree.isFixed });
  return placeOf(system, tree);
}
