/**
 * The account files of a practice system: the machine's system accounts, without anyone who logs in and without any
 * password. `/etc/shadow` and `/etc/gshadow` are made from scratch; those of the machine are not even read.
 */

export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
  readonly gshadow: string;
}

/** Where people's accounts begin (login.defs(5), UID_MIN), and the account of nobody. */
const firstPerson = 1000;
const nobody = 65_534;
/** Days since the epoch on which all passwords were changed: any, but not 0, which asks for a new one. */
const changed = 19_000;

/** Texts are bytes as latin1. */
export function accountFiles(passwd: string, group: string): AccountFiles {
  const users = fields(passwd, 7).filter(([, , uid]) => isSystem(uid));
  const names = new Set(users.map(([name]) => name));
  const groups = fields(group, 4)
    .filter(([, , gid]) => isSystem(gid))
    .map(([name = '', , gid = '', members = '']) => {
      const kept = members.split(',').filter((member) => names.has(member));
      return { name, gid, members: kept.join(',') };
    });
  const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  return {
    passwd: text(users.map(([name, , ...rest]) => [name, 'x', ...rest].join(':'))),
    group: text(groups.map(({ name, gid, members }) => `${name}:x:${gid}:${members}`)),
    shadow: text(users.map(([name]) => `${name}:*:${changed}:0:99999:7:::`)),
    gshadow: text(groups.map(({ name, members }) => `${name}:*::${members}`)),
  };
}

function isSystem(id: string | undefined): boolean {
  const number = Number(id);
  return number < firstPerson || number === nobody;
}

function fields(text: string, count: number): string[][] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((entry) => entry.length === count && /^\d+$/.test(entry[2] ?? ''));
}
