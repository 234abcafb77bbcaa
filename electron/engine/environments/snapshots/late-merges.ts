/**
 * What people wrote to `/etc` between a switch and the start that put it in effect, where the environment that runs now has something else: it
 * is merged, accounts entry by entry. Decided once, and kept until the start is complete: what is in place already cannot be merged again.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { systemErrorCode } from '../../fault.js';
import { writeFileDurably } from '../../files/durable.js';
import { removeTree } from '../../files/remove-tree.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { syncFileSystem } from '../../posix/sync.js';
import { isEtc } from '../../records/etc-content.js';
import {
  accountPaths,
  decideAccounts,
  isAccountFile,
  isOlderAccountFile,
} from '../../reintegrate/account-files.js';
import { sameEntry } from '../../reintegrate/entry.js';
import { mergeEntry, type Decision } from '../../reintegrate/merge-entry.js';
import { unrecorded } from '../../reintegrate/merge-value.js';
import { resultOf } from '../../reintegrate/outcome.js';
import { entriesAt, withoutLinks, type Sides } from '../../reintegrate/sides.js';
import { writeEntry } from '../../reintegrate/write-entry.js';
import type { System } from '../../system.js';
import { plainView } from '../plain-view.js';
import type { ArrivalRecord } from './switch-record.js';

/**
 * What shall be at a path: what the environment has that runs, what was written late, something made of both, or the former, with the latter kept
 * aside.
 */
export type LateOutcome = 'here' | 'late' | 'aside' | { readonly merged: RawPath };

const keptSchema = z.strictObject({
  restorePoint: z.string(),
  list: z.string(),
  seen: z.string(),
  /** Paths, one character a byte. A number: the name of the merged file. */
  outcomes: z.array(z.tuple([z.string(), z.union([z.enum(['here', 'late', 'aside']), z.int()])])),
});
type Kept = z.infer<typeof keptSchema>;

const folderOf = (system: System): RawPath => join(system.store, 'arrival-merged');

export interface LateTrees {
  /** The fixed tree that the new environment was made of, and the one in which people went on. */
  readonly before: RawPath;
  readonly late: RawPath;
}

/** Decides about `paths`, which differ in all three trees; where this was done before a cut, what was decided then. Alters nothing of the system. */
export function lateMerges(
  system: System,
  { restorePoint, list, seen }: ArrivalRecord,
  trees: LateTrees,
  paths: readonly RawPath[],
): ReadonlyMap<RawPath, LateOutcome> {
  const folder = folderOf(system);
  const known = readKept(folder);
  const isOfThis = known?.restorePoint === restorePoint && known.list === list && known.seen === seen;
  if (isOfThis) return outcomesOf(known, folder);
  removeTree(folder);
  const decisions = decideAll(
    {
      base: withoutLinks(plainView(trees.before)),
      mine: withoutLinks(plainView(trees.late)),
      theirs: withoutLinks(plainView(system.root)),
    },
    paths.filter(isEtc),
    list,
  );
  if (decisions.size === 0) return new Map();
  mkdirSync(bytes(folder), { mode: 0o700 });
  const outcomes = [...decisions].map(([path, { outcome, make }], index): Kept['outcomes'][number] => {
    if (make === undefined) return [path, outcome];
    make(join(folder, String(index)));
    return [path, index];
  });
  syncFileSystem(folder);
  const kept: Kept = { restorePoint, list, seen, outcomes };
  writeFileDurably(join(folder, 'outcomes.json'), JSON.stringify(kept));
  return outcomesOf(kept, folder);
}

export function forgetLateMerges(system: System): void {
  removeTree(folderOf(system));
}

interface Decided {
  readonly outcome: 'here' | 'late' | 'aside';
  /** Makes what is to be there, at a place where nothing is yet. */
  readonly make?: (to: RawPath) => void;
}

function decideAll(
  sides: Sides,
  paths: readonly RawPath[],
  list: ArrivalRecord['list'],
): Map<RawPath, Decided> {
  const decided = new Map<RawPath, Decided>();
  for (const path of paths) {
    const { base, mine, theirs } = entriesAt(sides, path);
    // What lies in a folder is decided path by path.
    if (isAccountFile(path) || [mine, theirs].some((entry) => entry?.type === 'dir')) continue;
    // What the account tools keep of the version before: the last one that they made is the right one.
    const isLast = isOlderAccountFile(path) && mine?.type === 'file';
    decided.set(path, isLast ? { outcome: 'late' } : decidedBy(mergeEntry(base, mine, theirs), sides, path));
  }
  if (paths.some(isAccountFile))
    for (const [path, one] of decideAboutAccounts(sides, list)) decided.set(path, one);
  return decided;
}

/** Whoever changed one of them changed what another one must agree with: all are merged, or all are those of one side. */
function decideAboutAccounts(sides: Sides, list: ArrivalRecord['list']): Map<RawPath, Decided> {
  const { decisions, problems } = decideAccounts(sides, 'etc' as RawPath);
  if (problems.length === 0)
    return new Map(
      [...decisions].map(([path, decision]) => [
        path as RawPath,
        decidedBy(decision, sides, path as RawPath),
      ]),
    );
  const wasWritten = (path: RawPath): boolean => {
    const { base, mine } = entriesAt(sides, path);
    return mine !== undefined && (!base || base === unrecorded || !sameEntry(base, mine));
  };
  // Going back, an account that is gone cannot be brought back, and one too many does no harm. Going forward, what the update gave its accounts
  // is theirs already, so that no other may have the number.
  return new Map(
    accountPaths.map((path) => [
      path,
      { outcome: list === 'rollback' ? 'late' : wasWritten(path) ? 'aside' : 'here' },
    ]),
  );
}

function decidedBy(decision: Decision, sides: Sides, path: RawPath): Decided {
  switch (decision.outcome) {
    case 'same':
    case 'theirs':
      return { outcome: 'here' };
    case 'mine':
      return { outcome: 'late' };
    case 'conflict':
      return { outcome: 'aside' };
    case 'merged': {
      const { mine, theirs } = entriesAt(sides, path);
      const result = resultOf(decision, mine, theirs);
      if (result.put === 'nothing') return { outcome: 'here' };
      return { outcome: 'here', make: (to) => writeEntry(result, to) };
    }
  }
}

function outcomesOf({ outcomes }: Kept, folder: RawPath): ReadonlyMap<RawPath, LateOutcome> {
  return new Map(
    outcomes.map(([path, outcome]): [RawPath, LateOutcome] => [
      path as RawPath,
      typeof outcome === 'number' ? { merged: join(folder, String(outcome)) } : outcome,
    ]),
  );
}

/** `undefined` where none is, or none that was completed. */
function readKept(folder: RawPath): Kept | undefined {
  try {
    return keptSchema.parse(JSON.parse(readFileSync(bytes(join(folder, 'outcomes.json')), 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
