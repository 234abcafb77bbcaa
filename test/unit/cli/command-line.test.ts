import { expect, test } from 'vitest';
import { nameOfVerb, readCommand, wantsJson } from '../../../electron/cli/command-line.js';
import { verbs } from '../../../electron/cli/verbs/registry.js';
import { UsageError } from '../../../electron/cli/verbs/verb.js';
import { understudy } from './double.js';

const read = (...argv: string[]) => readCommand(argv, verbs);

test('global options stand before or after the verb', () => {
  for (const argv of [
    ['--root', '/mnt', '--json', 'plan', '--scope', 'security'],
    ['plan', '--scope', 'security', '--json', '--root=/mnt'],
    ['--json', 'plan', '--root', '/mnt', '--scope=security'],
  ]) {
    const { verb, globals, given } = read(...argv);
    expect(verb.name).toBe('plan');
    expect(globals).toEqual({
      root: '/mnt',
      rootGiven: true,
      json: true,
      yes: false,
      quiet: false,
      elevate: false,
    });
    expect(given.values['scope']).toBe('security');
  }
});

test('short options can be joined', () => {
  expect(read('prune', '-yq').globals).toMatchObject({ yes: true, quiet: true });
});

test('a relative root becomes absolute', () => {
  expect(read('inspect', '--root', 'x').globals.root).toBe(`${process.cwd()}/x`);
  expect(read('inspect').globals).toMatchObject({ root: '/', rootGiven: false });
});

test('an option may be a flag for one verb and take a value for another', () => {
  expect(read('prune', '--keep', '2').given.values['keep']).toBe('2');
  expect(read('practice', '--keep').given.values['keep']).toBe(true);
});

test('--help and --version win over everything else', () => {
  expect(read('stage', '--help', 'x')).toMatchObject({
    verb: { name: 'help' },
    given: { positionals: ['stage'] },
  });
  expect(read('--help')).toMatchObject({ verb: { name: 'help' }, given: { positionals: [] } });
  expect(read('--version').verb.name).toBe('version');
});

test('the verb may follow --, and a package may begin with a dash after it', () => {
  expect(read('--', 'inspect').verb.name).toBe('inspect');
  expect(read('plan', '--', '--odd').given.positionals).toEqual(['--odd']);
});

test.each([
  [[], 'A verb is missing.'],
  [['--json'], 'A verb is missing.'],
  [['stag'], 'There is no verb "stag". Did you mean "stage"?'],
  [['frobnicate'], 'There is no verb "frobnicate".'],
  [['--scope', 'all', 'plan'], '"--scope" is no global option; the options of a verb stand after it.'],
  [['plan', '--how', 'live'], "Unknown option '--how'."],
  [['plan', '--a.b'], "Unknown option '--a.b'."],
  [['inspect', '--root'], "Option '--root <value>' argument missing."],
  [['inspect', '--root', '--json'], "Option '--root' argument is ambiguous."],
  [['inspect', '--json=1'], "Option '--json' does not take an argument."],
  [['inspect', '--root='], '--root needs a folder.'],
  [
    ['practice', '--root', '/mnt'],
    'practice makes a system of its own; --root has no meaning for it (see --folder).',
  ],
])('%j is refused', (argv, message) => {
  expect(() => readCommand(argv, verbs)).toThrow(new UsageError(message));
});

