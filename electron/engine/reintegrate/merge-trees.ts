/**
 * The merge of three trees, path by path. Nothing is written: the answer says what the result has at each path, where it comes from,
 * and what could not be merged; there mine stays, with theirs beside it.
 */
import { comparePaths } from '../manifest/entry.js';
import { join, nameOf, parentOf, type RawPath } from '../posix/raw-path.js';
import { accountsFolder, decideAccounts } from './account-files.js';
import { databaseNames } from './accounts/databases.js';
import type { AccountProblem } from './accounts/problems.js';
import { entryAt, type Entry } from './entry.js';
import { mergeEntry, type ConflictReason, type Decision } from './merge-entry.js';
import { unrecorded } from './merge-value.js';
import { resultOf, type PathOutcome, type Result } from './outcome.js';
import { entriesAt, sameTree, withoutLinks, type EntrySides, type Side, type Sides } from './sides.js';

export interface MergeOptions {
  /** What the distribution appends to the name of a version that is not in use, such as `.dpkg-dist`. */
  readonly suffix: string;
  readonly signal?: AbortSignal | undefined;
}

export interface MergedTrees {
  /** In the order of manifests, a folder before what is in it. */
  readonly outcomes: readonly PathOutcome[];
  /** Why the identity databases were not merged; empty when they were, or were not there. */
  readonly accounts: readonly AccountProblem[];
}

export function mergeTrees(sides: Sides, options: MergeOptions): MergedTrees {
  const merge = new TreeMerge(sides, options);
  merge.visit('' as RawPath);
  const outcomes = merge.outcomes.sort((a, b) => comparePaths(a.path, b.path));
  return { outcomes, accounts: merge.accounts };
}

class TreeMerge {
  readonly outcomes: PathOutcome[] = [];
  readonly accounts: readonly AccountProblem[];
  readonly #accountFiles: ReadonlyMap<string, Decision>;
  /** `passwd-` and the like: what their tools keep of the version before. */
  readonly #backups: ReadonlySet<string>;
  readonly #taken = new Set<string>();

  readonly sides: Sides;

