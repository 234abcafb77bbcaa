/**
 * The identity databases together. They are one thing: a merge of them is clean as a whole, or mine are kept as they are, so that
 * no name, number or password of one side is ever taken for that of another.
 */
import { readAccounts, type Contents } from './accounts.js';
import { databaseNames, type DatabaseName } from './databases.js';
import { accountProblems, rootAlone } from './invariants.js';
import { mergeDatabase } from './merge-database.js';
import { problemAbout, type AccountProblem } from './problems.js';

export interface MergedAccounts {
  /** The merged databases; mine where there is a problem. */
  readonly contents: Contents;
  /** Why they cannot be merged; empty when they were. */
  readonly problems: readonly AccountProblem[];
}

/** `base` is `undefined` where it was not recorded; then only what is the same can be merged. */
export function mergeAccounts(base: Contents | undefined, mine: Contents, theirs: Contents): MergedAccounts {
  const differing = databaseNames.filter((name) => !same(mine[name], theirs[name]));
  if (differing.length === 0) return { contents: mine, problems: [] };
  if (!base)
    return { contents: mine, problems: differing.map((name) => problemAbout('NO_RECORD', name, '')) };
  const problems: AccountProblem[] = [];
  const contents = { ...mine };
  for (const name of differing) contents[name] = mergeFile(name, base, mine, theirs, problems);
  if (problems.length === 0) {
    const sides = { mine: readAccounts(mine), theirs: readAccounts(theirs), base: readAccounts(base) };
    const found = accountProblems(readAccounts(contents), sides);
    // Where mine has what theirs lacks, the result may be sound; what was offered is not, all the same.
    const alone = found.some(({ code }) => code === 'ROOT_ALONE') ? [] : rootAlone(sides.theirs, sides.mine);
    problems.push(...found, ...alone);
  }
  return problems.length === 0 ? { contents, problems } : { contents: mine, problems };
}

function mergeFile(
  name: DatabaseName,
  base: Contents,
  mine: Contents,
  theirs: Contents,
  problems: AccountProblem[],
): Buffer | undefined {
  const [old, left, right] = [base[name], mine[name], theirs[name]];
  if (same(old, left)) return right;
  if (same(old, right)) return left;
  if (left && right) {
    const merged = mergeDatabase(name, old, left, right);
    problems.push(...merged.problems);
    return merged.content;
  }
  problems.push(problemAbout('REMOVED_AND_CHANGED', name, ''));
  return left;
}

function same(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
