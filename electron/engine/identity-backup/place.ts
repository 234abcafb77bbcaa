/**
 * The recovery place: a folder of root's where backups lie, on a recovery partition or wherever the administrator says in
 * `/etc/understudy/recovery-place`, one absolute path on a line; else in the store. It is reached without following a link, and nobody but root
 * may be able to write to it.
 */
import { mkdirSync, statSync, type Stats } from 'node:fs';
import { Fault, systemErrorCode } from '../fault.js';
import { openDirectory, type DirectoryHandle } from '../files/directory-handle.js';
import { readRegularFile, UnusableFile } from '../files/regular-file.js';
import { isRootAlone, notRootAlone } from '../files/root-alone.js';
import { bytes, display, nameOf, parentOf, raw, type RawPath } from '../posix/raw-path.js';
import { storeFolder, type System } from '../system.js';

/** Relative to the root. */
const placeFile = 'etc/understudy/recovery-place';
const inStore = 'identity-backups';
/** In a place that is not ours alone. */
const ownFolder = 'understudy-identity';
const largestFile = 4096;

export interface Place extends DirectoryHandle {
  /** As people know it, from the root of the system. */
  readonly shown: string;
}

/** Makes the folder for backups where it is not there yet. Throws `RECOVERY_PLACE_UNFIT` with the reason. */
export function openPlace(system: System): Place {
  const named = namedPlace(system);
  if (named !== undefined) return openNamed(system, named);
  const folder = storeFolder(system, inStore);
  const fromRoot = system.root === '/' ? folder : folder.slice(system.root.length);
  return { ...openDirectory(folder, '' as RawPath), shown: display(fromRoot as RawPath) };
}

/** Undefined where none is named. */
function namedPlace({ root }: System): string | undefined {
  const unusable = (reason: string): never => {
    throw new Fault('RECOVERY_PLACE_UNFIT', `/${placeFile}: ${reason}`);
  };
  let text: string;
  try {
    const folder = openDirectory(root, parentOf(raw(placeFile)));
    try {
      const look = (status: Stats): void => {
        if (!isRootAlone(status)) throw new UnusableFile(notRootAlone);
      };
      text = readRegularFile(folder.entry(nameOf(raw(placeFile))), largestFile, look).toString('utf8');
    } finally {
      folder.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return undefined;
    if (error instanceof UnusableFile) return unusable(error.message);
    if (code === 'ELOOP' || code === 'ENOTDIR') return unusable('a link leads to it');
    throw error;
  }
  const named = text.replace(/\n$/, '').replace(/(?<=.)\/+$/, '');
  const isPath = /^\/[^\n\0]*$/.test(named) && !named.split('/').includes('..');
  return isPath ? named : unusable('it holds no absolute path on a line of its own');
}

function openNamed({ root }: System, named: string): Place {
  const unfit = (reason: string): never => {
    throw new Fault('RECOVERY_PLACE_UNFIT', `${display(raw(named))}: ${reason}`);
  };
  let outer: DirectoryHandle;
  try {
    outer = openDirectory(root, raw(named.slice(1)));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return unfit('it is not there; is it mounted?');
    if (code === 'ELOOP' || code === 'ENOTDIR') return unfit('it is no folder, or a link leads to it');
    throw error;
  }
  try {
    if (!isRootAlone(statSync(bytes(outer.self)))) unfit(notRootAlone);
    try {
      mkdirSync(bytes(outer.entry(ownFolder)), { mode: 0o700 });
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EROFS') unfit('it cannot be written to');
      if (code !== 'EEXIST') throw error;
    }
    const handle = openDirectory(root, raw(`${named.slice(1)}/${ownFolder}`));
    if (!isRootAlone(statSync(bytes(handle.self)))) {
      handle.close();
      unfit(`others than root can write to ${ownFolder} in it`);
    }
    return { ...handle, shown: `${named === '/' ? '' : named}/${ownFolder}` };
  } finally {
    outer.close();
  }
}
