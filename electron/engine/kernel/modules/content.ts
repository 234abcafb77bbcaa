/** What a folder of modules holds: how many there are, and whether every one is there that its index names. */
import { readFileSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { bigStatusOf } from '../../files/attributes.js';
import { entriesIn } from '../../files/entries.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';

/** As depmod(8) takes them: modules, packed or not. */
const isModule = (name: string): boolean => /\.ko(\.(gz|xz|zst))?$/.test(name);

export function countModules(folder: RawPath): number {
  return entriesIn(folder).reduce(
    (total, { name, isFolder }) =>
      total + (isFolder ? countModules(join(folder, name)) : isModule(name) ? 1 : 0),
    0,
  );
}

/** By `modules.dep`, where each module stands before the colon of a line, relative to the folder: modules.dep(5). */
export function isComplete(folder: RawPath): boolean {
  const index = textOf(join(folder, 'modules.dep'));
  if (index === undefined) return false;
  return index
    .split('\n')
    .map((line) => line.slice(0, Math.max(0, line.indexOf(':'))))
    .every((name) => name === '' || bigStatusOf(join(folder, name)) !== undefined);
}

function textOf(path: RawPath): string | undefined {
  try {
    return readFileSync(bytes(path), 'latin1');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
