/** The folders of restore points: one in the store with the records, and one for data on each volume that needs it. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { removeTree } from '../../files/remove-tree.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { syncDirectory } from '../../posix/sync.js';
import type { System } from '../../system.js';
import { placeOn, volumesOf, type Volume } from './places.js';

const restorePointsFolder = 'restore-points';

export function switchFolder(system: System, restorePoint: string): RawPath {
  return join(join(system.store, restorePointsFolder), restorePoint);
}

/** The restore point's own folder on a volume, made when missing. */
export function restoreFolderOn(system: System, volume: Volume, restorePoint: string): RawPath {
  const folder = join(placeOn(system, volume, restorePointsFolder), restorePoint);
  mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
  return folder;
}

export function hasSwitch(system: System, restorePoint: string): boolean {
  return existsSync(bytes(join(switchFolder(system, restorePoint), 'switch.json')));
}

/**
 * Removes a restore point from every volume; repeatable. The record of how to return goes first: as long as it is there,
 * everything that it names is there.
 */
export function destroyRestorePoint(
  system: System,
  restorePoint: string,
  volumes: readonly Volume[] = volumesOf(system),
): void {
  const folder = switchFolder(system, restorePoint);
  if (existsSync(bytes(folder))) {
    for (const name of ['point.json', 'switch.json']) removeTree(join(folder, name));
    syncDirectory(folder);
  }
  for (const volume of [...volumes].reverse()) {
    const folder = join(placeOn(system, volume, restorePointsFolder), restorePoint);
    if (!existsSync(bytes(folder))) continue;
    for (const name of ['units', 'saved']) removeTree(join(folder, name));
    if (folder !== switchFolder(system, restorePoint)) removeTree(folder);
  }
  removeTree(switchFolder(system, restorePoint));
}

/** Restore points that exist in the store, whatever their state. */
export function restorePointNames(system: System): string[] {
  try {
    return readdirSync(bytes(join(system.store, restorePointsFolder)), { encoding: 'latin1' }).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

export function relativeToRoot(system: System, path: RawPath): string {
  return system.root === '/' ? path.slice(1) : path.slice(system.root.length + 1);
}
