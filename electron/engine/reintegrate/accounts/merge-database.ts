/** One identity database by entry: entries are keyed by name, their fields merged, the order and every other line kept. */
import { mergeValue, unrecorded } from '../merge-value.js';
import {
  formats,
  isCompat,
  readDatabase,
  writeDatabase,
  type Database,
  type DatabaseName,
} from './databases.js';
import { problemAbout, type AccountProblem } from './problems.js';

export interface MergedDatabase {
  /** With mine where there is a problem. */
  readonly content: Buffer;
  readonly problems: readonly AccountProblem[];
}

/** A missing base is an empty one: then both sides added what they have. */
export function mergeDatabase(
  name: DatabaseName,
  base: Buffer | undefined,
  mine: Buffer,
  theirs: Buffer,
): MergedDatabase {
  const sides = {
    base: readDatabase(name, base),
    mine: readDatabase(name, mine),
    theirs: readDatabase(name, theirs),
  };
  const problems: AccountProblem[] = [];
  const results = new Map<string, string>();
  for (const key of new Set([...sides.mine.byKey.keys(), ...sides.theirs.byKey.keys()])) {
    const line = mergeLine(name, key, sides, problems);
    if (line !== undefined) results.set(key, line);
  }
  const newline = mergeValue(
    base === undefined ? unrecorded : sides.base.endsWithNewline,
    sides.mine.endsWithNewline,
    sides.theirs.endsWithNewline,
  );
  const lines = inOrder(sides, results);
  return { content: writeDatabase(lines, newline === 'conflict' || newline.value), problems };
}

interface DatabaseSides {
  readonly base: Database;
  readonly mine: Database;
  readonly theirs: Database;
}

function mergeLine(
  database: DatabaseName,
  key: string,
  sides: DatabaseSides,
  problems: AccountProblem[],
): string | undefined {
  const [old, left, right] = [
    sides.base.byKey.get(key),
    sides.mine.byKey.get(key),
    sides.theirs.byKey.get(key),
  ];
  const result = mergeValue(old?.text, left?.text, right?.text);
  if (result !== 'conflict') return result.value;
  const name = left?.name ?? right?.name ?? '';
  if (!left || !right) {
    problems.push(problemAbout('REMOVED_AND_CHANGED', database, name));
    return left?.text;
  }
  const fields = mergeFields(formats[database], old?.fields, left.fields, right.fields);
  if (fields !== undefined) return fields;
  problems.push(problemAbout(old ? 'CHANGED_BY_BOTH' : 'ADDED_BY_BOTH', database, name));
  return left.text;
}

function mergeFields(
  format: readonly ('value' | 'names' | 'date')[],
  old: readonly string[] | undefined,
  left: readonly string[],
  right: readonly string[],
): string | undefined {
  if ([old ?? left, left, right].some(({ length }) => length !== format.length)) return undefined;
  const merged: string[] = [];
  for (const [at, kind] of format.entries()) {
    const [was, mine, theirs] = [old?.[at], left[at] ?? '', right[at] ?? ''];
    const result = mergeValue(was ?? unrecorded, mine, theirs);
    if (result !== 'conflict') merged.push(result.value);
    else if (kind === 'names') merged.push(mergeNames(was ?? '', mine, theirs));
    // Of the same password the later change is the right one.
    else if (kind === 'date' && left[at - 1] === right[at - 1] && /^\d+$/.test(mine) && /^\d+$/.test(theirs))
      merged.push(Number(mine) > Number(theirs) ? mine : theirs);
    else return undefined;
  }
  return merged.join(':');
}

/** A set, in my order, with what they added at the end. */
function mergeNames(was: string, mine: string, theirs: string): string {
  const [old, left, right] = [was, mine, theirs].map((list) => list.split(',').filter((name) => name !== ''));
  const [before, removedFrom] = [new Set(old), new Set(right)];
  const kept = (left ?? []).filter((name) => !before.has(name) || removedFrom.has(name));
  const known = new Set([...(left ?? []), ...before]);
  return [...kept, ...(right ?? []).filter((name) => !known.has(name))].join(',');
}

/** My order; what they added follows what it follows on their side, after what I added there. */
function inOrder({ mine, theirs }: DatabaseSides, results: ReadonlyMap<string, string>): string[] {
  const following = new Map<string, string[]>();
  let anchor = '';
  for (const { key } of theirs.lines) {
    if (!results.has(key)) continue;
    if (mine.byKey.has(key)) anchor = key;
    else following.set(anchor, [...(following.get(anchor) ?? []), key]);
  }
  const keys: string[] = [];
  let waiting = following.get('') ?? [];
  for (const line of mine.lines) {
    if (!results.has(line.key)) continue;
    if (theirs.byKey.has(line.key) || isCompat(line)) {
      keys.push(...waiting);
      waiting = [];
    }
    keys.push(line.key);
    waiting.push(...(following.get(line.key) ?? []));
  }
  return [...keys, ...waiting].flatMap((key) => results.get(key) ?? []);
}
