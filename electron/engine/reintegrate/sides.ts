/** The three trees of a merge, read entry by entry. */
import type { TreeView } from '../environments/environment.js';
import { join, parentOf, type RawPath } from '../posix/raw-path.js';
import { entryAt, sameEntry, type Entry } from './entry.js';
import { unrecorded } from './merge-value.js';
import type { Base } from './merge-entry.js';

export type Side = Pick<TreeView, 'locate' | 'list'>;

export interface Sides {
  /** `undefined` where it was not recorded. */
  readonly base: Side | undefined;
  readonly mine: Side;
  readonly theirs: Side;
}

/**
 * The same side, where nothing lies below what is no folder. Paths of the host lead through links, and a link of one side is where
 * another one has a folder: what it leads to is no part of the tree.
 */
export function withoutLinks(side: Side): Side {
  const folders = new Map<string, boolean>([['', true]]);
  const isFolder = (path: RawPath): boolean => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const found = isFolder(parentOf(path)) && entryAt(side.locate(path))?.type === 'dir';
    folders.set(path, found);
    return found;
  };
  return {
    locate: (path) => (isFolder(parentOf(path)) ? side.locate(path) : undefined),
    list: (path) => (isFolder(path) ? side.list(path) : undefined),
  };
}

export interface EntrySides {
  readonly base: Base;
  readonly mine: Entry | undefined;
  readonly theirs: Entry | undefined;
}

export function entriesAt({ base, mine, theirs }: Sides, path: RawPath): EntrySides {
  return {
    base: base ? entryAt(base.locate(path)) : unrecorded,
    mine: entryAt(mine.locate(path)),
    theirs: entryAt(theirs.locate(path)),
  };
}

/** True when two sides have the same at a path and everywhere below it. */
export function sameTree(a: Side, b: Side, path: RawPath): boolean {
  const [one, other] = [entryAt(a.locate(path)), entryAt(b.locate(path))];
  if (!one || !other) return one === other;
  if (!sameEntry(one, other)) return false;
  if (one.type !== 'dir') return true;
  const [names, others] = [a.list(path) ?? [], b.list(path) ?? []];
  if (names.length !== others.length) return false;
  return names.every((name, at) => name === others[at] && sameTree(a, b, join(path, name)));
}
