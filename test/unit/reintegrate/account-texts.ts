/** The identity databases of three sides as texts. */
import type { Contents } from '../../../electron/engine/reintegrate/accounts/accounts.js';
import { databaseNames, type DatabaseName } from '../../../electron/engine/reintegrate/accounts/databases.js';
import { mergeAccounts } from '../../../electron/engine/reintegrate/accounts/merge-accounts.js';

export type Texts = Partial<Record<DatabaseName, string>>;

/** A small system: root, a service, a group of it, a person. */
export const small: Texts = {
  passwd:
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nanna:x:1000:1000:Anna:/home/anna:/bin/bash\n',
  shadow: 'root:$y$root:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\nanna:$y$anna:20000:0:99999:7:::\n',
  group: 'root:x:0:\ndaemon:x:1:\naudio:x:29:anna\nanna:x:1000:\n',
  gshadow: 'root:*::\ndaemon:*::\naudio:*::anna\nanna:!::\n',
  subuid: 'anna:100000:65536\n',
  subgid: 'anna:100000:65536\n',
};

export function contentsOf(texts: Texts): Contents {
  return Object.fromEntries(
    databaseNames.map((name) => {
      const text = texts[name];
      return [name, text === undefined ? undefined : Buffer.from(text, 'latin1')];
    }),
  ) as Contents;
}

export function textsOf(contents: Contents): Texts {
  return Object.fromEntries(
    databaseNames.flatMap((name) => {
      const content = contents[name];
      return content ? [[name, content.toString('latin1')]] : [];
    }),
  );
}

export function mergeTexts(
  base: Texts | undefined,
  mine: Texts,
  theirs: Texts,
): { merged: Texts; problems: string[] } {
  const result = mergeAccounts(base && contentsOf(base), contentsOf(mine), contentsOf(theirs));
  return {
    merged: textsOf(result.contents),
    problems: result.problems.map(({ code, database, name }) => `${code} ${database} ${name}`.trimEnd()),
  };
}

/** With some of the texts changed: each a pair of what to look for and what to put there. */
export function edited(
  texts: Texts,
  edits: Partial<Record<DatabaseName, readonly [string | RegExp, string]>>,
): Texts {
  const result = { ...texts };
  for (const [name, [what, by]] of Object.entries(edits) as [DatabaseName, [string | RegExp, string]][]) {
    const before = result[name] ?? '';
    result[name] = before.replace(what, by);
    if (result[name] === before) throw new Error(`${name}: nothing was changed`);
  }
  return result;
}

const end = /$/;

/** As useradd(8) adds an account, at the end of every file. */
export function withUser(
  texts: Texts,
  name: string,
  id: number,
  options: { readonly system?: boolean } = {},
): Texts {
  const shell = options.system ? '/usr/sbin/nologin' : '/bin/bash';
  return edited(texts, {
    passwd: [end, `${name}:x:${id}:${id}::/home/${name}:${shell}\n`],
    shadow: [end, `${name}:${options.system ? '!' : '$y$new'}:20100:0:99999:7:::\n`],
    group: [end, `${name}:x:${id}:\n`],
    gshadow: [end, `${name}:!::\n`],
    ...(options.system
      ? {}
      : { subuid: [end, `${name}:${id * 65536}:65536\n`], subgid: [end, `${name}:${id * 65536}:65536\n`] }),
  });
}
