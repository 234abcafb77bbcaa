/** The backend of environments for a file system with snapshots, made from what that file system can do. */
import { existsSync } from 'node:fs';
import { Fault } from '../../fault.js';
import { removeTree } from '../../files/remove-tree.js';
import { detach } from '../../posix/mount.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { syncDirectory } from '../../posix/sync.js';
import type { System } from '../../system.js';
import type { Clone, Environment, Which } from '../environment.js';
import { mountLayers } from '../read-only-layer.js';
import { arrange } from '../tree/arrange.js';
import { assemblyOf, clonesFolder, openCloneSession, stripOverlayMarks } from '../tree/clone.js';
import { overlayView } from '../tree/overlay-view.js';
import { destroyRestorePoint, restorePointNames, switchFolder } from '../tree/restore-folders.js';
import { completeArrival, forgetArrival } from './arrival.js';
import { prepareSnapshotSwitch } from './prepare-switch.js';
import {
  changesOfClone,
  createSnapshotClone,
  destroySnapshotClone,
  readSnapshotClone,
  readSnapshotRecord,
  type SnapshotClone,
} from './snapshot-clone.js';
import type { SnapshotDriver, TreeId } from './snapshot-driver.js';
import { sealOfChanges } from './snapshot-seal.js';
import { SnapshotSwitch } from './snapshot-switch.js';
import {
  arrivalFile,
  foldersIn,
  hasSwitchRecord,
  readArrival,
  readSwitchRecord,
  treesInRecords,
  writeArrival,
} from './switch-record.js';
import { otherVolumes, pendingArrival, removeUnlessUsed, syncTree } from './trees.js';

export function snapshotEnvironment(driver: SnapshotDriver): Environment {
  // Trees are mounted when they are looked for: what was opened before a restart may be mounted no longer.
  const ours = (system: System, clone: Clone): SnapshotClone => readSnapshotClone(driver, system, clone.id);
  const opened = (clone: Clone): SnapshotClone => {
    if (!('tree' in clone)) throw new Error('not a clone of a backend with snapshots');
    return clone as SnapshotClone;
  };
  const title = driver.name === 'zfs' ? 'ZFS' : driver.name;
  return {
    name: driver.name,
    takesEffect: 'at-start',
    support(system) {
      const obstacle = driver.obstacle(system);
      return {
        usable: obstacle === undefined,
        reason: obstacle ?? `Snapshots of ${title} hold the environments.`,
        exchange: obstacle === undefined,
        exchangeReason: obstacle ?? 'The next start takes the new environment as its root, in one step.',
      };
    },
    attach: (system, options) => driver.attach(system, options),
    clone: (system, id) => createSnapshotClone(driver, system, id),
    open: (system, id) => readSnapshotClone(driver, system, id),
    clones: (system) => foldersIn(join(system.store, clonesFolder)).filter((name) => !name.includes('.')),
    destroy: (system, id) => destroySnapshotClone(driver, system, id),
    session: (system, clone, options) => openCloneSession(system, ours(system, clone), options),
    assembly: (system, clone) => assemblyOf(system, ours(system, clone)),
    view: (clone) => overlayView(ours(opened(clone).system, clone).layers),
    changes: (clone) => changesOfClone(driver, opened(clone)),
    arrange: (system, clone, entries) => arrange(system, ours(system, clone), entries),
    async seal(system, clone) {
      const staged = ours(system, clone);
      const [tree, ...others] = staged.layers;
      if (!tree) throw new Error('a clone has a tree');
      stripOverlayMarks({ ...staged, layers: others });
      for (const layer of staged.layers) syncTree(layer.upper);
      return sealOfChanges(system, overlayView(staged.layers), changesOfClone(driver, staged));
    },
    prepare: (system, input) =>
      prepareSnapshotSwitch(driver, system, { ...input, clone: ours(system, input.clone) }),
    hasSwitch: hasSwitchRecord,
    readSwitch: (system, restorePoint) =>
      new SnapshotSwitch(driver, system, readSwitchRecord(system, restorePoint)),
    restorePoints(system) {
      const waiting = readArrival(system);
      return restorePointNames(system).filter((name) => !(waiting?.destroy && waiting.restorePoint === name));
    },
    destroyRestorePoint: (system, restorePoint) => destroyPoint(driver, system, restorePoint),
    pending: (system) => pendingArrival(driver, system)?.restorePoint,
    arrive(system) {
      sweep(driver, system);
      return completeArrival(driver, system);
    },
    arrived(system, { restorePoint, destroy }) {
      forgetArrival(driver, system);
      if (destroy) destroyPoint(driver, system, restorePoint);
    },
    exclusiveBytes(system, which) {
      const trees = treesOf(driver, system, which);
      if (trees.length === 0 || trees.includes(driver.current(system))) return undefined;
      const each = trees.map((id) => driver.exclusiveBytes(system, id));
      return each.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
    },
    mountTree(system, which, folder) {
      const [tree] = treesOf(driver, system, which);
      if (tree === undefined) throw new Fault('ENVIRONMENT_UNKNOWN');
      if (tree === driver.current(system))
        throw new Fault('ENVIRONMENT_CURRENT', 'It runs until the restart.');
      const clone =
        which !== 'next' && 'clone' in which ? readSnapshotClone(driver, system, which.clone) : undefined;
      driver.mountAt(system, tree, folder);
      if (!clone) return;
      try {
        mountLayers(
          clone.id,
          clone.layers.filter(({ mount }) => mount !== ''),
          folder,
        );
      } catch (error) {
        detach(folder);
        throw error;
      }
    },
    ...(driver.mountAsRoot && {
      mountNextRoot(system: System, folder: RawPath): void {
        const [tree] = treesOf(driver, system, 'next');
        if (tree === undefined) throw new Fault('ENVIRONMENT_UNKNOWN');
        driver.mountAsRoot?.(system, tree, folder);
      },
    }),
    mountPoints(system, which) {
      const [tree] = treesOf(driver, system, which);
      return tree === undefined || tree === driver.current(system) ? [] : driver.mountPoints(system, tree);
    },
    foreign: (system) => driver.foreign(system),
  };
}

