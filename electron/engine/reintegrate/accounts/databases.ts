/**
 * The identity databases and how their lines are read: passwd(5), shadow(5), group(5), gshadow(5), subuid(5), subgid(5). A line that
 * is no entry (a comment, an empty line, the `+` and `-` lines of NIS in nsswitch.conf(5)'s compat mode) is kept as it is.
 */

/** How a field is merged: as a value, as a set of names, or as a date of which the later one holds. */
type Field = 'value' | 'names' | 'date';

const value = (count: number): Field[] => Array.from({ length: count }, () => 'value');

export const formats = {
  passwd: value(7),
  shadow: [...value(2), 'date', ...value(6)],
  group: [...value(3), 'names'],
  gshadow: [...value(2), 'names', 'names'],
  subuid: value(3),
  subgid: value(3),
} as const satisfies Record<string, readonly Field[]>;

export type DatabaseName = keyof typeof formats;
export const databaseNames = Object.keys(formats) as DatabaseName[];

/** Of whom an owner may have several, told apart by their order. */
const ranged: readonly DatabaseName[] = ['subuid', 'subgid'];

export interface Line {
  /** The same on all sides for what is the same thing. */
  readonly key: string;
  /** As it stands in the file, each character a byte. */
  readonly text: string;
  /** Of an entry; `undefined` for any other line. */
  readonly name?: string;
  /** Of an entry, as many as there are. */
  readonly fields: readonly string[];
}

export interface Database {
  readonly lines: readonly Line[];
  readonly byKey: ReadonlyMap<string, Line>;
  readonly endsWithNewline: boolean;
}

/** Without the name: never a comment, and never a line of NIS. */
const entryStart = /^([^#+\-\s:][^:]*):/;

export function readDatabase(name: DatabaseName, content: Buffer | undefined): Database {
  const text = content?.toString('latin1') ?? '';
  const endsWithNewline = text === '' || text.endsWith('\n');
  const texts = text === '' ? [] : (endsWithNewline ? text.slice(0, -1) : text).split('\n');
  const byKey = new Map<string, Line>();
  const unused = (key: string): string => {
    for (let count = 1; ; count += 1) if (!byKey.has(`${key}\n${count}`)) return `${key}\n${count}`;
  };
  const lines = texts.map((line): Line => {
    const owner = entryStart.exec(line)?.[1];
    let found: Line;
    // The first of two entries with one name is the one in use (getpwnam(3)); the other is kept, but is no account.
    if (owner === undefined || (!ranged.includes(name) && byKey.has(`entry ${owner}`)))
      found = { key: unused(`line ${line}`), text: line, fields: line.split(':') };
    else {
      const key = ranged.includes(name) ? unused(`entry ${owner}`) : `entry ${owner}`;
      found = { key, text: line, name: owner, fields: line.split(':') };
    }
    byKey.set(found.key, found);
    return found;
  });
  return { lines, byKey, endsWithNewline };
}

export function writeDatabase(lines: readonly string[], endsWithNewline: boolean): Buffer {
  return Buffer.from(lines.length === 0 ? '' : lines.join('\n') + (endsWithNewline ? '\n' : ''), 'latin1');
}

/** True for a line after which another reader takes over: what is added goes before it. */
export function isCompat({ text }: Line): boolean {
  return /^[+-]/.test(text);
}
