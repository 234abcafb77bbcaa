/**
 * What a backup of the identity databases has and the system has not, added to what is there by the merge of accounts: nothing is overwritten. Who
 * exists keeps number, password and everything else that may have changed since the backup was made.
 */
import { Fault } from '../fault.js';
import { readAccounts, type Contents } from '../reintegrate/accounts/accounts.js';
import {
  formats,
  readDatabase,
  writeDatabase,
  type DatabaseName,
} from '../reintegrate/accounts/databases.js';
import { mergeAccounts } from '../reintegrate/accounts/merge-accounts.js';
import { everyName } from './backups.js';

/** Throws `ACCOUNTS_UNFIT` with what speaks against it. */
export function broughtBack(now: Contents, backup: Contents): Contents {
  const whole = withoutStumps(now, backup);
  const { contents, problems } = mergeAccounts(commonPast(whole, backup), whole, backup);
  if (problems.length > 0)
    throw new Fault('ACCOUNTS_UNFIT', ...problems.map(({ sentence }) => sentence).slice(0, 20));
  return contents;
}

/** `user NAME` and `group NAME` of all that `after` has and `before` has not. */
export function added(before: Contents, after: Contents): string[] {
  const [old, now] = [readAccounts(before), readAccounts(after)];
  return [
    ...[...now.users.keys()].filter((name) => !old.users.has(name)).map((name) => `user ${name}`),
    ...[...now.groups.keys()].filter((name) => !old.groups.has(name)).map((name) => `group ${name}`),
  ];
}

/** The system's without entries that are cut short, of which the backup has the whole. */
function withoutStumps(now: Contents, backup: Contents): Contents {
  return everyName((name) => {
    const content = now[name];
    if (content === undefined) return undefined;
    const [here, there] = [readDatabase(name, content), readDatabase(name, backup[name])];
    const isStump = (key: string, fields: readonly string[]): boolean =>
      fields.length < formats[name].length && there.byKey.get(key)?.fields.length === formats[name].length;
    const kept = here.lines.filter(({ key, name: owner, fields }) => !owner || !isStump(key, fields));
    if (kept.length === here.lines.length) return content;
    return writeDatabase(
      kept.map(({ text }) => text),
      true,
    );
  });
}

/**
 * The backup without what the system has lost since. With it as the common past of both, the merge sees entries that the backup alone has as added, and
 * of all others what the system has as changed.
 */
function commonPast(now: Contents, backup: Contents): Contents {
  const known = readAccounts(now).users;
  return everyName((name) => {
    const content = backup[name];
    if (content === undefined || now[name] === undefined) return undefined;
    const here = readDatabase(name, now[name]).byKey;
    const { lines, endsWithNewline } = readDatabase(name, content);
    const kept = lines
      .filter(({ key }) => here.has(key))
      .map(({ text, fields }) => withMembers(name, text, fields, (member) => known.has(member)));
    return writeDatabase(kept, endsWithNewline);
  });
}

/** Which fields are lists of users: group(5), gshadow(5). */
const memberFields: Partial<Record<DatabaseName, readonly number[]>> = { group: [3], gshadow: [2, 3] };

function withMembers(
  database: DatabaseName,
  text: string,
  fields: readonly string[],
  stays: (member: string) => boolean,
): string {
  const indexes = memberFields[database];
  if (!indexes || fields.length <= Math.max(...indexes)) return text;
  return fields
    .map((field, index) => (indexes.includes(index) ? field.split(',').filter(stays).join(',') : field))
    .join(':');
}
