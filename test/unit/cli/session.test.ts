import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { documentSchema } from '../../../electron/cli/output/document.js';
import { errorCodes, exitCodeOf } from '../../../shared/errors.js';
import { progressEventSchema } from '../../../shared/progress.js';
import { bad, doubleEngine, good, MemoryStream, understudy, type RunOptions } from './double.js';
import { rootTree, type RootTree } from './root-tree.js';
import * as values from './values.js';
import { main } from '../../../electron/cli/main.js';
import { Readable } from 'node:stream';

let tree: RootTree;
beforeEach(() => {
  tree = rootTree({ store: true });
});
afterEach(() => tree.remove());
const on = (argv: string[], options: RunOptions = {}) => understudy(['--root', tree.path, ...argv], options);
const interrupted = { recover: () => good(values.recovered) };

describe('exit codes', () => {
  test.each(errorCodes)('%s', async (code) => {
    const { exitCode, stdout, stderr } = await on(['history'], {
      engine: { history: () => bad(code, 'a detail') },
    });
    expect(exitCode).toBe(exitCodeOf(code));
    expect(stdout + stderr).toContain(`[${code}]`);
    expect(exitCode === 0 ? stderr : stdout).toBe('');
  });

  test('a blocked check lists its sentences', async () => {
    const blocked = await on(['stage'], {
      engine: { stage: () => bad('CHECK_BLOCKED', 'The battery is low.') },
    });
    expect(blocked.exitCode).toBe(4);
    expect(blocked.stderr).toContain(
      'Blocked: A readiness check blocks this. [CHECK_BLOCKED]\n  The battery is low.',
    );
  });

  test('an exception of the engine is told as a bug', async () => {
    const thrown = await on(['inspect'], { engine: { inspect: () => Promise.reject(new Error('odd')) } });
    expect(thrown.exitCode).toBe(1);
    expect(thrown.stderr).toContain('[INTERNAL]');
    expect(thrown.stderr).toContain('odd');
  });
});

describe('recovery at every start', () => {
  test.each([
    ['stage'],
    ['activate', '--yes'],
    ['rollback', '--yes'],
    ['prune', '--yes'],
    ['environments', 'destroy', 'point-1', '--yes'],
    ['environments', 'rename', 'point-1', 'title'],
    ['environments', 'mount', 'point-1', '/mnt'],
    ['backup', 'identity'],
    ['backup', 'restore'],
    ['modules', 'keep'],
    ['modules', 'clean'],
    ['livepatch', 'add', 'x.ko'],
    ['livepatch', 'load', 'fix_net'],
    ['livepatch', 'unload', 'fix_net'],
    ['livepatch', 'undo'],
    ['livepatch', 'remove', 'fix_net'],
  ])('%s stops', async (...argv) => {
    const { exitCode, stderr, calls } = await on(argv, { engine: interrupted });
    expect(exitCode).toBe(5);
    expect(stderr).toContain('[RECOVERED]');
    expect(stderr).toContain('activate tx-cccc3333: The switch had not begun; it was taken back.');
    expect(calls).toEqual([['recover', undefined]]);
  });

  test.each([['inspect'], ['plan'], ['review'], ['history'], ['environments']])(
    '%s goes on with a remark',
    async (verb) => {
      const { exitCode, stderr, calls } = await on([verb], { engine: interrupted });
      expect(exitCode).toBe(0);
      expect(stderr).toContain('Interrupted work was recovered');
      expect(calls.map(([name]) => name)).toEqual(['recover', verb]);
    },
  );

  test.each([
    ['boot', 'bootLivepatches'],
    ['held', 'livepatchesHeld'],
  ])('livepatch %s, which the system runs, recovers nothing', async (word, name) => {
    const { exitCode, calls } = await on(['livepatch', word], { engine: interrupted });
    expect([exitCode, calls.map(([verb]) => verb)]).toEqual([0, [name]]);
  });

  test('JSON holds what was recovered', async () => {
    const { stdout, stderr } = await on(['history', '--json'], { engine: interrupted });
    expect(documentSchema.parse(JSON.parse(stdout))).toMatchObject({ ok: true, recovered: values.recovered });
    expect(stderr).toBe('');
  });

  test('recover itself is asked once and answers', async () => {
    const { exitCode, calls } = await on(['recover'], { engine: interrupted });
    expect([exitCode, calls]).toEqual([0, [['recover', undefined]]]);
  });

  test('it is not tried without root, nor where Understudy never worked', async () => {
    expect((await on(['history'], { isRoot: false })).calls.map(([name]) => name)).toEqual(['history']);
    const other = rootTree({ store: false });
    expect((await understudy(['--root', other.path, 'history'])).calls.map(([name]) => name)).toEqual([
      'history',
    ]);
    other.remove();
  });

  test('a busy or damaged journal stops who alters, not who reads', async () => {
    const busy = { recover: () => bad('BUSY_UNDERSTUDY') };
    expect((await on(['stage'], { engine: busy })).exitCode).toBe(75);
    expect(await on(['history'], { engine: busy })).toMatchObject({ exitCode: 0, stderr: '' });
    const damaged = { recover: () => bad('JOURNAL_DAMAGED', 'line 7') };
    expect((await on(['rollback', '--yes'], { engine: damaged })).exitCode).toBe(1);
    const read = await on(['inspect'], { engine: damaged });
    expect(read.exitCode).toBe(0);
    expect(read.stderr).toContain('[JOURNAL_DAMAGED]');
  });
});

