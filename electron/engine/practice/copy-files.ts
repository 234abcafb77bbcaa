/**
 * Copies chosen paths of one tree into another: content, modes, owners, times, extended attributes, symbolic links, and the hard
 * links among them. Nothing in the copy shares an inode with the original. Invariant: every folder on the way to a copied
 * entry is made first, looking like the original's; links on the way are copied and followed inside the tree, never out of it.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readlinkSync,
  symlinkSync,
  type BigIntStats,
} from 'node:fs';
import type { TreeView } from '../environments/environment.js';
import { resolveInTree } from '../environments/resolve.js';
import { statusOf } from '../environments/tree/overlay-view.js';
import { systemErrorCode } from '../fault.js';
import { bigStatus } from '../files/attributes.js';
import { bytes, display, join, nameOf, parentOf, type RawPath } from '../posix/raw-path.js';
import { setModificationTime } from '../posix/times.js';
import { getXattr, isOverlayXattr, listXattrs, setXattr } from '../posix/xattr.js';
import type { Owners } from './owners.js';

export class TreeCopier {
  files = 0;
  bytes = 0;
  /** What was there and could not be read. */
  readonly unreadable: string[] = [];
  /** Paths in the copy, with the entry that they were copied from. */
  readonly #done = new Set<string>(['']);
  /** Folders get their times last, since everything made in them changes these. */
  readonly #folders: { readonly to: RawPath; readonly time: bigint }[] = [];
  readonly #links = new Map<string, RawPath>();
  readonly #parents = new Map<string, RawPath | undefined>();

  constructor(
    private readonly from: TreeView,
    private readonly root: RawPath,
    private readonly owners: Owners,
  ) {}

  /** Copies one path, to `as` where it shall have another name. A path that does not exist is left out. */
  copy(path: RawPath, as: RawPath = path): void {
    const source = this.#canonical(path);
    const target = path === as ? source : this.#canonical(as);
    if (source === undefined || target === undefined || this.#done.has(target)) return;
    const place = this.from.locate(source);
    if (place === undefined) return;
    this.#makeParents(target);
    this.#copyEntry(source, place, target);
  }

  /** Sets the times of all folders; to be called once, at the end. */
  finish(): void {
    for (const { to, time } of this.#folders.reverse()) setModificationTime(to, time);
  }

  /** The path with every link above its last component followed inside the tree; the links themselves are copied. */
  #canonical(path: RawPath): RawPath | undefined {
    const parent = parentOf(path);
    if (parent === '') return path;
    if (!this.#parents.has(parent)) this.#parents.set(parent, this.#resolveParent(parent));
    const resolved = this.#parents.get(parent);
    return resolved === undefined ? undefined : join(resolved, nameOf(path));
  }

  #resolveParent(parent: RawPath): RawPath | undefined {
    const resolved = resolveInTree(parent, (path) => this.from.locate(path));
    if (!resolved || !statusOf(resolved.onHost)?.isDirectory()) return undefined;
    let link = parent;
    while (link !== '' && link !== resolved.inTree) {
      const place = this.from.locate(link);
      if (place !== undefined && statusOf(place)?.isSymbolicLink()) this.copy(link);
      link = parentOf(link);
    }
    return resolved.inTree;
  }

  #makeParents(path: RawPath): void {
    const parent = parentOf(path);
    if (this.#done.has(parent)) return;
    const place = this.from.locate(parent);
    if (place === undefined) throw new Error(`no folder ${display(parent)} to copy from`);
    this.#makeParents(parent);
    this.#copyEntry(parent, place, parent);
  }

  #copyEntry(source: RawPath, place: RawPath, target: RawPath): void {
    const status = bigStatus(place);
    const to = join(this.root, target);
    if (status.isDirectory()) {
      mkdirSync(bytes(to), { mode: 0o700 });
      this.#dress(source, place, to, status);
      this.#folders.push({ to, time: status.mtimeNs });
    } else if (status.isSymbolicLink()) {
      symlinkSync(readlinkSync(bytes(place), 'buffer'), bytes(to));
      this.#dress(source, place, to, status);
      setModificationTime(to, status.mtimeNs);
    } else if (status.isFile()) {
      if (!this.#copyFile(source, place, to, status)) return;
    } else return; // packages ship nothing else
    this.#done.add(target);
  }

  #copyFile(source: RawPath, place: RawPath, to: RawPath, status: BigIntStats): boolean {
    const key = status.nlink > 1n ? `${status.dev}:${status.ino}` : undefined;
    const twin = key === undefined ? undefined : this.#links.get(key);
    if (twin !== undefined) {
      linkSync(bytes(twin), bytes(to));
      return true;
    }
    try {
      copyFileSync(bytes(place), bytes(to), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } catch (error) {
      if (systemErrorCode(error) !== 'EACCES') throw error;
      this.unreadable.push(`/${display(source)}`);
      return false;
    }
    this.#dress(source, place, to, status);
    setModificationTime(to, status.mtimeNs);
    if (key !== undefined) this.#links.set(key, to);
    this.files += 1;
    this.bytes += Number(status.size);
    return true;
  }

  /** Owner, mode and attributes; the owner comes first, since chown(2) clears setuid bits and capabilities. */
  #dress(source: RawPath, place: RawPath, to: RawPath, status: BigIntStats): void {
    const { uid, gid } = this.owners(source, status);
    lchownSync(bytes(to), uid, gid);
    if (!status.isSymbolicLink()) chmodSync(bytes(to), Number(status.mode & 0o7777n));
    for (const name of listXattrs(place)) {
      if (isOverlayXattr(name)) continue;
      try {
        const value = getXattr(place, name);
        if (value !== undefined) setXattr(to, name, value);
      } catch (error) {
        // Another file system may not have this kind; a user namespace may neither read nor set those of the machine.
        if (!['ENOTSUP', 'EPERM', 'EOVERFLOW', 'EINVAL'].includes(systemErrorCode(error) ?? '')) throw error;
      }
    }
  }
}
