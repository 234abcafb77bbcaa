/**
 * The backend for any POSIX file system: staging in an overlay, the switch by exchanging `/usr` with a
 * tree of hard links that was built beside it.
 */
import { readdirSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { treeSupport } from '../../inspect/backends.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { classify } from '../areas.js';
import type { Clone, Environment } from '../environment.js';
import { layerMounts, mountLayers } from '../read-only-layer.js';
import { arrange } from './arrange.js';
import {
  assemblyOf,
  clonesFolder,
  createClone,
  destroyClone,
  openCloneSession,
  readClone,
  stripOverlayMarks,
  type TreeClone,
} from './clone.js';
import { changesOf } from './overlay-changes.js';
import { overlayView, statusOf } from './overlay-view.js';
import { exchangeUnits } from './exchange-units.js';
import { prepareSwitch } from './prepare-switch.js';
import { sealOf } from './seal.js';
import { destroyRestorePoint, hasSwitch, restorePointNames } from './restore-folders.js';
import { TreeSwitch } from './tree-switch.js';
import { syncFileSystem } from '../../posix/sync.js';

export const treeEnvironment: Environment = {
  name: 'tree',
  takesEffect: 'at-once',
  attach: () => undefined,
  pending: () => undefined,
  arrive: () => undefined,
  arrived: () => undefined,
  support(system) {
    const support = treeSupport(system);
    const { reason } = exchangeUnits(system, ['usr' as RawPath]);
    return reason === undefined ? support : { ...support, exchange: false, exchangeReason: `${reason}.` };
  },
  clone: createClone,
  open: readClone,
  clones(system) {
    try {
      const names = readdirSync(bytes(join(system.store, clonesFolder)), { encoding: 'latin1' });
      return names.filter((name) => !name.includes('.')).sort();
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  },
  destroy: destroyClone,
  session: (system, clone, options) => openCloneSession(system, ours(system, clone), options),
  assembly: (system, clone) => assemblyOf(system, ours(system, clone)),
  view: (clone) => overlayView(layersOf(clone)),
  changes: (clone) => changesOf(layersOf(clone), (path) => classify(path) === 'foreign'),
  arrange: (system, clone, entries) => arrange(system, ours(system, clone), entries),
  async seal(system, clone) {
    const staged = ours(system, clone);
    for (const layer of staged.layers) {
      if (!statusOf(layer.upper)?.isDirectory())
        throw new Fault('STAGE_DAMAGED', `${clone.id}: its data for /${layer.mount} are missing`);
    }
    stripOverlayMarks(staged);
    for (const layer of staged.layers) syncFileSystem(layer.upper);
    return sealOf(system, staged);
  },
  prepare(system, input) {
    const { units, reason } = exchangeUnits(system, ['usr' as RawPath, ...input.database]);
    if (input.atomic && reason !== undefined) throw new Fault('EXCHANGE_IMPOSSIBLE', reason);
    return prepareSwitch(system, {
      restorePoint: input.restorePoint,
      clone: ours(system, input.clone),
      changes: input.changes,
      units: input.atomic ? units : [],
      keep: input.keep,
    });
  },
  hasSwitch,
  readSwitch: (system, restorePoint) => TreeSwitch.read(system, restorePoint),
  restorePoints: restorePointNames,
  destroyRestorePoint: (system, restorePoint) => destroyRestorePoint(system, restorePoint),
  exclusiveBytes: () => undefined,
  mountTree(system, which, folder) {
    if (which === 'next' || !('clone' in which)) throw new Fault('ENVIRONMENT_PARTIAL');
    mountLayers(which.clone, readClone(system, which.clone).layers, folder);
  },
  mountPoints: (_system, which) => (which !== 'next' && 'clone' in which ? layerMounts(which.clone) : []),
  foreign: () => [],
};

function ours(system: System, clone: Clone): TreeClone {
  return 'layers' in clone ? (clone as TreeClone) : readClone(system, clone.id);
}

function layersOf(clone: Clone): TreeClone['layers'] {
  if (!('layers' in clone)) throw new Error('not a clone of the tree backend');
  return (clone as TreeClone).layers;
}
