/**
 * Brings what one tree has at some paths into another on the same file system. Files share their blocks where the file system can
 * (FICLONE), names that share an inode do so again, and each entry appears at once, so that doing it twice changes nothing.
 */
import { linkSync, mkdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { bigStatus, copyAttributes } from '../../files/attributes.js';
import { copyEntry } from '../../files/copy-tree.js';
import { directoryCache, type DirectoryHandle } from '../../files/directory-handle.js';
import { besideName, bytes, join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import { setModificationTime } from '../../posix/times.js';
import { statusOf } from '../tree/overlay-view.js';
import type { TreeChange } from '../../review/tree-change.js';

export interface Application {
  readonly from: RawPath;
  readonly to: RawPath;
  /** Sorted by path. */
  readonly changes: readonly TreeChange[];
  /** For these paths, an entry on the host that is brought instead of the one in `from`. */
  readonly sources?: ReadonlyMap<RawPath, RawPath>;
  readonly onStep?: (() => void) | undefined;
}

/** `left`: what could not be brought, because something of someone else's is in its place. */
export function applyChanges(application: Application): { left: RawPath[] } {
  const applier = new Applier(application);
  try {
    return applier.apply();
  } finally {
    applier.close();
  }
}

class Applier {
  readonly #folders: ReturnType<typeof directoryCache>;
  readonly #left: RawPath[] = [];
  /** Inode in the one tree, with its file system, to the path that it got in the other. */
  readonly #placed = new Map<string, RawPath>();

  constructor(readonly input: Application) {
    this.#folders = directoryCache(input.to);
  }

  close(): void {
    this.#folders.close();
  }

  apply(): { left: RawPath[] } {
    const { changes, from, to, onStep } = this.input;
    const removed = changes.filter(({ kind }) => kind === 'removed').reverse();
    for (const { path } of removed) {
      onStep?.();
      this.#in(path, (parent, name) => removeEntry(parent.entry(name)), true);
    }
    for (const { path, kind, type } of changes) {
      if (kind === 'removed') continue;
      onStep?.();
      const bring = type === 'dir' ? this.#folder : this.#entry;
      this.#in(path, (parent, name) => bring.call(this, path, parent, name));
    }
    const times = new Set<RawPath>();
    for (const { path, kind, type } of changes) {
      times.add(parentOf(path));
      if (kind !== 'removed' && type === 'dir') times.add(path);
    }
    for (const path of [...times].sort().reverse()) {
      // The top folder was no part of what was staged: it keeps its time.
      const status = path === '' ? undefined : statusOf(join(from, path));
      if (status?.isDirectory() && statusOf(join(to, path))?.isDirectory())
        this.#in(path, (parent, name) => {
          setModificationTime(parent.entry(name), bigStatus(join(from, path)).mtimeNs);
          return true;
        });
    }
    return { left: this.#left };
  }

  /** Follows no link on the way: a folder that someone made a link of leads elsewhere. */
  #in(path: RawPath, body: (parent: DirectoryHandle, name: string) => boolean, mayLack = false): void {
    let parent: DirectoryHandle;
    try {
      parent = this.#folders.of(parentOf(path));
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '')) throw error;
      if (!mayLack) this.#left.push(path);
      return;
    }
    if (!body(parent, nameOf(path))) this.#left.push(path);
  }

  #folder(path: RawPath, parent: DirectoryHandle, name: string): boolean {
    const entry = parent.entry(name);
    const status = statusOf(entry);
    if (status && !status.isDirectory()) unlinkSync(bytes(entry));
    if (!status?.isDirectory()) mkdirSync(bytes(entry), { mode: 0o700 });
    copyAttributes(join(this.input.from, path), entry, { time: false });
    return true;
  }

  #entry(path: RawPath, parent: DirectoryHandle, name: string): boolean {
    const source = this.input.sources?.get(path) ?? join(this.input.from, path);
    const status = statusOf(source);
    if (!status) return false;
    const entry = parent.entry(name);
    if (statusOf(entry)?.isDirectory() && !removeEntry(entry)) return false;
    const beside = parent.entry(besideName(name));
    if (statusOf(beside)) unlinkSync(bytes(beside));
    const inode = `${status.dev}:${status.ino}`;
    const first = status.nlink > 1 ? this.#placed.get(inode) : undefined;
    if (first === undefined) {
      copyEntry(source, beside);
      if (status.nlink > 1) this.#placed.set(inode, path);
    } else linkSync(bytes(join(this.input.to, first)), bytes(beside));
    renameSync(bytes(beside), bytes(entry));
    return true;
  }
}

function removeEntry(entry: RawPath): boolean {
  const status = statusOf(entry);
  if (!status) return true;
  try {
    if (status.isDirectory()) rmdirSync(bytes(entry));
    else unlinkSync(bytes(entry));
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EBUSY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}
