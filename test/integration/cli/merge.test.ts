/** `understudy merge` as other programs use it: real folders, its exit codes, and an OUT that is there as a whole or not at all. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mergedSchema } from '../../../shared/merge.js';
import { launcher, run } from './start.js';

let folder = '';
const at = (path: string): string => join(folder, path);
const write = (path: string, content: string): void => {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), content);
};
const merge = (...argv: string[]) =>
  run([
    process.execPath,
    launcher,
    'merge',
    ...argv.map((part) => (/^(-|[a-z]+new$)/.test(part) ? part : at(part))),
  ]);
const passwd = (...more: string[]): string =>
  ['root:x:0:0:root:/root:/bin/bash', 'daemon:x:1:1::/:/usr/sbin/nologin', ...more, ''].join('\n');
const group = (...more: string[]): string => ['root:x:0:', 'daemon:x:1:', ...more, ''].join('\n');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-merge-'));
  for (const side of ['base', 'mine', 'theirs']) {
    write(`${side}/etc/passwd`, passwd());
    write(`${side}/etc/group`, group());
    write(`${side}/etc/hosts`, 'one\ntwo\nthree\n');
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a clean merge ends with 0, and takes accounts and lines of both', async () => {
  write('mine/etc/passwd', passwd('anna:x:1000:1000::/home/anna:/bin/bash'));
  write('mine/etc/group', group('anna:x:1000:'));
  write('theirs/etc/passwd', passwd('svc:x:999:999::/:/usr/sbin/nologin'));
  write('theirs/etc/group', group('svc:x:999:'));
  write('mine/etc/hosts', 'ONE\ntwo\nthree\n');
  write('theirs/etc/hosts', 'one\ntwo\nTHREE\n');
  mkdirSync(at('out'));
  const { exitCode, stdout, stderr } = await merge('base', 'mine', 'theirs', 'out');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Merged into');
  const text = (path: string): string => readFileSync(at(`out/etc/${path}`), 'utf8');
  expect(text('hosts')).toBe('ONE\ntwo\nTHREE\n');
  expect(text('passwd')).toBe(
    passwd('anna:x:1000:1000::/home/anna:/bin/bash', 'svc:x:999:999::/:/usr/sbin/nologin'),
  );
  expect(readdirSync(folder).sort()).toEqual(['base', 'mine', 'out', 'theirs']);
});

test('conflicts end with 3; OUT is made, with mine in place and theirs beside it', async () => {
  write('mine/etc/hosts', 'mine\n');
  write('theirs/etc/hosts', 'theirs\n');
  write('theirs/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\n');
  write('mine/etc/shadow', 'root:$y$secret:1::::::\n');
  const { exitCode, stdout } = await merge('--json', 'base', 'mine', 'theirs', 'out', '--beside', 'pacnew');
  expect(exitCode).toBe(3);
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { value: unknown };
  const value = mergedSchema.parse(last.value);
  expect(value.counts.conflict).toBe(2);
  expect(value.paths.filter(({ outcome }) => outcome === 'conflict')).toEqual([
    {
      path: 'etc/hosts',
      outcome: 'conflict',
      reason: 'content',
      details: [],
      beside: 'etc/hosts.pacnew',
      base: 'one\ntwo\nthree\n',
      mine: 'mine\n',
      theirs: 'theirs\n',
    },
    {
      path: 'etc/passwd',
      outcome: 'conflict',
      reason: 'accounts',
      details: ['passwd: root is all that the new version has.'],
      beside: 'etc/passwd.pacnew',
      base: null,
      mine: null,
      theirs: null,
    },
  ]);
  expect(stdout).not.toContain('secret');
  expect(readFileSync(at('out/etc/hosts'), 'utf8')).toBe('mine\n');
  expect(readFileSync(at('out/etc/hosts.pacnew'), 'utf8')).toBe('theirs\n');
  expect(readFileSync(at('out/etc/passwd'), 'utf8')).toBe(passwd());
});

test('without a record of the base nothing that differs is chosen', async () => {
  write('theirs/etc/hosts', 'one\n');
  const { exitCode, stdout } = await merge('-', 'mine', 'theirs', 'out');
  expect(exitCode).toBe(3);
  expect(stdout).toContain('etc/hosts: it differs, and what it was before is not known');
  expect(readFileSync(at('out/etc/hosts'), 'utf8')).toBe('one\ntwo\nthree\n');
  expect(readFileSync(at('out/etc/hosts.dpkg-dist'), 'utf8')).toBe('one\n');
});

test.each([
  ['a side that is missing', ['base', 'nothing', 'theirs', 'out'], 'is no folder'],
  ['a side that is a file', ['base', 'mine/etc/hosts', 'theirs', 'out'], 'is no folder'],
  ['an OUT that holds something', ['base', 'mine', 'theirs', 'mine'], 'is no empty folder'],
  ['an OUT that is a file', ['base', 'mine', 'theirs', 'mine/etc/hosts'], 'is no empty folder'],
  ['an OUT inside a side', ['base', 'mine', 'theirs', 'theirs/etc/out'], 'which is to be read'],
  ['an OUT inside a side, through a link', ['base', 'mine', 'theirs', 'link/out'], 'which is to be read'],
  ['an OUT without a folder above it', ['base', 'mine', 'theirs', 'no/where'], 'is no folder'],
])('%s is a usage error, and nothing is made', async (_, argv, words) => {
  symlinkSync('mine', at('link'));
  const before = readdirSync(folder, { recursive: true }).sort();
  const { exitCode, stderr } = await merge(...argv);
  expect(exitCode).toBe(2);
  expect(stderr.replace(/\s+/g, ' ')).toContain(words);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
});
