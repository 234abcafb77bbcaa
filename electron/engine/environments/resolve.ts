/** Follows symbolic links inside a tree: absolute links start at the tree's own root, never at the host's. */
import { lstatSync, readlinkSync } from 'node:fs';
import { bytes, join, parentOf, type RawPath } from '../posix/raw-path.js';

const mostLinks = 40; // as path_resolution(7)

/**
 * The host path of what `path` names once every link on the way was followed inside the tree, or `undefined` when it does
 * not exist or the links go round in a circle.
 */
export function resolveInTree(
  path: RawPath,
  locate: (path: RawPath) => RawPath | undefined,
): { readonly inTree: RawPath; readonly onHost: RawPath } | undefined {
  let followed = 0;
  let rest = components(path);
  let current = '' as RawPath;
  while (rest.length > 0) {
    const [name, ...after] = rest as [string, ...string[]];
    rest = after;
    if (name === '..') {
      current = parentOf(current);
      continue;
    }
    const next = join(current, name);
    const onHost = locate(next);
    if (onHost === undefined) return undefined;
    if (!lstatSync(bytes(onHost)).isSymbolicLink()) {
      current = next;
      continue;
    }
    followed += 1;
    if (followed > mostLinks) return undefined;
    const target = readlinkSync(bytes(onHost), { encoding: 'latin1' });
    if (target.startsWith('/')) current = '' as RawPath;
    rest = [...components(target as RawPath), ...rest];
  }
  const onHost = locate(current);
  return onHost === undefined ? undefined : { inTree: current, onHost };
}

function components(path: RawPath): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
