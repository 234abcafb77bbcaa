/**
 * Builds the new tree of an exchange unit (such as `/usr`) beside the old one: hard links to the current files for what
 * the update leaves alone, hard links to the staged files for what it changed. Built from the *current* tree, so that
 * everything the user added since the clone was made is in it. Only directories cost room.
 */
import { chmodSync, lchownSync, linkSync, lstatSync, mkdirSync, type BigIntStats } from 'node:fs';
import { bigStatus } from '../../files/attributes.js';
import { entriesIn } from '../../files/entries.js';
import { bytes, isWithin, join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import { setModificationTime } from '../../posix/times.js';
import { copyXattrs } from '../../posix/xattr.js';
import type { TreeChange } from '../../review/tree-change.js';

export interface BuildInput {
  /** The system's root on the host. */
  readonly root: RawPath;
  /** The unit, relative to the root. */
  readonly unit: RawPath;
  /** Where the new tree is made; must not exist. */
  readonly target: RawPath;
  /** Changes of the whole clone; those outside the unit are ignored. */
  readonly changes: readonly TreeChange[];
  /** Host path of a staged entry. */
  readonly staged: (path: RawPath) => RawPath;
  /** Entries that stay the current ones whatever was staged: lock files that we hold. */
  readonly keep: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

export interface BuiltUnit {
  readonly directories: number;
  readonly files: number;
  /** Blocks of the new directories, in bytes: what the hard-link tree costs by itself. */
  readonly ownBytes: number;
  /** Directories of the current tree with the time of their last change, to see later whether someone altered them. */
  readonly seen: ReadonlyMap<RawPath, bigint>;
}

export function buildUnit(input: BuildInput): BuiltUnit {
  const builder = new UnitBuilder(input);
  builder.build(input.unit, join(input.root, input.unit), input.target);
  return { ...builder.totals, seen: builder.seen };
}

/** Current directories that changed since the unit was built: someone wrote to them meanwhile. */
export function changedSince(root: RawPath, seen: ReadonlyMap<RawPath, bigint>): RawPath[] {
  const changed: RawPath[] = [];
  for (const [path, time] of seen) {
    const now = lstatSync(bytes(join(root, path)), { bigint: true, throwIfNoEntry: false });
    if (now?.mtimeNs !== time) changed.push(path);
  }
  return changed;
}

class UnitBuilder {
  readonly seen = new Map<RawPath, bigint>();
  readonly totals = { directories: 0, files: 0, ownBytes: 0 };
  readonly #changes = new Map<string, TreeChange>();
  /** Directories with a change somewhere below. */
  readonly #touched = new Set<string>();
  /** Directories in which an entry was added, removed or replaced, with the names that were added. */
  readonly #children = new Map<string, string[]>();

  constructor(readonly input: BuildInput) {
    for (const change of input.changes) {
      if (!isWithin(change.path, input.unit) || input.keep.has(change.path)) continue;
      this.#changes.set(change.path, change);
      const parent = parentOf(change.path);
      const names = this.#children.get(parent) ?? [];
      this.#children.set(parent, names);
      if (change.kind === 'added') names.push(nameOf(change.path));
      for (let path = parent; !this.#touched.has(path); path = parentOf(path)) {
        this.#touched.add(path);
        if (path === '') break;
      }
    }
  }

  /** `current` is undefined for a directory that is new, or replaces something that was none. */
  build(path: RawPath, current: RawPath | undefined, target: RawPath): void {
    this.input.signal?.throwIfAborted();
    const change = this.#changes.get(path);
    const staged = change && change.kind !== 'removed' ? this.input.staged(path) : undefined;
    const model = staged ?? current;
    if (model === undefined) throw new Error(`no model for the directory ${path}`);
    const currentStatus = current === undefined ? undefined : bigStatus(current);
    if (currentStatus) this.seen.set(path, currentStatus.mtimeNs);
    mkdirSync(bytes(target), { mode: 0o700 });
    if (current !== undefined) this.#takeCurrent(path, current, target);
    for (const name of this.#children.get(path) ?? [])
      this.#takeStaged(join(path, name), join(target, name), undefined);
    const status = staged === undefined && currentStatus ? currentStatus : bigStatus(model);
    const time = this.#children.has(path)
      ? (this.#stagedTime(path) ?? status.mtimeNs)
      : (currentStatus ?? status).mtimeNs;
    this.#finish(model, status, target, time);
  }

  #takeCurrent(path: RawPath, current: RawPath, target: RawPath): void {
    const touched = this.#touched.has(path);
    for (const entry of entriesIn(current)) {
      const inner = join(path, entry.name);
      const change = touched ? this.#changes.get(inner) : undefined;
      if (change?.kind === 'removed') continue;
      // Added by the stage and by the user alike: the collision was settled before, the staged one is taken.
      if (change?.kind === 'added') continue;
      const [from, to] = [join(current, entry.name), join(target, entry.name)];
      if (change) this.#takeStaged(inner, to, entry.isFolder ? from : undefined);
      else if (entry.isFolder) this.build(inner, from, to);
      else this.#link(from, to);
    }
  }

  #takeStaged(path: RawPath, target: RawPath, current: RawPath | undefined): void {
    if (this.#changes.get(path)?.type === 'dir') this.build(path, current, target);
    else this.#link(this.input.staged(path), target);
  }

  #link(from: RawPath, to: RawPath): void {
    linkSync(bytes(from), bytes(to)); // link(2) does not follow a symbolic link
    this.totals.files += 1;
  }

  /** The time that the staging left on a directory whose entries it changed. */
  #stagedTime(path: RawPath): bigint | undefined {
    return lstatSync(bytes(this.input.staged(path)), { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  }

  #finish(model: RawPath, status: BigIntStats, target: RawPath, time: bigint): void {
    lchownSync(bytes(target), Number(status.uid), Number(status.gid));
    chmodSync(bytes(target), Number(status.mode & 0o7777n));
    copyXattrs(model, target);
    setModificationTime(target, time);
    this.totals.directories += 1;
    this.totals.ownBytes += Number(bigStatus(target).blocks) * 512;
  }
}