test('what a start could not bring over is a remark, and stops nothing', async () => {
  const arrived = { transactions: [], cleaned: [], arrival: values.arrival };
  for (const argv of [['history'], ['prune', '--yes']]) {
    const { exitCode, stderr } = await on(argv, { engine: { recover: () => good(arrived) } });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('/etc/motd');
  }
  const both = { ...values.recovered, arrival: values.arrival };
  const { stderr } = await on(['history'], { engine: { recover: () => good(both) } });
  expect(stderr.split('/etc/motd')).toHaveLength(2);
  expect(stderr).toContain('Interrupted work was recovered');
});

describe('agreement', () => {
  test.each([['activate'], ['rollback'], ['prune'], ['environments', 'destroy', 'point-1']])(
    '%s needs it where no one can answer',
    async (...argv) => {
      const { exitCode, stderr, calls } = await on(argv);
      expect(exitCode).toBe(3);
      expect(stderr).toContain('[CONFIRMATION_NEEDED]');
      expect(calls.map(([name]) => name)).toEqual(['recover']);
    },
  );

  test('--json never asks', async () => {
    const { exitCode, stdout } = await on(['activate', '--json'], { typed: 'y\n' });
    expect(exitCode).toBe(3);
    expect(stdout).not.toContain('[y/N]');
  });

  test('a yes is for what was shown', async () => {
    const { exitCode, stderr, calls } = await on(['activate', '--how', 'live'], { typed: 'Yes\n' });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('REMOVED');
    expect(stderr).toContain('Switch now? [y/N] ');
    expect(calls.slice(1)).toEqual([
      ['review', {}],
      ['activate', { stage: values.review.stage, how: 'live' }],
    ]);
  });

  test.each(['\n', 'n\n', 'yeah\n', 'no', ''])('%j is a no', async (typed) => {
    const { exitCode, stderr, calls } = await on(['rollback'], { typed });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('The work was cancelled. [CANCELLED]');
    expect(calls.slice(1)).toEqual([['rollback', { dryRun: true }]]);
  });

  test('rollback shows what would be lost, and then does it', async () => {
    const { stderr, calls } = await on(['rollback'], { typed: 'y\n' });
    expect(stderr).toContain('Packages that would go\n  htop 3.2.2');
    expect(calls.slice(1)).toEqual([
      ['rollback', { dryRun: true }],
      ['rollback', { restorePoint: 'restore-bbbb2222', dryRun: false }],
    ]);
  });

  test('a preview that fails is the answer', async () => {
    const { exitCode, stderr } = await on(['activate'], {
      typed: 'y\n',
      engine: { review: () => bad('STAGE_UNKNOWN') },
    });
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain('[y/N]');
  });
});

