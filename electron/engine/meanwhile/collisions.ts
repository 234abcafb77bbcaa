/**
 * Decides about files of `/etc` that both the update and someone else changed since staging: what of it is merged, what the user
 * must be asked about, and what only a new staging can settle. Nothing is altered here.
 */
import type { Engine } from '../engine.js';
import type { Clone } from '../environments/environment.js';
import { plainView } from '../environments/plain-view.js';
import type { RawPath } from '../posix/raw-path.js';
import { contentIn, isEtc } from '../records/etc-content.js';
import { baseContent } from '../records/stages.js';
import { accountsFolder, decideAccounts, isAccountFile } from '../reintegrate/account-files.js';
import { mergeEntry, type Decision } from '../reintegrate/merge-entry.js';
import { unrecorded } from '../reintegrate/merge-value.js';
import { resultOf, type Result } from '../reintegrate/outcome.js';
import { entriesAt, withoutLinks, type EntrySides, type Sides } from '../reintegrate/sides.js';

export interface Collisions {
  /** What the staged environment must have instead of its own; `current`: whatever the current one has. */
  readonly merged: readonly { readonly path: RawPath; readonly result: Result | 'current' }[];
  /** Two versions of a file, of which the user may choose one. */
  readonly undecided: readonly RawPath[];
  /** One line each, beginning with the path. */
  readonly impossible: readonly string[];
}

export function decideCollisions(
  engine: Engine,
  clone: Clone,
  input: { readonly collisions: readonly RawPath[]; readonly accounts: boolean },
): Collisions {
  const sides = sidesOf(engine, clone);
  const merged: { path: RawPath; result: Result | 'current' }[] = [];
  const undecided: RawPath[] = [];
  const impossible: string[] = [];
  for (const path of input.collisions) {
    if (isAccountFile(path)) continue;
    const entries = entriesAt(sides, path);
    const decision = isEtc(path) ? decide(entries) : undefined;
    if (decision === undefined) impossible.push(path);
    else if (decision.outcome !== 'conflict') merged.push(...arranged(path, decision, entries));
    else if (entries.mine?.type === 'file' && entries.theirs?.type === 'file') undecided.push(path);
    else impossible.push(path);
  }
  // Whoever changed one of them changed what another one must agree with.
  if (input.accounts) {
    const { decisions, problems } = decideAccounts(sides, accountsFolder(sides) ?? ('etc' as RawPath));
    for (const [path, decision] of decisions) {
      if (decision.outcome === 'conflict') impossible.push(path);
      else if (problems.length === 0)
        merged.push(...arranged(path as RawPath, decision, entriesAt(sides, path as RawPath)));
    }
    impossible.push(...problems.map(({ sentence }) => `etc/${sentence}`));
  }
  return { merged, undecided, impossible };
}

function sidesOf({ system, environment }: Engine, clone: Clone): Sides {
  const base = contentIn(baseContent(clone));
  return {
    base: base && withoutLinks(base),
    mine: withoutLinks(plainView(system.root)),
    theirs: withoutLinks(environment.view(clone)),
  };
}

/** Of two files, or of a file that one side removed. Anything else was not kept, so that nothing can be said of it. */
function decide({ base, mine, theirs }: EntrySides): Decision | undefined {
  if ([mine, theirs].some((entry) => entry && entry.type !== 'file')) return undefined;
  const wasKept = base !== unrecorded && base?.type === 'file';
  if (!mine || !theirs) return wasKept ? mergeEntry(base, mine, theirs) : undefined;
  return mergeEntry(wasKept ? base : unrecorded, mine, theirs);
}

/** Where the staged version is the right one already, nothing has to be done. */
function arranged(path: RawPath, decision: Decision, { mine, theirs }: EntrySides): Collisions['merged'] {
  switch (decision.outcome) {
    case 'same':
    case 'theirs':
    case 'conflict':
      return [];
    case 'mine':
      return [{ path, result: 'current' }];
    case 'merged':
      return [{ path, result: resultOf(decision, mine, theirs) }];
  }
}