  constructor(
    { base, mine, theirs }: Sides,
    readonly options: MergeOptions,
  ) {
    const sides = {
      base: base && withoutLinks(base),
      mine: withoutLinks(mine),
      theirs: withoutLinks(theirs),
    };
    this.sides = sides;
    const folder = accountsFolder(sides);
    const accounts = folder === undefined ? undefined : decideAccounts(sides, folder);
    this.#accountFiles = accounts?.decisions ?? new Map();
    this.accounts = accounts?.problems ?? [];
    this.#backups = new Set(
      folder === undefined ? [] : databaseNames.map((name) => join(folder, `${name}-`)),
    );
  }

  /** True when the result has something at the path. */
  visit(path: RawPath): boolean {
    this.options.signal?.throwIfAborted();
    const entries = entriesAt(this.sides, path);
    const { mine, theirs } = entries;
    const isFolder = mine?.type === 'dir' || theirs?.type === 'dir';
    const accounts = isFolder ? undefined : this.#accountFiles.get(path);
    if (accounts) return this.#decided(path, entries, accounts);
    if (this.#backups.has(path) && mine?.type === 'file' && theirs?.type === 'file')
      return this.#decided(path, entries, { outcome: 'mine' });
    if (mine?.type === 'dir' && theirs?.type === 'dir') return this.#folders(path, entries, mine);
    if (mine && theirs && isFolder) return this.#unlike(path, entries);
    if (isFolder) return this.#oneFolder(path, entries);
    return this.#decided(path, entries, mergeEntry(entries.base, mine, theirs));
  }

  #folders(path: RawPath, entries: EntrySides, mine: Entry): boolean {
    const decision = mergeEntry(entries.base, mine, entries.theirs);
    // Their folder's attributes alone are nothing to lay beside.
    if (decision.outcome === 'conflict') this.#push(path, entries, { put: 'entry', entry: mine }, decision);
    else this.#decided(path, entries, decision);
    for (const name of this.#names(path)) this.visit(join(path, name));
    return true;
  }

  /** A folder that one side alone has; the other has nothing there. */
  #oneFolder(path: RawPath, entries: EntrySides): boolean {
    const { base, mine, theirs } = entries;
    const present = mine ?? theirs;
    if (base === unrecorded || (base && base.type !== 'dir') || !present)
      return this.#whole(path, entries, mergeEntry(base, mine, theirs));
    let isKept = base === undefined || !sameOrGone(base, present);
    for (const name of this.#names(path)) if (this.visit(join(path, name))) isKept = true;
    // What is kept in it keeps the folder, though one side removed it.
    const whose = mine ? 'mine' : 'theirs';
    const other = mine ? 'theirs' : 'mine';
    this.#push(path, entries, isKept ? { put: 'entry', entry: present } : { put: 'nothing' }, {
      outcome: isKept ? whose : other,
    });
    return isKept;
  }

  /** A folder on one side and something else on the other: one of them with all that is in it. */
  #unlike(path: RawPath, entries: EntrySides): boolean {
    const { base, mine, theirs } = this.sides;
    const decide = (): Decision => {
      if (entries.base === unrecorded) return refused('no-record');
      if (!base || !entries.base) return refused('added-by-both');
      if (sameTree(base, mine, path)) return { outcome: 'theirs' };
      return sameTree(base, theirs, path) ? { outcome: 'mine' } : refused('type');
    };
    return this.#whole(path, entries, decide());
  }

  #whole(path: RawPath, entries: EntrySides, decision: Decision): boolean {
    const isThere = this.#decided(path, entries, decision);
    const from = decision.outcome === 'theirs' ? this.sides.theirs : this.sides.mine;
    const label = decision.outcome === 'theirs' ? 'theirs' : 'mine';
    if (isThere) this.#below(path, from, label);
    return isThere;
  }

  #below(path: RawPath, from: Side, outcome: 'mine' | 'theirs'): void {
    for (const name of from.list(path) ?? []) {
      const inner = join(path, name);
      const entry = entryAt(from.locate(inner));
      if (!entry) continue;
      this.#push(inner, entriesAt(this.sides, inner), { put: 'entry', entry }, { outcome });
      if (entry.type === 'dir') this.#below(inner, from, outcome);
    }
  }

  #decided(path: RawPath, entries: EntrySides, decision: Decision): boolean {
    const { mine, theirs } = entries;
    const result = resultOf(decision, mine, theirs);
    const beside = decision.outcome === 'conflict' && theirs ? this.#nameBeside(path) : undefined;
    this.#push(path, entries, result, decision, beside);
    return result.put !== 'nothing' || beside !== undefined;
  }

  #push(
    path: RawPath,
    { base, mine, theirs }: EntrySides,
    result: Result,
    decision: Decision | { readonly outcome: 'mine' | 'theirs' },
    beside?: RawPath,
  ): void {
    const { outcome } = decision;
    const all = { path, outcome, result, base: base === unrecorded ? undefined : base, mine, theirs };
    if (outcome !== 'conflict') this.outcomes.push(all);
    else {
      const { reason, details } = decision;
      this.outcomes.push({ ...all, conflict: { reason, details, beside } });
    }
  }

  /** A name that nothing has on any side, so that nothing is ever replaced by it. */
  #nameBeside(path: RawPath): RawPath {
    for (let count = 1; ; count += 1) {
      const suffix = count === 1 ? this.options.suffix : `${this.options.suffix}.${count}`;
      const name = nameOf(path).slice(0, longestName - suffix.length) + suffix;
      const beside = join(parentOf(path), name);
      const { mine, theirs } = entriesAt(this.sides, beside);
      if (mine || theirs || this.#taken.has(beside)) continue;
      this.#taken.add(beside);
      return beside;
    }
  }

  #names(path: RawPath): string[] {
    const { base, mine, theirs } = this.sides;
    const names = new Set([
      ...(mine.list(path) ?? []),
      ...(theirs.list(path) ?? []),
      ...(base?.list(path) ?? []),
    ]);
    return [...names].sort();
  }
}

/** NAME_MAX of Linux (limits.h), in bytes. */
const longestName = 255;

function refused(reason: ConflictReason): Decision {
  return { outcome: 'conflict', reason, details: [] };
}

/** Of a folder that was there: its own attributes; what is in it decides for itself. */
function sameOrGone(base: Entry, present: Entry): boolean {
  const decision = mergeEntry(base, present, undefined);
  return decision.outcome !== 'conflict';
}