test('a conflict that is not there is unknown, and nothing is decided', async () => {
  const { exitCode, stderr, calls } = await on(['decide', 'mine', '/etc/ssh/sshd_config', '/etc/hosts']);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/\[CONFLICT_UNKNOWN\][^]*\/etc\/hosts/);
  expect(calls.map(([name]) => name)).not.toContain('decide');
});

describe('what reaches the engine', () => {
  test.each([
    [
      ['check', 'plan-1234', '--for', 'activation'],
      ['check', { moment: 'before-activation', plan: 'plan-1234' }],
    ],
    [['check'], ['check', { moment: 'before-stage' }]],
    [
      ['plan', 'curl', 'openssl'],
      ['plan', { scope: 'selected', selected: ['curl', 'openssl'] }],
    ],
    [['plan'], ['plan', { scope: 'all', selected: [] }]],
    [
      ['stage', 'plan-1234'],
      ['stage', { plan: 'plan-1234' }],
    ],
    [
      ['stage', '--scope', 'selected', 'curl'],
      ['stage', { scope: 'selected', selected: ['curl'] }],
    ],
    [
      ['stage', '--scope', 'kernel', '--yes'],
      ['stage', { scope: 'kernel', selected: [] }],
    ],
    [['stage'], ['stage', {}]],
    [
      ['stage', '--boot'],
      ['stage', { boot: true }],
    ],
    [
      ['stage', 'plan-1234', '--no-boot'],
      ['stage', { plan: 'plan-1234', boot: false }],
    ],
    [
      ['review', 'stage-1234'],
      ['review', { stage: 'stage-1234' }],
    ],
    ...['/etc/ssh/sshd_config', 'etc/ssh/sshd_config', values.conflict.id, '--all'].map(
      (which): [string[], unknown[]] => [
        ['decide', 'theirs', which],
        [
          'decide',
          { stage: values.review.stage, decisions: [{ conflict: values.conflict.id, choice: 'theirs' }] },
        ],
      ],
    ),
    [
      ['activate', 'stage-1234', '--how', 'shutdown', '--yes'],
      ['activate', { stage: 'stage-1234', how: 'shutdown' }],
    ],
    [
      ['rollback', 'restore-1', '--yes'],
      ['rollback', { restorePoint: 'restore-1', dryRun: false }],
    ],
    [
      ['prune', '--keep', '2', '--max-bytes', '1GB', '--dry-run'],
      ['prune', { keep: 2, maxBytes: 1e9, dryRun: true }],
    ],
  ])('%j', async (argv, call) => {
    expect((await on(argv)).calls.at(-1)).toEqual(call);
  });

  test('practice needs no root tree', async () => {
    let seen: unknown;
    await understudy(['practice', '--offline', '--keep', '--folder', '/x'], {
      engine: { practice: (options) => ((seen = options), good(values.practised)) },
    });
    expect(seen).toMatchObject({ offline: true, keep: true, folder: '/x' });
  });
});

