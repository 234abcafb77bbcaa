/** Where a tree has its identity databases, and what a merge of them says about each of the files. */
import { readFileSync } from 'node:fs';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import type { Contents } from './accounts/accounts.js';
import { databaseNames, type DatabaseName } from './accounts/databases.js';
import { mergeAccounts } from './accounts/merge-accounts.js';
import { problemAbout, type AccountProblem } from './accounts/problems.js';
import { attributesOf, entryAt, sameAttributes, sameEntry, type Entry } from './entry.js';
import { mergeAttributes } from './merge-attributes.js';
import { unrecorded } from './merge-value.js';
import type { Decision } from './merge-entry.js';
import { entriesAt, type Side, type Sides } from './sides.js';

const largestFile = 32 * 1024 * 1024;

/** All of a root tree's `/etc` that is an account file; they are merged together, or not at all. */
export const accountPaths: readonly RawPath[] = databaseNames.map((name) => join('etc' as RawPath, name));

export function isAccountFile(path: string): boolean {
  return accountPaths.some((each) => each === path);
}

/** What account tools keep of the version before. */
export function isOlderAccountFile(path: string): boolean {
  return path.endsWith('-') && isAccountFile(path.slice(0, -1));
}

/** `etc` of a root tree, the top of a tree that is an `/etc` itself, or `undefined` where there are no accounts. */
export function accountsFolder({ mine, theirs }: Sides): RawPath | undefined {
  const has = (side: Side, folder: string): boolean =>
    ['passwd', 'group'].every((name) => entryAt(side.locate(join(folder as RawPath, name)))?.type === 'file');
  return (['etc', ''] as RawPath[]).find((folder) => has(mine, folder) || has(theirs, folder));
}

export interface AccountDecisions {
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly problems: readonly AccountProblem[];
}

/** A decision for each of the files, and why they were not merged. */
export function decideAccounts(sides: Sides, folder: RawPath): AccountDecisions {
  const paths = databaseNames.map((name): [DatabaseName, RawPath] => [name, join(folder, name)]);
  const odd = paths.filter(([, path]) => hasOther(sides, path)).map(([name]) => name);
  const [mine, theirs] = [contentsOf(sides.mine, folder), contentsOf(sides.theirs, folder)];
  const merged =
    odd.length > 0
      ? { contents: mine, problems: odd.map((name) => problemAbout('NO_FILE', name, '')) }
      : mergeAccounts(sides.base && contentsOf(sides.base, folder), mine, theirs);
  const problems = [...merged.problems];
  const decisions = new Map<string, Decision>();
  for (const [name, path] of paths) {
    const decision = decide(sides, path, merged.contents[name]);
    if (decision.outcome === 'conflict')
      problems.push(problemAbout('CHANGED_BY_BOTH', name, '', 'attributes'));
    decisions.set(path, decision);
  }
  if (problems.length === 0) return { decisions, problems };
  const details = problems.map(({ sentence }) => sentence);
  return {
    decisions: new Map(paths.map(([, path]) => [path, refused(sides, path, details)])),
    problems,
  };
}

/** Anything but a regular file that is not the same on both sides. */
function hasOther(sides: Sides, path: RawPath): boolean {
  const { mine, theirs } = entriesAt(sides, path);
  if (mine && theirs && sameEntry(mine, theirs)) return false;
  return [mine, theirs].some((entry) => entry && (entry.type !== 'file' || entry.status.size > largestFile));
}

function decide(sides: Sides, path: RawPath, content: Buffer | undefined): Decision {
  const { base, mine, theirs } = entriesAt(sides, path);
  if (!mine && !theirs) return { outcome: 'same' };
  if (!mine || !theirs)
    return { outcome: (mine === undefined) === (content === undefined) ? 'mine' : 'theirs' };
  if (mine.type !== 'file') return { outcome: 'same' };
  const known = base === unrecorded || base?.type !== 'file' ? unrecorded : attributesOf(base);
  const { attributes, conflicts } = mergeAttributes(known, attributesOf(mine), attributesOf(theirs));
  if (conflicts.length > 0) return { outcome: 'conflict', reason: 'attributes', details: conflicts };
  if (content === undefined) return { outcome: 'theirs' };
  const fits = (entry: Entry): boolean =>
    sameAttributes(attributes, attributesOf(entry)) && contentOf(entry).equals(content);
  if (fits(mine)) return { outcome: fits(theirs) ? 'same' : 'mine' };
  return fits(theirs) ? { outcome: 'theirs' } : { outcome: 'merged', content, attributes };
}

/** All of them stay as mine are. */
function refused(sides: Sides, path: RawPath, details: readonly string[]): Decision {
  const { base, mine, theirs } = entriesAt(sides, path);
  if (mine && theirs ? sameEntry(mine, theirs) : mine === theirs) return { outcome: 'same' };
  const untouched = base !== unrecorded && (base && theirs ? sameEntry(base, theirs) : base === theirs);
  return untouched ? { outcome: 'mine' } : { outcome: 'conflict', reason: 'accounts', details };
}

export function contentsOf(side: Side, folder: RawPath): Contents {
  const contents: Partial<Record<DatabaseName, Buffer | undefined>> = {};
  for (const name of databaseNames) {
    const entry = entryAt(side.locate(join(folder, name)));
    contents[name] =
      entry?.type === 'file' && entry.status.size <= largestFile ? contentOf(entry) : undefined;
  }
  return contents as Contents;
}

function contentOf({ place }: Entry): Buffer {
  return readFileSync(bytes(place));
}
