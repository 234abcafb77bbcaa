/** Makes the tree that a merge decided about, in an empty folder. Hard links of a side stay hard links where both names are its own. */
import { linkSync, mkdirSync } from 'node:fs';
import { copyEntry } from '../files/copy-tree.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { setModificationTime } from '../posix/times.js';
import { attributesOf, entryAt, type Attributes, type Entry } from './entry.js';
import type { PathOutcome } from './outcome.js';
import { withoutLinks, type Side } from './sides.js';
import { setAttributes, writeEntry } from './write-entry.js';

export function writeTrees(
  outcomes: readonly PathOutcome[],
  theirs: Side,
  to: RawPath,
  signal?: AbortSignal,
): void {
  const writer = new TreeWriter(withoutLinks(theirs), to);
  for (const outcome of outcomes) {
    signal?.throwIfAborted();
    writer.write(outcome);
  }
  for (const { path, conflict } of outcomes)
    if (conflict?.beside !== undefined) writer.layBeside(path, conflict.beside);
  writer.finishFolders();
}

interface Folder {
  readonly place: RawPath;
  readonly attributes: Attributes;
  readonly time: bigint;
}

class TreeWriter {
  readonly #folders: Folder[] = [];
  /** What a file was made of, to the place where it was made first. */
  readonly #made = new Map<string, RawPath>();

  constructor(
    readonly theirs: Side,
    readonly to: RawPath,
  ) {}

  write(outcome: PathOutcome): void {
    const { path, result } = outcome;
    if (result.put === 'nothing') return;
    const place = join(this.to, path);
    const source = result.put === 'entry' ? result.entry : result.content;
    if (!Buffer.isBuffer(source) && source.type === 'dir') {
      const attributes = result.put === 'entry' ? attributesOf(result.entry) : result.attributes;
      this.#folder(place, attributes, source.status.mtimeNs, path === '');
      return;
    }
    const origin = originOf(outcome);
    const first = origin === undefined ? undefined : this.#made.get(origin);
    if (first !== undefined) linkSync(bytes(first), bytes(place));
    else writeEntry(result, place);
    if (origin !== undefined && first === undefined) this.#made.set(origin, place);
  }

  layBeside(path: RawPath, beside: RawPath): void {
    const entry = entryAt(this.theirs.locate(path));
    const place = join(this.to, beside);
    if (entry?.type !== 'dir') {
      if (entry) copyEntry(entry.place, place);
      return;
    }
    this.#folder(place, attributesOf(entry), entry.status.mtimeNs, false);
    for (const name of this.theirs.list(path) ?? []) this.layBeside(join(path, name), join(beside, name));
  }

  /** Attributes and times last: a folder may forbid its owner to write, and its time changes with what is made in it. */
  finishFolders(): void {
    for (const { place, attributes, time } of this.#folders.reverse()) {
      setAttributes(place, attributes);
      setModificationTime(place, time);
    }
  }

  #folder(place: RawPath, attributes: Attributes, time: bigint, isThere: boolean): void {
    if (!isThere) mkdirSync(bytes(place), { mode: 0o700 });
    this.#folders.push({ place, attributes, time });
  }
}

/** The same for two paths when they are names of one file on every side that the result is made of. */
function originOf({ result, base, mine, theirs }: PathOutcome): string | undefined {
  const inode = (entry: Entry | undefined): string =>
    entry ? `${entry.status.dev}:${entry.status.ino}` : 'none';
  if (result.put === 'entry') return result.entry.status.nlink > 1n ? inode(result.entry) : undefined;
  if (mine && theirs && (mine.status.nlink < 2n || theirs.status.nlink < 2n)) return undefined;
  return [base, mine, theirs].map(inode).join(' ');
}
