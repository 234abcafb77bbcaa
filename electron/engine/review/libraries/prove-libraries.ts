/**
 * Proof: every program and library that the update brings, and every one elsewhere that needs a library which the
 * update takes away, finds its interpreter, its libraries and their symbol versions in the staged tree. What was missing for the
 * same file before the update is a warning: the update is not to blame for it.
 */
import { display, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import type { ElfFile } from '../elf/elf-file.js';
import { pace } from '../pace.js';
import { count, Findings, type ProofMaker, type StageUnderTest } from '../proof.js';
import { LibraryTree } from './library-tree.js';
import { distributionFolders, isExempt, lostLibraries, ownFolders, programsBelow } from './lost-libraries.js';
import { missingFor, type Missing } from './missing.js';

export const libraries: ProofMaker = {
  id: 'libraries',
  title: 'programs find their libraries',
  async prove(stage) {
    const inspection = new Inspection(stage);
    await inspection.changed();
    await inspection.elsewhere();
    const checked = count(inspection.checked, 'program or library', 'programs and libraries');
    return inspection.findings.proof('libraries', {
      pass:
        inspection.checked === 0
          ? 'The update changes no program or library.'
          : `${checked} checked: each finds all that it needs.`,
      warn: `${checked} checked; some miss a library, as they did before the update.`,
      fail: `${checked} checked; some would no longer start.`,
    });
  },
};

class Inspection {
  readonly findings = new Findings();
  checked = 0;
  readonly #stage: StageUnderTest;
  readonly #after: LibraryTree;
  readonly #before: LibraryTree;
  readonly #breathe: () => Promise<void>;

  constructor(stage: StageUnderTest) {
    this.#stage = stage;
    this.#after = new LibraryTree(stage.view);
    this.#before = new LibraryTree(stage.before);
    this.#breathe = pace(stage.signal);
  }

  /** What the update brings. */
  async changed(): Promise<void> {
    for (const { path, kind, type } of this.#stage.changes) {
      if (kind === 'removed' || type !== 'file' || isExempt(path)) continue;
      await this.#breathe();
      const reading = this.#after.read(path);
      if (reading?.kind === 'damaged') this.#damaged(path, reading.reason);
      if (reading?.kind !== 'elf') continue;
      this.#stage.step(display(path));
      this.#check(path, reading.file, 'fail');
    }
  }

  /**
   * What the update leaves alone, but takes a library from. Such files are the same in both trees, and are read in
   * the one from before, which lies in plain folders.
   */
  async elsewhere(): Promise<void> {
    const lost = lostLibraries(this.#before, this.#after, this.#stage.changes);
    if (lost.size === 0) return;
    const changed = new Set(this.#stage.changes.map((change) => change.path));
    for (const [folders, weight] of [
      [distributionFolders, 'fail'],
      [ownFolders, 'warn'],
    ] as const) {
      for (const path of programsBelow(this.#stage.before, folders)) {
        await this.#breathe();
        if (changed.has(path)) continue;
        const reading = this.#before.readOnce(path);
        if (reading?.kind !== 'elf') continue;
        const { needed, interpreter } = reading.file;
        if (
          !needed.some((name) => lost.has(nameOf(name as RawPath))) &&
          !lost.has(nameOf((interpreter ?? '') as RawPath))
        )
          continue;
        this.#stage.step(display(path));
        this.#check(path, reading.file, weight);
      }
    }
  }

  #check(path: RawPath, file: ElfFile, weight: 'fail' | 'warn'): void {
    if (file.type === 'relocatable' || file.type === 'core') return;
    // a program for another machine only lies there, as the parts of a cross compiler or of a boot loader do
    if (!this.#after.runs(file.abi) && !this.#before.runs(file.abi)) return;
    this.checked += 1;
    const missing = missingFor(this.#after, path, file);
    if (missing.length === 0) return;
    const already = this.#missingBefore(path, file);
    for (const each of missing) {
      const old = already.has(each);
      this.findings.add(
        old ? 'warn' : weight,
        `${display(path)}: ${sentenceOf(each)}${old ? ', as before the update' : ''}`,
      );
    }
  }

  #damaged(path: RawPath, reason: string): void {
    const same = this.#before.read(path)?.kind === 'damaged';
    const started = distributionFolders.some((folder) => path.startsWith(`${folder}/`));
    this.findings.add(
      started && !same ? 'fail' : 'warn',
      `${display(path)}: damaged program: ${display(reason as RawPath)}`,
    );
  }

  /** What the same file missed before the update; a library with a new name is the same as the one whose soname it has. */
  #missingBefore(path: RawPath, file: ElfFile): ReadonlySet<Missing> {
    const same = this.#before.read(path);
    if (same?.kind === 'elf') return new Set(missingFor(this.#before, path, same.file));
    if (file.soname === undefined) return new Set();
    for (const change of this.#stage.changes) {
      if (change.kind !== 'removed' || change.type !== 'file' || parentOf(change.path) !== parentOf(path))
        continue;
      const old = this.#before.read(change.path);
      if (old?.kind === 'elf' && old.file.soname === file.soname)
        return new Set(missingFor(this.#before, change.path, old.file));
    }
    return new Set();
  }
}

function sentenceOf(missing: Missing): string {
  return `${display(missing as string as RawPath)} is missing`;
}
