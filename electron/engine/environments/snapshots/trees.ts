/** Small questions about the trees of a system, which every step of a switch asks. */
import { Fault } from '../../fault.js';
import { readMountTable } from '../../inspect/mount-table.js';
import { thisMachine } from '../../inspect/sources.js';
import { isWithin, type RawPath } from '../../posix/raw-path.js';
import { syncFileSystem } from '../../posix/sync.js';
import type { System } from '../../system.js';
import { classify } from '../areas.js';
import { volumesOf, type Volume } from '../tree/places.js';
import type { SnapshotDriver, TreeId } from './snapshot-driver.js';
import { readArrival, type ArrivalRecord } from './switch-record.js';

/** File systems beside the root's tree that hold a part of the system: mounts, and what is nested in the tree. */
export function otherVolumes(driver: SnapshotDriver, system: System): Volume[] {
  const mounted = volumesOf(system).filter(({ mount }) => mount !== '' && !driver.contains(system, mount));
  const nested = driver
    .nested(system, driver.current(system))
    .filter((path) => ['system', 'derived'].includes(classify(path)))
    .filter((path) => !mounted.some(({ mount }) => isWithin(path, mount)));
  return [...mounted, ...nested.map((mount) => ({ mount, fileSystem: driver.name }))];
}

/** A tree may consist of several file systems, mounted inside one another. */
export function syncTree(place: RawPath): void {
  const table = readMountTable(thisMachine);
  const top = table.at(place);
  syncFileSystem(place);
  for (const { mountPoint, fileSystem, readOnly } of table.entries)
    if (fileSystem === top?.fileSystem && !readOnly && mountPoint !== place && isWithin(mountPoint, place))
      syncFileSystem(mountPoint);
}

/** Throws `STAGE_DAMAGED` when the tree is gone. */
export function placeOf(driver: SnapshotDriver, system: System, id: TreeId): RawPath {
  const place = driver.find(system, id);
  if (place === undefined)
    throw new Fault('STAGE_DAMAGED', 'Another program removed a snapshot that is needed.');
  return place;
}

/** False when it is in use. */
export function removeUnlessUsed(driver: SnapshotDriver, system: System, name: string): boolean {
  try {
    driver.remove(system, name);
    return true;
  } catch (error) {
    if (error instanceof Fault && error.code === 'ENVIRONMENT_IN_USE') return false;
    throw error;
  }
}

/** What belongs to Understudy, or is only there while a system runs. */
export function isOwn(path: RawPath): boolean {
  return ['var/lib/understudy', '@understudy', '.understudy', 'proc', 'sys', 'dev', 'run'].some((own) =>
    isWithin(path, own),
  );
}

/** The arrival that waits for a restart, if there is one. */
export function pendingArrival(driver: SnapshotDriver, system: System): ArrivalRecord | undefined {
  const arrival = readArrival(system);
  if (!arrival || driver.current(system) === arrival.to) return undefined;
  return driver.next(system, arrival.way) === arrival.to ? arrival : undefined;
}