describe('forms of output', () => {
  const working: RunOptions = {
    engine: {
      stage: async ({ report }) => {
        await report.phase('download', 'Downloading', async (step) => {
          step({ done: 1, total: 2, unit: 'packages' });
          await Promise.resolve();
        });
        return await good(values.staged);
      },
      history: async ({ report }) => {
        await report.phase('inspect', 'Reading', () => Promise.resolve());
        return await good(values.history);
      },
    },
  };

  test('--json for long work: progress, then the result; every line has a type', async () => {
    const { stdout, stderr } = await on(['stage', '--json'], working);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.map(({ type }) => type)).toEqual(['phase-started', 'progress', 'phase-ended', 'result']);
    for (const line of lines.slice(0, -1)) progressEventSchema.parse(line);
    expect(documentSchema.parse(lines.at(-1))).toEqual({
      type: 'result',
      version: 1,
      verb: 'stage',
      exitCode: 0,
      ok: true,
      value: values.staged,
    });
    expect(stderr).toBe('');
  });

  test('--json for the rest: exactly one document', async () => {
    const { stdout } = await on(['history', '--json'], working);
    expect(documentSchema.parse(JSON.parse(stdout))).toMatchObject({
      verb: 'history',
      value: values.history,
    });
  });

  test('--json for problems and usage errors', async () => {
    const failed = await on(['stage', '--json'], { engine: { stage: () => bad('PLAN_STALE', 'x') } });
    expect(documentSchema.parse(JSON.parse(failed.stdout))).toMatchObject({
      ok: false,
      exitCode: 1,
      problem: { code: 'PLAN_STALE', details: ['x'] },
    });
    const usage = await on(['stage', '--json', '--frob']);
    expect(usage.stderr).toBe('');
    expect(documentSchema.parse(JSON.parse(usage.stdout))).toMatchObject({
      ok: false,
      verb: 'stage',
      exitCode: 2,
      problem: { code: 'USAGE' },
    });
    const none = await understudy(['--json']);
    expect(documentSchema.parse(JSON.parse(none.stdout))).toMatchObject({ verb: null });
  });

  test('--quiet says only the result', async () => {
    expect((await on(['stage'], working)).stderr).toContain('Downloading');
    const quiet = await on(['stage', '--quiet'], working);
    expect(quiet.stderr).toBe('');
    expect((await on(['stage', '--quiet', '--json'], working)).stdout.trimEnd()).not.toContain('\n');
    expect(quiet.stdout).toContain('Staged stage-aaaa1111');
  });

  test('colours only on a terminal that wants them', async () => {
    const escape = '\u001b[';
    const terminal = (environment: Record<string, string>) => on(['plan'], { typed: '', environment });
    expect((await terminal({ LANG: 'C.UTF-8', TERM: 'xterm' })).stdout).toContain(escape);
    expect((await terminal({ LANG: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '1' })).stdout).not.toContain(escape);
    expect((await terminal({ LANG: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '' })).stdout).toContain(escape);
    expect((await terminal({ LANG: 'C.UTF-8', TERM: 'dumb' })).stdout).not.toContain(escape);
    expect((await on(['plan'], { environment: { LANG: 'C.UTF-8', TERM: 'xterm' } })).stdout).not.toContain(
      escape,
    );
  });

  test('signs beyond ASCII only where the locale has them', async () => {
    expect((await on(['plan'], { environment: { LANG: 'de_DE.utf8' } })).stdout).toContain('→');
    for (const environment of [{}, { LANG: 'C.UTF-8', LC_ALL: 'C' }, { LANG: 'C.UTF-8', TERM: 'linux' }]) {
      expect((await on(['plan'], { environment })).stdout).toMatch(/^[\x20-\x7e\n]+$/);
    }
  });
});

test('a result that cannot be written is a failure, a reader that went away is none', async () => {
  const broken = (code: string) => {
    const stream = new MemoryStream();
    stream.write = (_text, done) => (done?.(Object.assign(new Error(`no: ${code}`), { code })), false);
    return stream;
  };
  const start = (code: string, stderr: MemoryStream) =>
    main({
      argv: ['version'],
      stdout: broken(code),
      stderr,
      stdin: Readable.from([]),
      environment: {},
      engine: doubleEngine(),
      isRoot: false,
    });
  const stderr = new MemoryStream();
  expect(await start('ENOSPC', stderr)).toBe(1);
  expect(stderr.text).toContain('the result could not be written');
  expect(await start('EPIPE', new MemoryStream())).toBe(0);
});