/** The tree of an environment, and what goes with it; none where it is gone. */
function treesOf(driver: SnapshotDriver, system: System, which: Which): TreeId[] {
  if (which === 'next') {
    const arrival = pendingArrival(driver, system);
    return arrival ? [arrival.to] : [];
  }
  try {
    if ('restorePoint' in which) return [readSwitchRecord(system, which.restorePoint).old];
    const { tree, base } = readSnapshotRecord(system, which.clone);
    return [tree, base];
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}

function destroyPoint(driver: SnapshotDriver, system: System, restorePoint: string): void {
  const pending = pendingArrival(driver, system);
  if (pending?.restorePoint === restorePoint) {
    // It is still needed at the start to come: it goes after it.
    writeArrival(system, { ...pending, destroy: true });
    return;
  }
  const arrival = readArrival(system);
  if (arrival?.restorePoint === restorePoint) {
    removeTree(arrivalFile(system));
    syncDirectory(system.store);
  }
  const old = hasSwitchRecord(system, restorePoint) ? oldTree(system, restorePoint) : undefined;
  const folder = switchFolder(system, restorePoint);
  if (existsSync(bytes(folder))) {
    for (const name of ['point.json', 'environment.json']) removeTree(join(folder, name));
    syncDirectory(folder);
  }
  const needed = neededTrees(driver, system);
  for (const { id, name } of driver.own(system)) {
    const isIts = name === restorePoint || name.startsWith(`${restorePoint}.`) || id === old;
    if (isIts && !needed.has(id)) removeUnlessUsed(driver, system, name);
  }
  destroyRestorePoint(system, restorePoint, otherVolumes(driver, system));
}

function oldTree(system: System, restorePoint: string): string | undefined {
  try {
    return readSwitchRecord(system, restorePoint).old;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/** What runs, what runs next, and what a switch stands on. */
function neededTrees(driver: SnapshotDriver, system: System): Set<string> {
  const needed = treesInRecords(system).add(driver.current(system));
  const next = driver.next(system, driver.way(system));
  return next === undefined ? needed : needed.add(next);
}

/** Removes trees that nothing names any more: they were in use when their time came. */
function sweep(driver: SnapshotDriver, system: System): void {
  const owners = new Set([
    ...foldersIn(join(system.store, clonesFolder)),
    ...foldersIn(join(system.store, 'restore-points')),
  ]);
  let needed: Set<string> | undefined;
  for (const { id, name } of driver.own(system)) {
    if (owners.has(name.split('.')[0] ?? name)) continue;
    needed ??= neededTrees(driver, system);
    if (!needed.has(id)) removeUnlessUsed(driver, system, name);
  }
}
