/** All names of a file that has more than one. ZFS keeps no account of them: the tree is walked, once, when the first is asked for. */
import { lstatSync } from 'node:fs';
import { entriesIn } from '../../files/entries.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import type { FileNumbers } from '../snapshots/snapshot-driver.js';

export function namesByFile(tree: RawPath): (file: FileNumbers) => readonly RawPath[] {
  let index: ReadonlyMap<string, readonly RawPath[]> | undefined;
  return (file) => (index ??= indexOf(tree)).get(keyOf(file)) ?? [];
}

function indexOf(tree: RawPath): Map<string, RawPath[]> {
  const index = new Map<string, RawPath[]>();
  const walk = (folder: RawPath): void => {
    for (const { name, isFolder } of entriesIn(folder === '' ? tree : join(tree, folder))) {
      const path = folder === '' ? (name as RawPath) : join(folder, name);
      if (isFolder) {
        walk(path);
        continue;
      }
      const status = lstatSync(bytes(join(tree, path)), { bigint: true });
      if (!status.isFile() || status.nlink < 2n) continue;
      const names = index.get(keyOf(status)) ?? [];
      index.set(keyOf(status), names);
      names.push(path);
    }
  };
  walk('' as RawPath);
  return index;
}

function keyOf({ dev, ino }: FileNumbers): string {
  return `${dev}:${ino}`;
}
