/**
 * What must hold of the identity databases after a merge, and again at the next boot, whoever made them. It does not trust the
 * merge: it knows only the result and the versions that it was made of.
 */
import type { Accounts, Range } from './accounts.js';
import { problemAbout, type AccountProblem } from './problems.js';

export interface Origins {
  /** What people and programs relied on until now. */
  readonly mine: Accounts;
  /** The other version, where there is one. */
  readonly theirs?: Accounts | undefined;
  /** What both come from; without it nobody can have removed anything. */
  readonly base?: Accounts | undefined;
}

/** Empty when all is well. */
export function accountProblems(now: Accounts, origins: Origins): AccountProblem[] {
  return [
    ...rootProblems(now, origins),
    ...lostLogins(now, origins),
    ...sharedNumbers(now, origins),
    ...reusedNumbers(now, origins),
    ...vanishedNumbers(now, origins),
    ...danglingGroups(now, origins),
    ...danglingMembers(now, origins),
    ...outOfStep(now, origins),
    ...sharedRanges(now, origins),
  ];
}

function sidesOf({ mine, theirs }: Origins): Accounts[] {
  return theirs ? [mine, theirs] : [mine];
}

function rootProblems(now: Accounts, { mine }: Origins): AccountProblem[] {
  const problems: AccountProblem[] = [];
  if (now.users.get('root')?.uid !== 0) problems.push(problemAbout('ROOT_MISSING', 'passwd', 'root'));
  if (now.groups.get('root')?.gid !== 0 && mine.groups.get('root')?.gid === 0)
    problems.push(problemAbout('ROOT_MISSING', 'group', 'root'));
  return [...problems, ...rootAlone(now, mine)];
}

/** A passwd with root alone, as a package brings it for a new system, replaces no one's. */
export function rootAlone(version: Accounts, mine: Accounts): AccountProblem[] {
  const problems: AccountProblem[] = [];
  if (version.users.size <= 1 && mine.users.size > 1)
    problems.push(problemAbout('ROOT_ALONE', 'passwd', 'root'));
  if (version.groups.size <= 1 && mine.groups.size > 1)
    problems.push(problemAbout('ROOT_ALONE', 'group', 'root'));
  return problems;
}

function lostLogins(now: Accounts, { mine }: Origins): AccountProblem[] {
  const lost = (name: string): boolean => {
    if (!now.users.has(name)) return mine.shells.has(name);
    if (mine.shells.has(name) && !now.shells.has(name)) return true;
    if (mine.shells.has(name) && mine.passwords.has(name) && !now.passwords.has(name)) return true;
    const [before, after] = [mine.expiry.get(name), now.expiry.get(name)];
    return mine.shells.has(name) && after !== undefined && (before === undefined || after < before);
  };
  return [...mine.users.keys()].filter(lost).map((name) => problemAbout('LOGIN_LOST', 'passwd', name));
}

/** Two names with one number must have had that on one of the sides: it is one person or group to the kernel. */
function sharedNumbers(now: Accounts, origins: Origins): AccountProblem[] {
  const problems: AccountProblem[] = [];
  for (const kind of ['uids', 'gids'] as const) {
    for (const [id, names] of now[kind]) {
      if (names.size < 2) continue;
      if (sidesOf(origins).some((side) => isSubset(names, side[kind].get(id)))) continue;
      const list = [...names];
      problems.push(
        problemAbout('ID_SHARED', kind === 'uids' ? 'passwd' : 'group', String(id), list.join(', ')),
      );
    }
  }
  return problems;
}

/** A number that stood for someone does not stand for someone else now: the files that bear it are still the first one's. */
function reusedNumbers(now: Accounts, { mine }: Origins): AccountProblem[] {
  const problems: AccountProblem[] = [];
  for (const kind of ['uids', 'gids'] as const) {
    for (const [id, names] of now[kind]) {
      const before = mine[kind].get(id);
      if (before === undefined || [...names].some((name) => before.has(name))) continue;
      const change = `${id}, of ${[...before].join(', ')}`;
      const name = [...names].join(', ');
      problems.push(problemAbout('ID_REUSED', kind === 'uids' ? 'passwd' : 'group', name, change));
    }
  }
  return problems;
}

