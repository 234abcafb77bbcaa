/**
 * A subvolume that lies in the tree that is left goes over to the one that runs, so that whoever keeps something in it finds the same one. Where
 * it is a part of the system, a copy stays behind: the tree that is left stays whole. Every step can be run again.
 */
import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { bigStatus } from '../../files/attributes.js';
import { openDirectory, type DirectoryHandle } from '../../files/directory-handle.js';
import { besideName, bytes, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import { exchange } from '../../posix/rename.js';
import { syncDirectory } from '../../posix/sync.js';
import { setModificationTime } from '../../posix/times.js';
import { classify } from '../areas.js';
import { deleteSubvolume, snapshot, subvolumeAt } from './subvolumes.js';

export interface HandOver {
  /** The tops of both trees, below one mount. */
  readonly from: RawPath;
  readonly to: RawPath;
  readonly onStep: () => void;
}

/** Folders on the way may be a user's: none is reached through a link. What has no place in the new tree stays where it is. */
export function handOverSubvolume({ from, to, onStep }: HandOver, path: RawPath): void {
  const handles: DirectoryHandle[] = [];
  try {
    for (const tree of [from, to]) handles.push(openDirectory(tree, parentOf(path)));
    const [source, target] = handles;
    if (source && target) move(source, target, path, onStep);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '')) throw error;
  } finally {
    for (const handle of handles) handle.close();
  }
}

function move(from: DirectoryHandle, to: DirectoryHandle, path: RawPath, onStep: () => void): void {
  const name = nameOf(path);
  const [source, target, beside] = [from.entry(name), to.entry(name), to.entry(besideName(name))];
  const [there, waiting] = [subvolumeAt(source), subvolumeAt(beside)];
  // A copy is younger than what it is of: what a cut left beside is the subvolume itself, or a copy that nobody needs.
  const isExchanged = there !== undefined && waiting !== undefined && waiting.id < there.id;
  if (waiting !== undefined && !isExchanged) deleteSubvolume(beside);
  if (there === undefined || subvolumeAt(target) !== undefined) return;
  // Nothing but the subvolume itself is another one: the folders around it keep their times.
  const times = [from, to].map(({ self }) => [self, bigStatus(self).mtimeNs] as const);
  if (!removeEmpty(target)) return; // what a snapshot shows in its place
  onStep();
  if (['system', 'derived'].includes(classify(path))) {
    if (!isExchanged) {
      snapshot(source, beside, { readOnly: false });
      onStep();
      exchange(source, beside);
    }
    onStep();
    renameSync(bytes(beside), bytes(target));
  } else {
    renameSync(bytes(source), bytes(target));
    mkdirSync(bytes(source));
  }
  for (const [folder, time] of times) {
    setModificationTime(folder, time);
    syncDirectory(folder);
  }
}

/** False where something of someone's is in it. */
function removeEmpty(folder: RawPath): boolean {
  try {
    rmdirSync(bytes(folder));
    return true;
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    if (['ENOTEMPTY', 'ENOTDIR'].includes(code)) return false;
    if (code === 'ENOENT') return true;
    throw error;
  }
}
