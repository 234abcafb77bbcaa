/**
 * The verb `merge`: the three-way merge of plain folders, for tests and for other tools. The result is made beside its place and
 * renamed into it, so that it is there as a whole or not at all; the three folders are only read.
 */
import { lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, statSync } from 'node:fs';
import type { Outcome } from '../../shared/errors.js';
import type { BesideSuffix, Merged, MergedPath } from '../../shared/merge.js';
import { plainView } from './environments/plain-view.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { removeTree } from './files/remove-tree.js';
import { bytes, display, isWithin, join, nameOf, parentOf, raw, type RawPath } from './posix/raw-path.js';
import { syncDirectory, syncFileSystem } from './posix/sync.js';
import type { Entry } from './reintegrate/entry.js';
import { mergeTrees } from './reintegrate/merge-trees.js';
import type { PathOutcome } from './reintegrate/outcome.js';
import type { Side } from './reintegrate/sides.js';
import { writeTrees } from './reintegrate/write-trees.js';

export interface MergeOptions {
  /** Absolute paths; `null` for a base that was not recorded. */
  readonly base: string | null;
  readonly mine: string;
  readonly theirs: string;
  readonly out: string;
  /** What their version is called where mine stays; by default as the distribution of `mine` does. */
  readonly beside?: BesideSuffix;
  readonly signal: AbortSignal;
}

const largestText = 256 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Faults `USAGE` where the folders do not fit, `NOT_ROOT` where something may not be read or made, `NO_SPACE`, `CANCELLED`. */
export function merge(options: MergeOptions): Promise<Outcome<Merged>> {
  return outcomeOf(() => {
    const { signal } = options;
    const folders = [options.base, options.mine, options.theirs].map((path) =>
      path === null ? undefined : folderAt(path),
    );
    const [base, mine, theirs] = folders;
    if (mine === undefined || theirs === undefined) throw new Fault('USAGE', 'Two sides are needed.');
    const out = newFolder(
      options.out,
      folders.filter((folder) => folder !== undefined),
    );
    const sides = {
      base: base === undefined ? undefined : plainView(base),
      mine: plainView(mine),
      theirs: plainView(theirs),
    };
    const suffix = `.${options.beside ?? usualSuffix(sides.mine)}`;
    try {
      const { outcomes } = mergeTrees(sides, { suffix, signal });
      build(out, (to) => writeTrees(outcomes, sides.theirs, to, signal));
      return Promise.resolve(answer(out, outcomes));
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EACCES' || code === 'EPERM')
        throw new Fault('NOT_ROOT', error instanceof Error ? error.message : code);
      throw error;
    }
  });
}

function folderAt(path: string): RawPath {
  try {
    if (statSync(path).isDirectory()) return realpathSync.native(path, { encoding: 'latin1' }) as RawPath;
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG'].includes(systemErrorCode(error) ?? ''))
      throw error;
  }
  throw new Fault('USAGE', `${display(raw(path))} is no folder.`);
}

/** Throws where something is already, or the result would grow into what is read. */
function newFolder(path: string, sources: readonly RawPath[]): RawPath {
  const given = raw(path);
  const out = join(folderAt(parentText(path)), nameOf(given));
  const view = plainView(out);
  const there = lstatSync(bytes(out), { throwIfNoEntry: false });
  if (there && (!there.isDirectory() || view.list('' as RawPath)?.length !== 0))
    throw new Fault('USAGE', `${display(given)} is there already, and is no empty folder.`);
  const inside = sources.find((source) => isWithin(out, source));
  if (inside !== undefined)
    throw new Fault('USAGE', `${display(given)} lies in ${display(inside)}, which is to be read.`);
  return out;
}

function parentText(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/';
}

function build(out: RawPath, write: (to: RawPath) => void): void {
  const beside = join(parentOf(out), `.${nameOf(out).slice(0, 200)}.understudy-${process.pid}`);
  removeTree(beside); // of a process with this number that was killed
  mkdirSync(bytes(beside), { mode: 0o700 });
  try {
    write(beside);
    syncFileSystem(beside);
    renameSync(bytes(beside), bytes(out)); // rename(2) replaces an empty folder
  } catch (error) {
    removeTree(beside);
    throw error;
  }
  syncDirectory(parentOf(out));
}

function usualSuffix(mine: Side): BesideSuffix {
  const has = (path: string): boolean => mine.locate(path as RawPath) !== undefined;
  if (has('var/lib/pacman') || has('pacman.conf') || has('etc/pacman.conf')) return 'pacnew';
  const rpm = ['usr/lib/sysimage/rpm', 'var/lib/rpm', 'etc/rpm', 'rpm'].some(has);
  return rpm && !has('var/lib/dpkg') && !has('etc/dpkg') && !has('dpkg') ? 'rpmnew' : 'dpkg-dist';
}

function answer(out: RawPath, outcomes: readonly PathOutcome[]): Merged {
  const counts: Merged['counts'] = { same: 0, mine: 0, theirs: 0, merged: 0, conflict: 0 };
  for (const { outcome } of outcomes) counts[outcome] += 1;
  const differing = outcomes.filter(({ outcome }) => outcome !== 'same');
  return { out: display(out), counts, paths: differing.map(described) };
}

function described({ path, outcome, conflict, base, mine, theirs }: PathOutcome): MergedPath {
  const text = (entry: Entry | undefined): string | null =>
    conflict && !mayHoldPasswords(path, conflict.reason) ? textOf(entry) : null;
  return {
    path: display(path),
    outcome,
    reason: conflict?.reason ?? null,
    details: [...(conflict?.details ?? [])],
    beside: conflict?.beside === undefined ? null : display(conflict.beside),
    base: text(base),
    mine: text(mine),
    theirs: text(theirs),
  };
}

function mayHoldPasswords(path: RawPath, reason: string): boolean {
  return reason === 'accounts' || /^g?shadow/.test(nameOf(path));
}

function textOf(entry: Entry | undefined): string | null {
  if (entry?.type !== 'file' || entry.status.size > largestText) return null;
  const content = readFileSync(bytes(entry.place));
  if (content.includes(0)) return null;
  try {
    return utf8.decode(content);
  } catch {
    return null;
  }
}
