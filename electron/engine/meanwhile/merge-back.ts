/**
 * What a rollback brings to files of `/etc` that both the update and, after it, the user changed: their old version with the user's
 * later changes, where that can be merged. Accounts are never lost: where theirs cannot be merged, all of them stay as they are.
 */
import { mkdirSync } from 'node:fs';
import type { Engine } from '../engine.js';
import type { Keepsake, Switch } from '../environments/environment.js';
import { plainView } from '../environments/plain-view.js';
import { removeTree } from '../files/remove-tree.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { syncFileSystem } from '../posix/sync.js';
import { contentIn, isEtc } from '../records/etc-content.js';
import { contentAfter, restorePointFolder, type RestorePointRecord } from '../records/restore-points.js';
import { accountPaths, decideAccounts, isOlderAccountFile } from '../reintegrate/account-files.js';
import { entryAt, sameEntry } from '../reintegrate/entry.js';
import { mergeEntry, type Decision } from '../reintegrate/merge-entry.js';
import { unrecorded } from '../reintegrate/merge-value.js';
import { resultOf, type Result } from '../reintegrate/outcome.js';
import { entriesAt, withoutLinks, type EntrySides, type Sides } from '../reintegrate/sides.js';
import { writeEntry } from '../reintegrate/write-entry.js';
import type { System } from '../system.js';

/** `old`: nothing of the user's is in it. `lost`: it cannot be merged. Else what shall be there. */
export type MergedBack = 'old' | 'lost' | Exclude<Result, { readonly put: 'nothing' }>;

export class BackMerge {
  readonly #sides: Sides | undefined;
  readonly #accounts = new Map<string, MergedBack>();

  constructor({ system }: Pick<Engine, 'system'>, point: RestorePointRecord, back: Switch) {
    const after = contentIn(contentAfter(system, point.id));
    if (!after) return; // of a version that kept no content
    const sides = {
      base: withoutLinks(after),
      mine: withoutLinks(plainView(system.root)),
      theirs: withoutLinks(back.viewBefore()),
    };
    this.#sides = sides;
    const updated = back.changedPaths();
    if (!accountPaths.some((path) => updated.has(path)) || !accountsChanged(sides)) return;
    const { decisions, problems } = decideAccounts(sides, 'etc' as RawPath);
    for (const [path, decision] of decisions) {
      if (!updated.has(path)) continue;
      const entries = entriesAt(sides, path as RawPath);
      // All of mine stays: an account that is gone cannot be brought back, one too many does no harm.
      this.#accounts.set(path, broughtBack(problems.length > 0 ? { outcome: 'mine' } : decision, entries));
    }
  }

  /** For account files that the update changed: they are looked at together, whichever of them the user changed. */
  get accounts(): ReadonlyMap<string, MergedBack> {
    return this.#accounts;
  }

  /** For a path that both changed. */
  of(path: RawPath): MergedBack {
    const known = this.#accounts.get(path);
    if (known !== undefined) return known;
    if (!this.#sides || !isEtc(path)) return 'lost';
    const entries = entriesAt(this.#sides, path);
    const { base, mine, theirs } = entries;
    // What the tools keep of the version before: the last one that they made is the right one.
    if (mine?.type === 'file' && isOlderAccountFile(path)) return broughtBack({ outcome: 'mine' }, entries);
    if (base === unrecorded || base?.type !== 'file' || mine?.type !== 'file' || theirs?.type !== 'file')
      return 'lost';
    return broughtBack(mergeEntry(base, mine, theirs), entries);
  }
}

function accountsChanged({ base, mine }: Sides): boolean {
  return accountPaths.some((path) => {
    const [before, now] = [base, mine].map((side) => entryAt(side?.locate(path)));
    return before && now ? !sameEntry(before, now) : before !== now;
  });
}

function broughtBack(decision: Decision, { mine, theirs }: EntrySides): MergedBack {
  if (decision.outcome === 'conflict') return 'lost';
  if (decision.outcome === 'theirs' || decision.outcome === 'same') return 'old';
  const result = resultOf(decision, mine, theirs);
  return result.put === 'nothing' ? 'old' : result;
}

/** Makes the merged files, beside the restore point's own, and says where each goes. Repeatable. */
export function layMerged(
  system: System,
  point: RestorePointRecord,
  merged: ReadonlyMap<RawPath, Exclude<MergedBack, string>>,
): Keepsake[] {
  const folder = join(restorePointFolder(system, point.id), 'merged');
  removeTree(folder);
  if (merged.size === 0) return [];
  mkdirSync(bytes(folder), { mode: 0o700 });
  const keepsakes = [...merged].map(([path, result], index) => {
    const from = join(folder, String(index));
    writeEntry(result, from);
    return { path, exists: true, from };
  });
  syncFileSystem(folder); // after the commit point they are needed, whatever happens
  return keepsakes;
}
