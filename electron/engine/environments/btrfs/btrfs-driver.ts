/** btrfs as environments need it. Trees are subvolumes in `@understudy/environments`; their id is the subvolume's. */
import { closeSync, constants, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { readMountTable } from '../../inspect/mount-table.js';
import { thisMachine } from '../../inspect/sources.js';
import { mount } from '../../posix/mount.js';
import { bytes, display, isWithin, join, parentOf, type RawPath } from '../../posix/raw-path.js';
import { exchange } from '../../posix/rename.js';
import { syncFileSystem } from '../../posix/sync.js';
import type { System } from '../../system.js';
import { classify } from '../areas.js';
import { lookOnly } from '../read-only-layer.js';
import type { SnapshotDriver, TreeId, Way } from '../snapshots/snapshot-driver.js';
import { treesInRecords } from '../snapshots/switch-record.js';
import { handOverSubvolume } from './hand-over.js';
import { mountByServiceManager, orByServiceManager } from './mount-for-us.js';
import { layoutOf, pathOf, rootMount, wordsForRoot } from './layout.js';
import { attachStore, previewObstacle, storeObstacle } from './store.js';
import { readSendStream } from './send-stream.js';
import { snapperEnvironments } from './snapper.js';
import * as btrfs from './subvolumes.js';
import { timeshiftEnvironments } from './timeshift.js';
import { topOf } from './top.js';

export const btrfsDriver: SnapshotDriver = {
  name: 'btrfs',
  obstacle(system, sources) {
    const layout = layoutOf(system, sources);
    return 'obstacle' in layout ? layout.obstacle : (storeObstacle(system) ?? previewObstacle(system));
  },
  attach: attachStore,
  way: (system) => requireLayout(system).way,
  current: (system) => idAt(system.root) ?? '',
  next: (system, way) =>
    way.by === 'default' ? String(btrfs.defaultOf(system.root)) : idAt(join(topFor(system), way.name)),
  setNext,
  take(system, name, { readOnly, of }) {
    const from = of === undefined ? system.root : required(system, of);
    const to = placeOf(system, name);
    mkdirSync(bytes(parentOf(to)), { recursive: true, mode: 0o700 });
    try {
      btrfs.snapshot(from, to, { readOnly });
    } catch (error) {
      if (['ENOSPC', 'EDQUOT'].includes(systemErrorCode(error) ?? ''))
        throw new Fault('NO_SPACE', 'The file system has no room for another snapshot.');
      throw error;
    }
    return idAt(to) ?? '';
  },
  find,
  remove(system, name) {
    const place = placeOf(system, name);
    const id = idAt(place);
    if (id === undefined) return;
    requireUnused(system, place, id, name);
    requireNothingForeign(system, id, name);
    btrfs.deleteTree(place);
  },
  own: (system) =>
    ownNames(system).flatMap((name) => {
      const id = idAt(placeOf(system, name));
      return id === undefined ? [] : [{ id, name }];
    }),
  timesAttributes: () => true,
  differences: {
    touched(system, before, after) {
      const place = join(system.store, `difference-${process.pid}`);
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
      const fd = openSync(bytes(place), flags, 0o600);
      try {
        const old = btrfs.subvolumeAt(required(system, before));
        if (!old) throw gone(before);
        btrfs.sendDifference(old, required(system, after), fd);
        return readSendStream(readFileSync(bytes(place)));
      } finally {
        closeSync(fd);
        rmSync(bytes(place), { force: true });
      }
    },
    otherNames:
      (tree) =>
      ({ ino }) =>
        btrfs.namesOf(tree, ino),
  },
  // Snapshots do not reach into other subvolumes.
  contains: () => false,
  nested(system, id) {
    const own = pathOf(system, Number(id));
    return btrfs
      .listSubvolumes(system.root)
      .filter(({ parent }) => String(parent) === id)
      .map(({ path }) => (own === '' ? path : path.slice(own.length + 1)) as RawPath)
      .filter((path) => path !== ownSubvolumeName && !isMountedByItself(system, own, path));
  },
  handOver(system, path, from, to) {
    const top = topFor(system);
    const tree = (id: TreeId): RawPath => join(top, pathOf(system, Number(id)));
    handOverSubvolume({ from: tree(from), to: tree(to), onStep: () => system.onStep?.('arrive') }, path);
  },
  rootWords: (system, id, usual) => wordsForRoot(system, Number(id), usual),
  exclusiveBytes: (system, id) => btrfs.exclusiveBytes(system.root, Number(id)),
  mountAt(system, id, folder) {
    const source = rootMount(system)?.source;
    if (source === undefined || find(system, id) === undefined) throw gone(id);
    mount(source, folder, 'btrfs', lookOnly, `subvolid=${id}`);
  },
  mountAsRoot(system, id, folder) {
    const source = rootMount(system)?.source;
    if (source === undefined || find(system, id) === undefined) throw gone(id);
    // By its name, as a boot entry does; the rest of the root's options systemd-remount-fs.service takes from the fstab.
    const options = `subvol=/${pathOf(system, Number(id))}`;
    orByServiceManager(
      () => mount(source, folder, 'btrfs', 0, options),
      () => mountByServiceManager(source, folder, options),
    );
  },
  mountPoints(system, id) {
    const path = pathOf(system, Number(id));
    if (path === '' && Number(id) !== btrfs.topLevel) return [];
    const origin = `/${path}`;
    const device = rootMount(system)?.source;
    return readMountTable(thisMachine).entries.flatMap((entry) => {
      const isIts = entry.fileSystem === 'btrfs' && entry.source === device && entry.origin === origin;
      return isIts && entry.readOnly ? [entry.mountPoint] : [];
    });
  },
  foreign(system) {
    const root = rootMount(system);
    if (root?.fileSystem !== 'btrfs') return [];
    const ours = treesInRecords(system).add(btrfsDriver.current(system));
    return [
      ...snapperEnvironments(system, ours),
      ...timeshiftEnvironments(topOf(root.source), root.origin.slice(1) as RawPath, ours),
    ];
  },
};

const ownSubvolumeName = '@understudy';

/** What is mounted by its name, wherever, is found by it at the next start too, and stays where it is. */
function isMountedByItself(system: System, own: RawPath, path: RawPath): boolean {
  const origin = `/${own === '' ? path : join(own, path)}`;
  const device = rootMount(system)?.source;
  return readMountTable(thisMachine).entries.some(
    (entry) => entry.fileSystem === 'btrfs' && entry.source === device && entry.origin === origin,
  );
}

function requireLayout(system: System) {
  const layout = layoutOf(system);
  if ('obstacle' in layout) throw new Fault('OVERLAY_UNSUPPORTED', layout.obstacle);
  return layout;
}

function topFor(system: System): RawPath {
  const mount = rootMount(system);
  if (!mount) throw new Fault('OVERLAY_UNSUPPORTED', 'The root is no file system of its own.');
  return topOf(mount.source);
}

function idAt(place: RawPath): TreeId | undefined {
  const found = btrfs.subvolumeAt(place);
  return found && String(found.id);
}

function placeOf(system: System, name: string): RawPath {
  return join(join(system.store, 'environments'), name);
}

function ownNames(system: System): string[] {
  try {
    return readdirSync(bytes(join(system.store, 'environments')), { encoding: 'latin1' }).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** In our own folder where it lies there, since a session can bind only what is mounted somewhere. */
function find(system: System, id: TreeId): RawPath | undefined {
  const name = ownNames(system).find((candidate) => idAt(placeOf(system, candidate)) === id);
  if (name !== undefined) return placeOf(system, name);
  if (idAt(system.root) === id) return system.root;
  const path = pathOf(system, Number(id));
  if (path === '' && Number(id) !== btrfs.topLevel) return undefined;
  return join(topFor(system), path);
}

function required(system: System, id: TreeId): RawPath {
  const place = find(system, id);
  if (place === undefined) throw gone(id);
  return place;
}

function gone(id: TreeId): Fault {
  return new Fault('STAGE_DAMAGED', `The subvolume ${id} is missing: another program removed it.`);
}

function setNext(system: System, way: Way, id: TreeId): void {
  const top = topFor(system);
  if (way.by === 'default') {
    if (String(btrfs.defaultOf(system.root)) !== id) btrfs.setDefault(top, Number(id));
  } else {
    const named = join(top, way.name);
    const before = idAt(named);
    if (before !== id) {
      exchange(named, join(top, requiredPath(system, id)));
      system.onStep?.('change');
    }
    // Who mounts the file system without a name, as a rescue system does, finds the same root as the next start. After a cut in between, what
    // had the name before is one of our own.
    const byDefault = String(btrfs.defaultOf(system.root));
    const isOurs = (tree: TreeId): boolean => btrfsDriver.own(system).some((own) => own.id === tree);
    if (byDefault !== id && (byDefault === before || isOurs(byDefault))) btrfs.setDefault(top, Number(id));
  }
  syncFileSystem(top);
}

function requiredPath(system: System, id: TreeId): RawPath {
  const path = pathOf(system, Number(id));
  if (path === '') throw gone(id);
  return path;
}

/** Throws `ENVIRONMENT_IN_USE`: what runs, starts next or is mounted is never removed. */
function requireUnused(system: System, place: RawPath, id: TreeId, name: string): void {
  const inUse = (why: string): Fault => new Fault('ENVIRONMENT_IN_USE', `${name}: ${why}`);
  if (idAt(system.root) === id) throw inUse('it is the running one');
  if (String(btrfs.defaultOf(system.root)) === id) throw inUse('the next start takes it as its root');
  const path = `/${pathOf(system, Number(id))}`;
  const device = rootMount(system)?.source;
  for (const { mountPoint, origin, source, fileSystem } of readMountTable(thisMachine).entries) {
    const isOurs = fileSystem === 'btrfs' && source === device && isWithin(origin, path);
    if (isOurs || (mountPoint !== place && isWithin(mountPoint, place)))
      throw inUse(`it is mounted at ${display(mountPoint)}`);
  }
}

/** Throws `ENVIRONMENT_IN_USE`: a file system of someone's that could not be handed over would be removed with the tree. */
function requireNothingForeign(system: System, id: TreeId, name: string): void {
  const theirs = btrfsDriver
    .nested(system, id)
    .find((path) => !['system', 'derived'].includes(classify(path)));
  if (theirs !== undefined)
    throw new Fault('ENVIRONMENT_IN_USE', `${name}: it holds the subvolume /${display(theirs)}`);
}
