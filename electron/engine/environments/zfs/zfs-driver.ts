/** ZFS as environments need it. Trees are datasets beside the root's; their id is the `guid` that the pool gave them for life. */
import { Fault } from '../../fault.js';
import { readMountTable } from '../../inspect/mount-table.js';
import { thisMachine } from '../../inspect/sources.js';
import { detach, mount, mountFlags } from '../../posix/mount.js';
import { isWithin, join } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { lookOnly } from '../read-only-layer.js';
import type { SnapshotDriver, TreeId } from '../snapshots/snapshot-driver.js';
import { bootDataset, datasetNamed, datasets, setBootDataset, zfs } from './datasets.js';
import { layoutOf, mountedLayout, type Layout } from './layout.js';
import { isZfs, mountsOf, timesAttributes } from './mounts.js';
import { isOfSystem } from './parts.js';
import { removeTree } from './remove-tree.js';
import { attachStore, previewObstacle, storeObstacle } from './store.js';
import { namesByFile } from './names-by-file.js';
import { takeTree } from './take-tree.js';
import { touchedBetween } from './touched-between.js';
import {
  activeProperty,
  mountsAtStart,
  mountsOfTree,
  ownDatasets,
  reach,
  requiredTree,
  runningTree,
  treesOf,
  treeWith,
} from './trees.js';

export const zfsDriver: SnapshotDriver = {
  name: 'zfs',
  obstacle(system, sources) {
    const layout = layoutOf(system, sources);
    if ('obstacle' in layout) return layout.obstacle;
    return storeObstacle(system, layout) ?? previewObstacle(system, layout);
  },
  attach: attachStore,
  way: () => ({ by: 'default' }),
  current: (system) => datasets([requireLayout(system).dataset])[0]?.guid ?? '',
  next(system) {
    const name = bootDataset(requireLayout(system).pool);
    return name === undefined ? undefined : datasetNamed(name)?.guid;
  },
  setNext: (system, way, id) => setNext(system, requireLayout(system), id),
  take(system, name, { readOnly, of }) {
    const layout = requireLayout(system);
    const from = of === undefined ? runningTree(system, layout) : requiredTree(system, layout, of);
    return takeTree(layout, from, { name, readOnly });
  },
  find(system, id) {
    const layout = requireLayout(system);
    const tree = treeWith(system, layout, id);
    return tree && reach(system, layout, tree);
  },
  remove: (system, name) => removeTree(system, requireLayout(system), name),
  own: (system) =>
    treesOf(system, requireLayout(system)).flatMap(({ dataset, name }) =>
      name === undefined ? [] : [{ id: dataset.guid, name }],
    ),
  timesAttributes: (system) => timesAttributes(requireLayout(system).root),
  differences: {
    touched: (system, before, after) => touchedBetween(system, requireLayout(system), { before, after }),
    otherNames: namesByFile,
  },
  contains(system, mount) {
    const { dataset } = requireLayout(system);
    const entry = readMountTable(thisMachine).at(join(system.root, mount));
    return entry !== undefined && isZfs(entry) && isWithin(entry.source, dataset) && isOfSystem(mount);
  },
  // What is no part of a tree lies beside it, or mounts by itself at every start.
  nested: () => [],
  handOver: () => undefined,
  exclusiveBytes(system, id) {
    const tree = treeWith(system, requireLayout(system), id);
    if (!tree) return undefined;
    const names = ownDatasets(tree).map(({ name }) => name);
    const values = datasets(names, { properties: ['usedbydataset'] }).map(({ values }) =>
      Number(values.get('usedbydataset')?.value),
    );
    const bytes = values.reduce((sum, value) => sum + value, 0);
    return Number.isSafeInteger(bytes) ? bytes : undefined;
  },
  mountAt(system, id, folder) {
    const layout = requireLayout(system);
    const tree = requiredTree(system, layout, id);
    const from = reach(system, layout, tree);
    const { bind, remount } = mountFlags;
    try {
      for (const { place } of mountsOfTree(system, tree)) {
        const target = join(folder, place.slice(from.length + 1));
        mount(place, target, null, bind);
        mount(place, target, null, bind | remount | lookOnly);
      }
    } catch (error) {
      if (readMountTable(thisMachine).at(folder)) detach(folder);
      throw error;
    }
  },
  mountPoints(system, id) {
    const tree = treeWith(system, requireLayout(system), id);
    if (!tree) return [];
    return mountsOf(tree.dataset.name).flatMap(({ readOnly, mountPoint }) =>
      readOnly && !isWithin(mountPoint, system.store) ? [mountPoint] : [],
    );
  },
  foreign: () => [],
};

function requireLayout(system: System): Layout {
  const layout = mountedLayout(system);
  if ('obstacle' in layout) throw new Fault('OVERLAY_UNSUPPORTED', layout.obstacle);
  return layout;
}

function setNext(system: System, layout: Layout, id: TreeId): void {
  const tree = requiredTree(system, layout, id);
  const { dataset, name } = tree;
  // Every start mounts what mounts by itself; the environments that do not start must not, least of all over the one that does. What a start
  // takes as its root is mounted with its parts all the same.
  for (const one of [runningTree(system, layout), tree].flatMap(ownDatasets))
    if (mountsAtStart(one)) zfs('set', 'canmount=noauto', one.name);
  if (name !== undefined) zfs('set', `${activeProperty}=on`, dataset.name);
  if (bootDataset(layout.pool) !== dataset.name) setBootDataset(layout.pool, dataset.name);
}
