/**
 * What differs between two trees, one of which was once a snapshot of the other. With the paths that the file system says were
 * touched, the work is in proportion to them; without them the trees are walked side by side.
 */
import { lstatSync, readlinkSync, type BigIntStats } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { getXattr, listXattrs } from '../../posix/xattr.js';
import type { TreeChange } from '../../review/tree-change.js';
import { namesIn } from '../plain-view.js';
import { sameContent } from '../tree/overlay-changes.js';
import type { FileNumbers } from './snapshot-driver.js';
import type { TouchedNode, TouchedPaths } from './touched-paths.js';

export interface Told {
  readonly touched: TouchedPaths;
  /** All names of a file in the tree after. */
  readonly otherNames: (file: FileNumbers) => readonly RawPath[];
}

export interface Comparison {
  readonly before: RawPath;
  readonly after: RawPath;
  /** What the file system told; without it everything is compared. */
  readonly told?: Told | undefined;
  /** True for what is not looked at, with all below it. */
  readonly skip: (path: RawPath) => boolean;
  /** See `SnapshotDriver`. */
  readonly timesAttributes: boolean;
}

/** Sorted by path; what lies below a folder that came or went is listed one by one. */
export function compareTrees(comparison: Comparison): TreeChange[] {
  const comparer = new Comparer(comparison);
  comparer.compareFolders('' as RawPath, comparison.told?.touched.top);
  comparer.addOtherNames();
  return comparer.changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

class Comparer {
  readonly changes: TreeChange[] = [];
  /** Where everything is looked at: the names of files in the tree after that have more than one. */
  readonly #names = new Map<string, RawPath[]>();

  constructor(readonly input: Comparison) {}

  /** `known`: what was touched below; without it every name is looked at. */
  compareFolders(path: RawPath, known: TouchedNode | undefined): void {
    const names = known
      ? known.children.keys()
      : new Set([
          ...(namesIn(join(this.input.before, path)) ?? []),
          ...(namesIn(join(this.input.after, path)) ?? []),
        ]);
    for (const name of names) this.#compare(join(path, name), known?.children.get(name));
  }

  #compare(path: RawPath, known: TouchedNode | undefined): void {
    if (this.input.skip(path)) return;
    const { before, after } = this.#statuses(path);
    if (!before && !after) return; // a name on the way
    if (before && after) this.#meet(path, after);
    if (!before) this.#all(path, 'added', this.input.after);
    else if (!after) this.#all(path, 'removed', this.input.before);
    else if (before.isDirectory() && after.isDirectory()) {
      if (!this.#sameAttributes(path, before, after)) this.#note('changed', path, after);
      // Another folder of the same name: what moved there from elsewhere is not told name by name.
      this.compareFolders(path, before.ino === after.ino ? known : undefined);
    } else if (before.isDirectory() || after.isDirectory()) {
      if (before.isDirectory()) this.#below(path, 'removed', this.input.before);
      this.#note('changed', path, after);
      if (after.isDirectory()) this.#below(path, 'added', this.input.after);
    } else if (!this.#same(path, before, after)) this.#note('changed', path, after);
  }

  /** Names of changed files that the file system does not tell: they share the inode, so they changed as well. */
  addOtherNames(): void {
    const listed = new Set<string>(this.changes.map(({ path }) => path));
    const seen = new Set<string>();
    for (const { path, kind, type } of [...this.changes]) {
      if (kind === 'removed' || type !== 'file') continue;
      const status = statusOf(join(this.input.after, path));
      if (!status || status.nlink < 2n || seen.has(inodeOf(status))) continue;
      seen.add(inodeOf(status));
      for (const other of this.#otherNames(status)) {
        if (listed.has(other) || this.input.skip(other)) continue;
        const before = statusOf(join(this.input.before, other));
        this.#note(before ? 'changed' : 'added', other, status);
      }
    }
  }

  #otherNames(status: BigIntStats): readonly RawPath[] {
    return this.input.told?.otherNames(status) ?? this.#names.get(inodeOf(status)) ?? [];
  }

  #meet(path: RawPath, after: BigIntStats): void {
    if (this.input.told || !after.isFile() || after.nlink < 2n) return;
    const names = this.#names.get(inodeOf(after)) ?? [];
    this.#names.set(inodeOf(after), names);
    names.push(path);
  }

  #statuses(path: RawPath) {
    return {
      before: statusOf(join(this.input.before, path)),
      after: statusOf(join(this.input.after, path)),
    };
  }

  #all(path: RawPath, kind: 'added' | 'removed', tree: RawPath): void {
    const status = statusOf(join(tree, path));
    if (!status) return;
    this.#note(kind, path, status);
    if (kind === 'added') this.#meet(path, status);
    if (status.isDirectory()) this.#below(path, kind, tree);
  }

  #below(path: RawPath, kind: 'added' | 'removed', tree: RawPath): void {
    for (const name of namesIn(join(tree, path)) ?? []) {
      const inner = join(path, name);
      if (!this.input.skip(inner)) this.#all(inner, kind, tree);
    }
  }

  #note(kind: TreeChange['kind'], path: RawPath, status: BigIntStats): void {
    this.changes.push({
      path,
      kind,
      type: typeOf(status),
      bytes: status.isFile() ? Number(status.size) : 0,
    });
  }

  /** Everything but the time of a folder, which a temporary file in it changes as well. */
  #sameAttributes(path: RawPath, before: BigIntStats, after: BigIntStats): boolean {
    if (this.input.timesAttributes && isUntouched(before, after)) return true;
    if (before.mode !== after.mode || before.uid !== after.uid || before.gid !== after.gid) return false;
    return attributesText(join(this.input.before, path)) === attributesText(join(this.input.after, path));
  }

  #same(path: RawPath, before: BigIntStats, after: BigIntStats): boolean {
    if (isUntouched(before, after)) return this.#sameAttributes(path, before, after);
    if (before.mtimeNs !== after.mtimeNs || before.size !== after.size || before.rdev !== after.rdev)
      return false;
    if (!this.#sameAttributes(path, before, after)) return false;
    const [old, now] = [join(this.input.before, path), join(this.input.after, path)];
    if (after.isSymbolicLink())
      return readlinkSync(bytes(old), 'latin1') === readlinkSync(bytes(now), 'latin1');
    return !after.isFile() || sameContent(old, now);
  }
}

/** Also where a tree consists of several file systems. */
function inodeOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** A snapshot keeps inodes and their ctime, which nothing but the kernel sets. */
function isUntouched(before: BigIntStats, after: BigIntStats): boolean {
  return before.ino === after.ino && before.ctimeNs === after.ctimeNs && before.nlink === after.nlink;
}

function attributesText(path: RawPath): string {
  return listXattrs(path)
    .map((name) => `${name}=${getXattr(path, name)?.toString('hex')}`)
    .join('\n');
}

function statusOf(path: RawPath): BigIntStats | undefined {
  try {
    return lstatSync(bytes(path), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (['ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

function typeOf(status: BigIntStats): TreeChange['type'] {
  if (status.isFile()) return 'file';
  if (status.isDirectory()) return 'dir';
  if (status.isSymbolicLink()) return 'link';
  if (status.isFIFO()) return 'fifo';
  if (status.isSocket()) return 'socket';
  return status.isCharacterDevice() ? 'char' : 'block';
}
