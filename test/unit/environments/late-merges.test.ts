/** What was written to `/etc` between a switch and its start: merged with what runs, decided once, and nothing of it lost. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  forgetLateMerges,
  lateMerges,
  type LateOutcome,
} from '../../../electron/engine/environments/snapshots/late-merges.js';
import type { ArrivalRecord } from '../../../electron/engine/environments/snapshots/switch-record.js';
import { bytes, raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { makeStore, openSystem, type System } from '../../../electron/engine/system.js';

type Tree = 'before' | 'late' | 'here';

let folder: string;
let system: System;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-late-'));
  for (const name of ['usr', 'etc', 'var/lib']) mkdirSync(join(folder, 'here', name), { recursive: true });
  for (const tree of ['before', 'late']) mkdirSync(join(folder, tree, 'etc'), { recursive: true });
  system = openSystem(join(folder, 'here'));
  makeStore(system);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (tree: Tree, path: string): string => join(folder, tree, path);
function put(path: string, before?: string, late?: string, here?: string): void {
  for (const [tree, content] of Object.entries({ before, late, here })) {
    if (content === undefined) continue;
    mkdirSync(dirname(at(tree as Tree, path)), { recursive: true });
    writeFileSync(at(tree as Tree, path), content);
  }
}

const arrival = (list: ArrivalRecord['list'] = 'forward'): ArrivalRecord => ({
  ...{ version: 1, restorePoint: 'point', way: { by: 'default' }, from: 'late', to: 'here', seen: 'before' },
  ...{ list, destroy: false },
});
function merges(paths: readonly string[], record = arrival()): ReadonlyMap<RawPath, LateOutcome> {
  const trees = { before: raw(at('before', '')), late: raw(at('late', '')) };
  return lateMerges(system, record, trees, paths as RawPath[]);
}
const show = (outcomes: ReadonlyMap<RawPath, LateOutcome>): Record<string, string> =>
  Object.fromEntries(
    [...outcomes].map(([path, outcome]) => [
      path,
      typeof outcome === 'string' ? outcome : readFileSync(bytes(outcome.merged), 'utf8'),
    ]),
  );

const user = (name: string, id: number): string => `${name}:x:${id}:${id}::/home/${name}:/bin/sh\n`;
const group = (name: string, id: number): string => `${name}:x:${id}:\n`;
const secret = (name: string): string => `${name}:!:19000:0:99999:7:::\n`;
/** The account files, each with what every tree adds to it. */
function accounts(late: readonly [string, number], here: readonly [string, number]): void {
  const [[ours, ourId], [theirs, theirId]] = [late, here];
  for (const [path, line] of [
    ['etc/passwd', user],
    ['etc/shadow', secret],
    ['etc/group', group],
    ['etc/gshadow', (name: string) => `${name}:!::\n`],
  ] as const)
    put(path, line('root', 0), line('root', 0) + line(ours, ourId), line('root', 0) + line(theirs, theirId));
}
const accountFiles = ['etc/passwd', 'etc/shadow', 'etc/group', 'etc/gshadow'];

it('text and permissions of both are merged; what cannot be is kept aside', () => {
  put('etc/text', 'a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n');
  put('etc/mode', 'old\n', 'old\n', 'new\n');
  for (const [tree, mode] of [
    ['before', 0o644],
    ['late', 0o600],
    ['here', 0o644],
  ] as const)
    chmodSync(at(tree, 'etc/mode'), mode);
  put('etc/clash', 'a\n', 'b\n', 'c\n');
  put('etc/both', 'a\n', 'b\n', 'b\n');
  put('etc/gone', 'a\n', undefined, 'b\n');
  put('usr/program', 'a\n', 'b\n', 'c\n');
  const outcomes = merges(['etc/text', 'etc/mode', 'etc/clash', 'etc/both', 'etc/gone', 'usr/program']);
  expect(show(outcomes)).toEqual({
    'etc/text': 'A\nb\nC\n',
    'etc/mode': 'new\n',
    'etc/clash': 'aside',
    'etc/both': 'here',
    'etc/gone': 'aside',
  });
  const mode = outcomes.get('etc/mode' as RawPath);
  expect(typeof mode === 'object' && statSync(bytes(mode.merged)).mode & 0o777).toBe(0o600);
  expect(readFileSync(at('here', 'etc/text'), 'utf8')).toBe('a\nb\nC\n');
});

it('accounts of both are there, in every file', () => {
  accounts(['ann', 1001], ['daemon', 101]);
  put('etc/passwd-', '', user('root', 0), user('root', 0) + user('other', 7));
  const outcomes = show(merges([...accountFiles, 'etc/passwd-']));
  for (const path of accountFiles) {
    expect(outcomes[path], path).toMatch(/^ann:/m);
    expect(outcomes[path], path).toMatch(/^daemon:/m);
  }
  // What the tools keep of the version before comes from the last of them.
  expect(outcomes['etc/passwd-']).toBe('late');
});

it('one number for two accounts: forward the update keeps it, and back nobody who was added is lost', () => {
  accounts(['ann', 101], ['daemon', 101]);
  const every = (outcome: string) => Object.fromEntries(accountFiles.map((path) => [path, outcome]));
  expect(show(merges(accountFiles))).toMatchObject(every('aside'));
  expect(show(merges(accountFiles, arrival('rollback')))).toMatchObject(every('late'));
});

it('is decided once: after a cut, what is in place already is not merged again', () => {
  put('etc/text', 'a\n', 'a\nmine\n', 'b\na\n');
  const first = show(merges(['etc/text']));
  expect(first).toEqual({ 'etc/text': 'b\na\nmine\n' });
  writeFileSync(at('here', 'etc/text'), 'b\na\nmine\n');
  expect(show(merges([]))).toEqual(first);
  // Another start has decisions of its own.
  expect(show(merges([], { ...arrival(), seen: 'other' }))).toEqual({});
  merges(['etc/text']);
  forgetLateMerges(system);
  expect(existsSync(join(folder, 'here/var/lib/understudy/arrival-merged'))).toBe(false);
});
