/**
 * What an overlay's upper folder says was changed. An entry that was only copied up, or changed back, is no change.
 * Changes come sorted by path; all descendants of a removed or replaced directory are listed one by one.
 */
import { closeSync, constants, openSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { bigStatus } from '../../files/attributes.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { getXattr, isOverlayXattr, listXattrs } from '../../posix/xattr.js';
import { namesIn } from '../plain-view.js';
import type { TreeChange } from '../../review/tree-change.js';
import { isOpaque, isWhiteout, layerOf, statusOf, type Layer } from './overlay-view.js';

export type EntryType = TreeChange['type'];

export function changesOf(layers: readonly Layer[], skip: (path: RawPath) => boolean): TreeChange[] {
  const changes: TreeChange[] = [];
  const mountPoints = new Set<string>(layers.map((layer) => layer.mount));
  for (const layer of layers) {
    const walk = layer.kind === 'overlay' ? walkOverlay : walkCopy;
    walk(
      layer,
      '' as RawPath,
      changes,
      (path) => skip(path) || (path !== layer.mount && mountPoints.has(path)),
    );
  }
  changes.push(...otherNames(layers, changes, skip));
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

type Skip = (path: RawPath) => boolean;

/**
 * Further names of changed files that are as they were in all else: `ln old new` in the rehearsal makes one inode of both, and
 * so it must stay.
 */
function otherNames(layers: readonly Layer[], changes: readonly TreeChange[], skip: Skip): TreeChange[] {
  const listed = new Set<string>(changes.map(({ path }) => path));
  /** Inode to the number of its names that are not listed. */
  const missing = new Map<string, number>();
  const keyOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`;
  for (const { path, kind, type } of changes) {
    const status = type === 'file' && kind !== 'removed' ? statusOf(stagedPlace(path, layers)) : undefined;
    if (!status || status.nlink < 2) continue;
    missing.set(keyOf(status), (missing.get(keyOf(status)) ?? status.nlink) - 1);
  }
  if (![...missing.values()].some((count) => count > 0)) return [];
  const found: TreeChange[] = [];
  const walk = (layer: Layer, inner: RawPath): void => {
    for (const name of namesIn(join(layer.upper, inner)) ?? []) {
      const path = join(layer.mount, join(inner, name));
      const status = statusOf(join(layer.upper, join(inner, name)));
      if (!status || skip(path)) continue;
      if (status.isDirectory()) walk(layer, join(inner, name));
      else if (status.isFile() && missing.has(keyOf(status)) && !listed.has(path))
        found.push(change('changed', path, status));
    }
  };
  for (const layer of layers) if (layer.kind === 'overlay') walk(layer, '' as RawPath);
  return found;
}

function walkOverlay(layer: Layer, inner: RawPath, changes: TreeChange[], skip: Skip, hidden = false): void {
  const upperFolder = join(layer.upper, inner);
  const lowerFolder = join(layer.lower, inner);
  const opaque = hidden || isOpaque(upperFolder);
  const names = namesIn(upperFolder) ?? [];
  for (const name of names) {
    const path = join(layer.mount, join(inner, name));
    if (skip(path)) continue;
    const upper = join(upperFolder, name);
    const after = statusOf(upper);
    if (!after) continue;
    const lower = join(lowerFolder, name);
    const before = statusOf(lower);
    if (isWhiteout(after)) {
      if (before) removed(path, lower, before, changes, skip);
      continue;
    }
    if (!before) added(path, upper, after, changes, skip);
    else if (after.isDirectory() && before.isDirectory()) {
      if (!sameAttributes(upper, after, lower, before)) changes.push(change('changed', path, after));
      walkOverlay(layer, join(inner, name), changes, skip, opaque);
    } else if (after.isDirectory() || before.isDirectory()) {
      removedBelow(path, lower, before, changes, skip);
      changes.push(change('changed', path, after));
      addedBelow(path, upper, after, changes, skip);
    } else if (!sameEntry(upper, after, lower, before)) changes.push(change('changed', path, after));
  }
  if (!opaque) return;
  const kept = new Set(names);
  for (const name of namesIn(lowerFolder) ?? []) {
    if (kept.has(name)) continue;
    const path = join(layer.mount, join(inner, name));
    const lower = join(lowerFolder, name);
    const before = statusOf(lower);
    if (before && !skip(path)) removed(path, lower, before, changes, skip);
  }
}

function walkCopy(layer: Layer, inner: RawPath, changes: TreeChange[], skip: Skip): void {
  const names = new Set([
    ...(namesIn(join(layer.upper, inner)) ?? []),
    ...(namesIn(join(layer.lower, inner)) ?? []),
  ]);
  for (const name of [...names].sort()) {
    const path = join(layer.mount, join(inner, name));
    if (skip(path)) continue;
    const [upper, lower] = [join(layer.upper, join(inner, name)), join(layer.lower, join(inner, name))];
    const [after, before] = [statusOf(upper), statusOf(lower)];
    if (!after && before) removed(path, lower, before, changes, skip);
    else if (after && !before) added(path, upper, after, changes, skip);
    else if (after?.isDirectory() && before?.isDirectory()) walkCopy(layer, join(inner, name), changes, skip);
    else if (after && before && !sameEntry(upper, after, lower, before))
      changes.push(change('changed', path, after));
  }
}

function added(path: RawPath, place: RawPath, status: Stats, changes: TreeChange[], skip: Skip): void {
  changes.push(change('added', path, status));
  addedBelow(path, place, status, changes, skip);
}

function addedBelow(path: RawPath, place: RawPath, status: Stats, changes: TreeChange[], skip: Skip): void {
  if (!status.isDirectory()) return;
  for (const name of namesIn(place) ?? []) {
    const inner = join(place, name);
    const entry = statusOf(inner);
    if (entry && !isWhiteout(entry) && !skip(join(path, name)))
      added(join(path, name), inner, entry, changes, skip);
  }
}

function removed(path: RawPath, place: RawPath, status: Stats, changes: TreeChange[], skip: Skip): void {
  changes.push(change('removed', path, status));
  removedBelow(path, place, status, changes, skip);
}

function removedBelow(path: RawPath, place: RawPath, status: Stats, changes: TreeChange[], skip: Skip): void {
  if (!status.isDirectory()) return;
  for (const name of namesIn(place) ?? []) {
    const inner = join(place, name);
    const entry = statusOf(inner);
    if (entry && !skip(join(path, name))) removed(join(path, name), inner, entry, changes, skip);
  }
}

function change(kind: TreeChange['kind'], path: RawPath, status: Stats): TreeChange {
  return { path, kind, type: typeOf(status), bytes: status.isFile() ? status.size : 0 };
}

export function typeOf(status: Stats): EntryType {
  if (status.isFile()) return 'file';
  if (status.isDirectory()) return 'dir';
  if (status.isSymbolicLink()) return 'link';
  if (status.isFIFO()) return 'fifo';
  if (status.isSocket()) return 'socket';
  return status.isCharacterDevice() ? 'char' : 'block';
}

/** Everything but the time of a directory, which a copy-up and a temporary file in it change as well. */
function sameAttributes(a: RawPath, aStatus: Stats, b: RawPath, bStatus: Stats): boolean {
  if (aStatus.mode !== bStatus.mode || aStatus.uid !== bStatus.uid || aStatus.gid !== bStatus.gid)
    return false;
  return attributesText(a) === attributesText(b);
}

function attributesText(path: RawPath): string {
  return listXattrs(path)
    .filter((name) => !isOverlayXattr(name))
    .map((name) => `${name}=${getXattr(path, name)?.toString('hex')}`)
    .join('\n');
}

function sameEntry(a: RawPath, aStatus: Stats, b: RawPath, bStatus: Stats): boolean {
  if (!sameAttributes(a, aStatus, b, bStatus)) return false;
  if (aStatus.isSymbolicLink()) {
    return (
      readlinkSync(bytes(a), 'latin1') === readlinkSync(bytes(b), 'latin1') &&
      sameTime(a, aStatus, b, bStatus)
    );
  }
  if (aStatus.rdev !== bStatus.rdev || aStatus.size !== bStatus.size || !sameTime(a, aStatus, b, bStatus))
    return false;
  return !aStatus.isFile() || sameContent(a, b);
}

/** To the nanosecond, which a number of milliseconds cannot hold. */
function sameTime(a: RawPath, aStatus: Stats, b: RawPath, bStatus: Stats): boolean {
  return aStatus.mtimeMs === bStatus.mtimeMs && bigStatus(a).mtimeNs === bigStatus(b).mtimeNs;
}

/** Builds with a fixed date give different files of one size and time, so the content has the last word. */
export function sameContent(a: RawPath, b: RawPath): boolean {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  const first = openSync(bytes(a), flags);
  try {
    const second = openSync(bytes(b), flags);
    try {
      const [left, right] = [Buffer.alloc(131_072), Buffer.alloc(131_072)];
      for (;;) {
        const read = readSync(first, left);
        const other = readSync(second, right);
        if (read !== other || left.compare(right, 0, other, 0, read) !== 0) return false;
        if (read === 0) return true;
      }
    } finally {
      closeSync(second);
    }
  } finally {
    closeSync(first);
  }
}

/** Where the staged entry of a path lies on the host. */
export function stagedPlace(path: RawPath, layers: readonly Layer[]): RawPath {
  const { layer, inner } = layerOf(path, layers);
  return join(layer.upper, inner);
}
