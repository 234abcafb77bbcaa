/**
 * The form of pacman's databases, local and sync alike (alpm-repo-desc(5), alpm-db-desc(5), alpm-db-files(5)): `%NAME%` on a line of its
 * own, its values below it one a line, an empty line after the last.
 */
export type Fields = ReadonlyMap<string, readonly string[]>;

export function fieldsIn(text: string): Fields {
  const fields = new Map<string, string[]>();
  let values: string[] | undefined;
  for (const line of text.split('\n')) {
    const name = /^%([A-Z0-9]+)%$/.exec(line)?.[1];
    if (name !== undefined) {
      values = [];
      fields.set(name, values);
    } else if (line === '') values = undefined;
    else values?.push(line);
  }
  return fields;
}

/** The only value of a field that has one. */
export function valueOf(fields: Fields, name: string): string | undefined {
  return fields.get(name)?.[0];
}

export function numberOf(fields: Fields, name: string): number {
  return Number(valueOf(fields, name) ?? 0) || 0;
}

export function listOf(fields: Fields, name: string): readonly string[] {
  return fields.get(name) ?? [];
}

/** The `desc` files of a sync database, one after the other: each begins with the name of its package's file. */
export function entriesIn(text: string): Fields[] {
  return text
    .split(/^(?=%FILENAME%$)/m)
    .filter((entry) => entry.startsWith('%FILENAME%'))
    .map(fieldsIn);
}