/** A number that a side has is there, unless it was there before and the other side took it away. */
function vanishedNumbers(now: Accounts, { mine, theirs, base }: Origins): AccountProblem[] {
  const problems: AccountProblem[] = [];
  for (const kind of ['uids', 'gids'] as const) {
    const gone = new Set<number>();
    const look = (side: Accounts, other: Accounts | undefined): void => {
      for (const id of side[kind].keys()) {
        const removed = base?.[kind].has(id) === true && other !== undefined && !other[kind].has(id);
        if (!now[kind].has(id) && !removed) gone.add(id);
      }
    };
    look(mine, theirs);
    if (theirs) look(theirs, mine);
    for (const id of gone)
      problems.push(problemAbout('ID_VANISHED', kind === 'uids' ? 'passwd' : 'group', String(id)));
  }
  return problems;
}

function danglingGroups(now: Accounts, origins: Origins): AccountProblem[] {
  const problems: AccountProblem[] = [];
  for (const [name, { gid }] of now.users) {
    if (now.gids.has(gid)) continue;
    const before = sidesOf(origins).some((side) => side.users.get(name)?.gid === gid && !side.gids.has(gid));
    if (!before) problems.push(problemAbout('GROUP_MISSING', 'passwd', name, String(gid)));
  }
  return problems;
}

function danglingMembers(now: Accounts, origins: Origins): AccountProblem[] {
  if (now.hasCompat) return [];
  const problems: AccountProblem[] = [];
  for (const [name, { members }] of now.groups) {
    for (const member of members) {
      if (now.users.has(member)) continue;
      const before = sidesOf(origins).some(
        (side) => side.groups.get(name)?.members.has(member) === true && !side.users.has(member),
      );
      if (!before) problems.push(problemAbout('MEMBER_MISSING', 'group', name, member));
    }
  }
  return problems;
}

/** passwd with shadow, and group with gshadow: whoever is in one half only was so on one of the sides. */
function outOfStep(now: Accounts, origins: Origins): AccountProblem[] {
  const problems: AccountProblem[] = [];
  const sides = sidesOf(origins);
  const inStep = (side: Accounts, name: string): string =>
    `${side.users.has(name)} ${side.shadow === undefined ? 'none' : side.shadow.has(name)}`;
  for (const name of new Set([...now.users.keys(), ...(now.shadow ?? [])])) {
    if (now.shadow === undefined || (now.users.has(name) && now.shadow.has(name))) continue;
    if (!sides.some((side) => inStep(side, name) === inStep(now, name)))
      problems.push(problemAbout('OUT_OF_STEP', 'shadow', name));
  }
  for (const name of new Set([...now.groups.keys(), ...(now.gshadow?.keys() ?? [])])) {
    if (now.gshadow === undefined) break;
    const state = (side: Accounts): 'both' | 'differ' | 'group' | 'gshadow' | 'none' => {
      const [members, others] = [side.groups.get(name)?.members, side.gshadow?.get(name)];
      if (members === undefined) return others === undefined ? 'none' : 'gshadow';
      if (others === undefined) return 'group';
      return isSubset(members, others) && isSubset(others, members) ? 'both' : 'differ';
    };
    const found = state(now);
    if (found !== 'both' && !sides.some((side) => state(side) === found))
      problems.push(problemAbout('OUT_OF_STEP', 'gshadow', name));
  }
  return problems;
}

function sharedRanges(now: Accounts, origins: Origins): AccountProblem[] {
  const problems: AccountProblem[] = [];
  for (const kind of ['subuid', 'subgid'] as const) {
    const before = new Set(sidesOf(origins).flatMap((side) => overlaps(side[kind])));
    for (const pair of overlaps(now[kind]))
      if (!before.has(pair)) problems.push(problemAbout('RANGE_SHARED', kind, pair));
  }
  return problems;
}

/** Owners of ranges that have a number in common, as pairs. */
function overlaps(ranges: readonly Range[]): string[] {
  const pairs = new Set<string>();
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  for (const [at, range] of sorted.entries()) {
    for (const other of sorted.slice(at + 1)) {
      if (other.start >= range.start + range.count) break;
      if (other.owner !== range.owner) pairs.add([range.owner, other.owner].sort().join(', '));
    }
  }
  return [...pairs];
}

function isSubset(names: ReadonlySet<string>, others: ReadonlySet<string> | undefined): boolean {
  return others !== undefined && [...names].every((name) => others.has(name));
}
