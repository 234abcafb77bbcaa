/**
 * What the files of `/etc` held at one moment: when a clone was made, and as an update left them. A manifest tells that a file was
 * changed since; only its content tells what was changed in it. Copies, for a hard link would change with the file.
 */
import { lstatSync, mkdirSync, renameSync } from 'node:fs';
import { classify } from '../environments/areas.js';
import type { TreeView } from '../environments/environment.js';
import { exists, plainView } from '../environments/plain-view.js';
import { copyEntry } from '../files/copy-tree.js';
import { removeTree } from '../files/remove-tree.js';
import { besideName, bytes, isWithin, join, nameOf, parentOf, type RawPath } from '../posix/raw-path.js';
import { syncDirectory, syncFileSystem } from '../posix/sync.js';
import type { Side } from '../reintegrate/sides.js';

/** What is larger is never merged. */
const largestFile = 4 * 1024 * 1024;
/** The history that etckeeper(8) keeps of `/etc` is none of it. */
const histories = ['etc/.git', 'etc/.hg', 'etc/.bzr', 'etc/_darcs'];

export function isEtc(path: RawPath): boolean {
  return path !== 'etc' && isWithin(path, 'etc') && !histories.some((history) => isWithin(path, history));
}

/** Regular files of `/etc` in a tree, without links on the way. */
export function etcFiles(view: TreeView): RawPath[] {
  const files: RawPath[] = [];
  const walk = (folder: RawPath): void => {
    for (const name of view.list(folder) ?? []) {
      const path = join(folder, name);
      const place = view.locate(path);
      const status = place === undefined ? undefined : lstatSync(bytes(place), { throwIfNoEntry: false });
      if (!status || !isEtc(path) || classify(path) === 'foreign') continue;
      if (status.isDirectory()) walk(path);
      else if (status.isFile() && status.size <= largestFile) files.push(path);
    }
  };
  walk('etc' as RawPath);
  return files;
}

/** Copies files of a tree into a new folder, which is there as a whole or not at all. Repeatable. */
export function keepContent(view: TreeView, paths: readonly RawPath[], folder: RawPath): void {
  const unfinished = `${folder}.new` as RawPath;
  removeTree(unfinished);
  removeTree(folder);
  mkdirSync(bytes(unfinished), { recursive: true, mode: 0o700 });
  for (const path of paths) {
    const place = view.locate(path);
    if (place === undefined) continue;
    mkdirSync(bytes(join(unfinished, parentOf(path))), { recursive: true, mode: 0o700 });
    copyEntry(place, join(unfinished, path));
  }
  syncFileSystem(unfinished);
  renameSync(bytes(unfinished), bytes(folder));
  syncDirectory(parentOf(folder));
}

/** From now on the content counts as what was there before. Repeatable; durable once its file system is synced. */
export function replaceContent(folder: RawPath, path: RawPath, from: RawPath): void {
  const place = join(folder, path);
  const beside = join(parentOf(place), besideName(nameOf(path)));
  mkdirSync(bytes(parentOf(place)), { recursive: true, mode: 0o700 });
  removeTree(beside);
  copyEntry(from, beside);
  renameSync(bytes(beside), bytes(place));
}

/** `undefined` where nothing was kept. */
export function contentIn(folder: RawPath): Side | undefined {
  return exists(folder) ? plainView(folder) : undefined;
}
