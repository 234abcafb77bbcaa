/**
 * Symbol versions (elf(5), `Elf64_Verdef` and `Elf64_Verneed`; both classes share one layout): which ones a file needs of
 * each library, and which ones it defines. The loader refuses a program when one is missing.
 */
import { DamagedFile, type BoundedFile } from './bounded-file.js';
import { VER_FLG_BASE, VER_FLG_WEAK, type Layout } from './layout.js';

const mostVersions = 8192;

export interface VersionTable {
  readonly file: BoundedFile;
  readonly layout: Layout;
  readonly text: (index: number, what: string) => string;
  readonly start: number;
  readonly count: number;
}

/** Needed versions by library. */
export function readVersionsNeeded(table: VersionTable | undefined): Map<string, string[]> {
  const needed = new Map<string, string[]>();
  if (table === undefined) return needed;
  const { file, layout, text } = table;
  const budget = counter();
  for (const { at, entry } of chain(table, 16, 12, budget)) {
    const library = text(layout.word(entry, 4), 'the library of a version');
    const versions = needed.get(library) ?? [];
    needed.set(library, versions);
    let auxiliary = at + layout.word(entry, 8);
    for (let left = layout.half(entry, 2); left > 0; left -= 1) {
      budget();
      const version = file.read(auxiliary, 16, 'a needed version');
      if ((layout.half(version, 4) & VER_FLG_WEAK) === 0)
        versions.push(text(layout.word(version, 8), 'a version name'));
      const next = layout.word(version, 12);
      if (next === 0) break;
      auxiliary += next;
    }
  }
  return needed;
}

/** Defined versions, without the base definition, which is the file's own name. */
export function readVersionsDefined(table: VersionTable | undefined): Set<string> {
  const defined = new Set<string>();
  if (table === undefined) return defined;
  const { file, layout, text } = table;
  for (const { at, entry } of chain(table, 20, 16, counter())) {
    if ((layout.half(entry, 2) & VER_FLG_BASE) !== 0) continue;
    const name = file.read(at + layout.word(entry, 12), 8, 'a defined version');
    defined.add(text(layout.word(name, 0), 'a version name'));
  }
  return defined;
}

/** Follows a chain of entries, each of which gives the distance to the next in the word at `nextAt`. */
function* chain(
  table: VersionTable,
  entryBytes: number,
  nextAt: number,
  budget: () => void,
): Generator<{ at: number; entry: Buffer }> {
  let at = table.start;
  for (let left = table.count; left > 0; left -= 1) {
    budget();
    const entry = table.file.read(at, entryBytes, 'the version table');
    yield { at, entry };
    const next = table.layout.word(entry, nextAt);
    if (next === 0) return;
    at += next;
  }
}

/** A limit on the work that one file can cause. */
function counter(): () => void {
  let left = mostVersions;
  return () => {
    left -= 1;
    if (left < 0) throw new DamagedFile(`it claims more than ${mostVersions} symbol versions`);
  };
}
