/** What the identity databases say when they are taken together: who exists, with which numbers, and who can log in. */
import { readDatabase, type Database, type DatabaseName } from './databases.js';

/** The content of each database; `undefined` where there is no such file. */
export type Contents = Readonly<Record<DatabaseName, Buffer | undefined>>;

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Group {
  readonly gid: number;
  readonly members: ReadonlySet<string>;
}

export interface Range {
  readonly owner: string;
  readonly start: number;
  readonly count: number;
}

export interface Accounts {
  readonly users: ReadonlyMap<string, User>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Names in the shadow files; `undefined` where there is no such file. */
  readonly shadow: ReadonlySet<string> | undefined;
  readonly gshadow: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  readonly subuid: readonly Range[];
  readonly subgid: readonly Range[];
  /** Every number with its names; lines that the C library might still understand are counted. */
  readonly uids: ReadonlyMap<number, ReadonlySet<string>>;
  readonly gids: ReadonlyMap<number, ReadonlySet<string>>;
  /** Those with a shell to log in with, those with a password that can be given, and when accounts expire (days since 1970). */
  readonly shells: ReadonlySet<string>;
  readonly passwords: ReadonlySet<string>;
  readonly expiry: ReadonlyMap<string, number>;
  /** True where other users may come from NIS. */
  readonly hasCompat: boolean;
}

export function readAccounts(contents: Contents): Accounts {
  const read = (name: DatabaseName): Database => readDatabase(name, contents[name]);
  const [passwd, shadow, group, gshadow] = [read('passwd'), read('shadow'), read('group'), read('gshadow')];
  const users = new Map<string, User>();
  const shells = new Set<string>();
  const passwords = new Set<string>();
  for (const { name, fields } of passwd.lines) {
    const [uid, gid] = [numberOf(fields[2]), numberOf(fields[3])];
    if (name === undefined || uid === undefined || gid === undefined) continue;
    users.set(name, { uid, gid });
    if (!/\/(nologin|false|sync|shutdown|halt)\s*$/.test(fields[6] ?? '')) shells.add(name);
    const password = fields[1] === 'x' ? shadow.byKey.get(`entry ${name}`)?.fields[1] : fields[1];
    if (password !== undefined && !/^[!*]/.test(password)) passwords.add(name);
  }
  const groups = new Map<string, Group>();
  for (const { name, fields } of group.lines) {
    const gid = numberOf(fields[2]);
    if (name !== undefined && gid !== undefined) groups.set(name, { gid, members: membersOf(fields[3]) });
  }
  const expiry = new Map<string, number>();
  for (const { name, fields } of shadow.lines) {
    const day = numberOf(fields[7]);
    if (name !== undefined && day !== undefined) expiry.set(name, day);
  }
  return {
    users,
    groups,
    shadow: contents.shadow && new Set(shadow.lines.flatMap(({ name }) => name ?? [])),
    gshadow:
      contents.gshadow &&
      new Map(
        gshadow.lines.flatMap(({ name, fields }) =>
          name === undefined ? [] : [[name, membersOf(fields[3])] as const],
        ),
      ),
    subuid: rangesOf(read('subuid')),
    subgid: rangesOf(read('subgid')),
    uids: numbersOf(passwd),
    gids: numbersOf(group),
    shells,
    passwords,
    expiry,
    hasCompat: passwd.lines.some(({ text }) => /^\+/.test(text)),
  };
}

function numbersOf({ lines }: Database): Map<number, Set<string>> {
  const numbers = new Map<number, Set<string>>();
  for (const { name, text, fields } of lines) {
    const id = /^[#+-]/.test(text) ? undefined : numberOf(fields[2]);
    if (id !== undefined) numbers.set(id, (numbers.get(id) ?? new Set()).add(name ?? fields[0] ?? ''));
  }
  return numbers;
}

function rangesOf({ lines }: Database): Range[] {
  return lines.flatMap(({ name, fields }) => {
    const [start, count] = [numberOf(fields[1]), numberOf(fields[2])];
    return name === undefined || start === undefined || count === undefined || count === 0
      ? []
      : [{ owner: name, start, count }];
  });
}

function membersOf(list: string | undefined): Set<string> {
  return new Set((list ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()])));
}

/** A whole number of 32 bits; a CR at the end of a line is no part of it. */
function numberOf(text: string | undefined): number | undefined {
  const digits = /^(\d{1,10})\r?$/.exec(text ?? '')?.[1];
  return digits !== undefined && Number(digits) < 2 ** 32 ? Number(digits) : undefined;
}
