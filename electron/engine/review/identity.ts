/**
 * Proof: the account files passwd(5), group(5), shadow(5) and gshadow(5) of the staged tree are sound, taken together.
 * Only names and line numbers are ever reported, never a field that could hold a password.
 */
import type { TreeView } from '../environments/environment.js';
import { display, type RawPath } from '../posix/raw-path.js';
import { Findings, type ProofMaker } from './proof.js';
import { readText } from './tree-file.js';

/** Each file with its number of fields. */
const formats = { passwd: 7, group: 4, shadow: 9, gshadow: 4 } as const;
type Name = keyof typeof formats;
const names = Object.keys(formats) as Name[];
const largestFile = 32 * 1024 * 1024;

interface Entry {
  readonly fields: readonly string[];
}

interface Database {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Problems by a key that is the same in both trees when the problem is. */
  readonly problems: ReadonlyMap<string, string>;
}

export const identity: ProofMaker = {
  id: 'identity',
  title: 'the account files are sound',
  prove({ view, before }) {
    const findings = new Findings();
    const now = new Map(names.map((name) => [name, read(view, name)]));
    const old = new Map(names.map((name) => [name, read(before, name)]));
    for (const name of names) {
      if (
        now.get(name) === undefined &&
        (old.get(name) !== undefined || name === 'passwd' || name === 'group')
      )
        findings.fail(`etc/${name} is missing or is no file.`);
      for (const [key, problem] of now.get(name)?.problems ?? [])
        findings.add(old.get(name)?.problems.has(key) ? 'warn' : 'fail', problem);
    }
    const root = now.get('passwd')?.entries.get('root');
    if (now.get('passwd') !== undefined && root?.fields[2] !== '0')
      findings.fail('etc/passwd: there is no account root with the user id 0.');
    const was = (name: Name): ReadonlyMap<string, Entry> => old.get(name)?.entries ?? new Map();
    const is = (name: Name): ReadonlyMap<string, Entry> => now.get(name)?.entries ?? new Map();
    lostPrimaryGroups(findings, was, is);
    lostPasswords(findings, was, is);
    const accounts = is('passwd').size;
    return Promise.resolve(
      findings.proof('identity', {
        pass: `${accounts} accounts and ${is('group').size} groups, all sound.`,
        warn: 'The account files have faults that they had before the update.',
        fail: 'The account files of the staged environment are not sound.',
      }),
    );
  },
};

type Lookup = (name: Name) => ReadonlyMap<string, Entry>;

/** Users whose primary group is gone, unless it was missing before. */
function lostPrimaryGroups(findings: Findings, was: Lookup, is: Lookup): void {
  const groupIds = (lookup: Lookup): Set<string> =>
    new Set([...lookup('group').values()].map((entry) => entry.fields[2] ?? ''));
  const nowGroups = groupIds(is);
  const oldGroups = groupIds(was);
  for (const [user, { fields }] of is('passwd')) {
    if (nowGroups.has(fields[3] ?? '')) continue;
    const old = was('passwd').get(user);
    const hadOne = old === undefined || oldGroups.has(old.fields[3] ?? '');
    findings.add(hadOne ? 'fail' : 'warn', `etc/passwd: the primary group of ${shown(user)} does not exist.`);
  }
}

/** Users whose password is kept in shadow, where their entry is gone: nobody could log in as them any more. */
function lostPasswords(findings: Findings, was: Lookup, is: Lookup): void {
  for (const [user, { fields }] of is('passwd')) {
    if (fields[1] === 'x' && !is('shadow').has(user) && was('shadow').has(user))
      findings.fail(`etc/shadow: the entry of ${shown(user)} is gone.`);
  }
}

function read(view: TreeView, name: Name): Database | undefined {
  const text = readText(view, `etc/${name}` as RawPath, largestFile);
  return text === undefined ? undefined : parse(name, text);
}

/** Parses one account file. Exported for its tests. */
export function parse(name: Name, text: string): Database {
  const entries = new Map<string, Entry>();
  const problems = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    // nss_files skips empty lines and comments; + and - are the NIS entries of nsswitch.conf(5)'s compat mode
    if (/^\s*(#|$)/.test(line) || /^[+-]/.test(line)) continue;
    const fields = line.split(':');
    const key = fields[0] ?? '';
    const place = `etc/${name}, line ${index + 1}`;
    if (fields.length !== formats[name])
      problems.set(`fields of ${key}`, `${place}: it has ${fields.length} fields, not ${formats[name]}.`);
    else if (key === '') problems.set('no name', `${place}: it has no name.`);
    else if (entries.has(key)) problems.set(`duplicate ${key}`, `${place}: ${shown(key)} is there already.`);
    else {
      if (!numbersAreSound(name, fields))
        problems.set(`number of ${key}`, `${place}: an id of ${shown(key)} is no number.`);
      entries.set(key, { fields });
    }
  }
  return { entries, problems };
}

function numbersAreSound(name: Name, fields: readonly string[]): boolean {
  const ids = name === 'passwd' ? [fields[2], fields[3]] : name === 'group' ? [fields[2]] : [];
  return ids.every((id) => id !== undefined && /^\d{1,10}$/.test(id) && Number(id) < 2 ** 32);
}

function shown(name: string): string {
  return display(name as RawPath);
}