test.each([
  [['plan', '--scope', 'some'], '--scope is one of all, security, kernel, selected; "some" is none of them.'],
  [['plan', '--scope', 'selected'], '--scope selected needs the names of the packages.'],
  [['plan', '--scope', 'kernel', 'curl'], 'Package names go with --scope selected, not with --scope kernel.'],
  [['plan', ''], 'A package name is empty.'],
  [['stage', 'plan-1234', '--scope', 'all'], 'Give a plan or a scope'],
  [['stage', 'plan-1234', 'plan-5678'], 'One id is expected'],
  [['stage', '--boot', '--no-boot'], 'Give --boot or --no-boot'],
  [['stage', '--automatic', '--boot'], 'boots as the settings say'],
  [['activate', '--how', 'now'], '--how is one of'],
  [['check', '--for', 'fun'], '--for is one of stage, activation'],
  [['prune', '--keep', '0'], '--keep takes a whole number from 1 on, not "0".'],
  [['prune', '--keep', '-1'], 'argument is ambiguous'],
  [['prune', '--keep', '1e3'], '--keep takes a whole number'],
  [['prune', '--max-bytes', 'much'], '--max-bytes takes a size'],
  [['prune', 'restore-1'], 'Nothing is expected here: "restore-1".'],
  [['decide', 'yours', 'x'], 'The choice is mine or theirs; "yours" is neither.'],
  [['decide', 'mine'], '"mine" needs the files, or --all.'],
  [['decide', '--all'], '--all needs a choice: mine or theirs.'],
  [['decide', 'mine', 'x', '--all'], 'Name files or give --all, not both.'],
  [['environments', 'erase'], 'followed by list, rename, mount, unmount or destroy, not by "erase"'],
  [['environments', 'toString'], 'not by "toString"'],
  [['environments', 'list', 'x'], 'Nothing is expected here: "x".'],
  [['environments', 'rename', 'point-1'], 'It is "rename ID TITLE".'],
  [['environments', 'rename', 'point-1', 'two', 'words'], '"words" is too many.'],
  [['environments', 'rename', 'point-1', ' '], 'A title has at least one character.'],
  [['environments', 'rename', 'point-1', 'x'.repeat(121)], 'A title has at most 120 characters.'],
  [['environments', 'rename', 'point-1', 'a\nb'], 'A title is one line, without control characters.'],
  [['environments', 'rename', 'point-1', 'a\u202eb'], 'A title is one line, without control characters.'],
  [['environments', 'mount', 'point-1'], 'It is "mount ID FOLDER".'],
  [['environments', 'mount', 'point-1', ''], 'The name of the folder is empty.'],
  [['environments', 'unmount'], 'It is "unmount FOLDER".'],
  [['environments', 'destroy'], 'It is "destroy ID".'],
  [['modules', 'erase'], 'followed by status, keep, restore or clean, not by "erase"'],
  [['modules', 'toString'], 'not by "toString"'],
  [['modules', 'keep', 'x'], 'Nothing is expected here: "x".'],
  [['modules', 'restore', '--dry-run'], '--dry-run goes with "clean".'],
  [['backup', 'all'], 'followed by list, identity, verify or restore, not by "all"'],
  [['backup', 'identity', 'x'], 'Nothing is expected here: "x".'],
  [['backup', 'verify', '--dry-run'], '--dry-run goes with "restore".'],
  [['livepatch', 'force'], 'followed by status, list, add, load, unload, undo or remove, not by "force"'],
  [['livepatch', 'toString'], 'not by "toString"'],
  [['livepatch', 'status', 'x'], 'Nothing is expected here: "x".'],
  [['livepatch', 'add'], 'It is "add FILE".'],
  [['livepatch', 'add', ''], 'The name of the file is empty.'],
  [['livepatch', 'add', 'a.ko', 'b.ko'], 'It is "add FILE", and "b.ko" is too many.'],
  [['livepatch', 'add', 'a.ko', '--fixes', ' '], 'What it fixes has at least one character.'],
  [['livepatch', 'add', 'a.ko', '--fixes', 'a\nb'], 'What it fixes is one line, without control characters.'],
  [['livepatch', 'add', 'a.ko', '--again'], '--again goes with "load".'],
  [['livepatch', 'load'], 'It is "load NAME".'],
  [['livepatch', 'load', 'x', '--replaces'], '--replaces goes with "add".'],
  [['livepatch', 'undo', '../x'], '"../x" is no number of the journal'],
  [['livepatch', 'undo', 'load-1', 'load-2'], 'It is "undo TRANSACTION", and "load-2" is too many.'],
  [['livepatch', 'remove', 'x', '--release', '..'], '--release takes what "uname -r" prints'],
  [['livepatch', 'boot', 'x'], 'Nothing is expected here: "x".'],
  [['livepatch', '--now'], '--now goes with "held".'],
  [['inspect', 'x'], 'Nothing is expected here'],
  [['practice', '--folder', ''], '--folder needs a folder.'],
  [['merge', 'base', 'mine', 'theirs'], 'Four folders are expected: BASE MINE THEIRS OUT.'],
  [['merge', 'a', 'b', 'c', 'd', 'e'], 'Four folders are expected, and "e" is a fifth one.'],
  [['merge', 'a', 'b', 'c', 'd', '--beside', 'old'], '--beside is one of dpkg-dist'],
  [['help', 'stage', 'plan'], 'One verb is expected'],
  [['help', 'plann'], 'Did you mean "plan"?'],
])('%j is a usage error in words, and the engine is not called', async (argv, words) => {
  const { exitCode, stderr, stdout, calls } = await understudy(argv);
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(words);
  expect(stderr).toContain('[USAGE]');
  expect(calls).toEqual([]);
});

test.each([
  [['stage', '../../etc'], 'PLAN_UNKNOWN'],
  [['check', 'A'], 'PLAN_UNKNOWN'],
  [['review', 'x/y'], 'STAGE_UNKNOWN'],
  [['decide', '--stage', 'x/y'], 'STAGE_UNKNOWN'],
  [['activate', '\u001b[2J', '--yes'], 'STAGE_UNKNOWN'],
  [['rollback', '-'.repeat(3)], 'RESTORE_POINT_UNKNOWN'],
  [['backup', 'restore', '../x'], 'BACKUP_UNKNOWN'],
  [['livepatch', 'load', '../x'], 'LIVEPATCH_UNKNOWN'],
  [['livepatch', 'unload', 'fix-net.ko'], 'LIVEPATCH_UNKNOWN'],
  [['livepatch', 'remove', '\u001b[2J'], 'LIVEPATCH_UNKNOWN'],
])('an id that cannot exist is unknown: %j', async (argv, code) => {
  const separated = argv.flatMap((part) => (part === '---' ? ['--', part] : [part]));
  const { exitCode, stderr } = await understudy(separated);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`[${code}]`);
  expect(stderr).not.toContain('\u001b');
});

test('JSON is known to be wanted even where the rest is not understood', () => {
  expect(wantsJson(['stag', '--json'])).toBe(true);
  expect(wantsJson(['plan', '--', '--json'])).toBe(false);
  expect(nameOfVerb(['plan', '--nonsense'], verbs)).toBe('plan');
  expect(nameOfVerb(['--nonsense', 'plan'], verbs)).toBeUndefined();
});
