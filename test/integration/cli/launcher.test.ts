/** The real command as a process of its own, from the source checkout. */
import { copyFileSync, mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { documentSchema } from '../../../electron/cli/output/document.js';
import { launcher, run, start } from './start.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-launcher-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('help is shown on standard output', async () => {
  const { exitCode, stdout, stderr } = await run([launcher, 'help']);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Verbs, in the order of an update');
});

test('no verb is a usage error', async () => {
  const { exitCode, stdout, stderr } = await run([launcher]);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Run "understudy help"');
});

test('a usage error in JSON is one document', async () => {
  const { exitCode, stdout, stderr } = await run([launcher, '--json', 'plan', '--scope', 'x']);
  expect([exitCode, stderr]).toEqual([2, '']);
  expect(documentSchema.parse(JSON.parse(stdout))).toMatchObject({ ok: false, problem: { code: 'USAGE' } });
});

test.each([
  'inspect',
  'check',
  'plan',
  'stage',
  'review',
  'activate',
  'rollback',
  'history',
  'recover',
  'health',
  'prune',
])('%s on a folder that is no root tree, or is not there', async (verb) => {
  const reasons = new Map([
    [folder, 'no folder usr'],
    [join(folder, 'missing'), 'there is no such folder'],
  ]);
  for (const [root, reason] of reasons) {
    const { exitCode, stdout } = await run([launcher, '--root', root, verb, '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      verb,
      problem: { code: 'NOT_A_ROOT_TREE', details: [`${root}: ${reason}`] },
    });
  }
});

test('looking at a root tree where Understudy never worked leaves no trace in it', async () => {
  for (const name of ['usr', 'etc', 'var/lib']) mkdirSync(join(folder, name), { recursive: true });
  await run([launcher, '--root', folder, 'history']);
  await run([launcher, '--root', folder, 'activate']);
  expect(
    spawnSync('find', [folder, '-mindepth', '1', '-printf', '%P\n'], { encoding: 'utf8' })
      .stdout.split('\n')
      .sort(),
  ).toEqual(['', 'etc', 'usr', 'var', 'var/lib']);
});

test('no colours and no escapes where the output is no terminal', async () => {
  for (const environment of [{}, { NO_COLOR: '1' }]) {
    const { stdout } = await run([launcher, 'help', 'stage'], environment);
    expect(stdout).not.toContain('\u001b');
  }
});

describe('standard output that cannot be written', () => {
  test('a reader that went away is no crash', async () => {
    const started = start([launcher, 'help']);
    started.child.stdin.end();
    started.child.stdout.destroy();
    const { exitCode, stderr } = await started.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  test('a full disk is told', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(launcher, ['version'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toContain('could not be written');
  });
});

describe('a source checkout that was never compiled', () => {
  /** A checkout with a compiler of the test's own: compiling the real one takes far longer than it would prove. */
  const checkout = (compiler: string | undefined): string => {
    mkdirSync(join(folder, 'electron/cli'), { recursive: true });
    mkdirSync(join(folder, 'build'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    copyFileSync(launcher, join(folder, 'electron/cli/understudy.js'));
    if (compiler !== undefined) writeFileSync(join(folder, 'build/compile.js'), compiler);
    return join(folder, 'electron/cli/understudy.js');
  };

  test('is compiled first, and the words of the compiler stay off standard output', async () => {
    const copy = checkout(`
      import { mkdirSync, writeFileSync } from 'node:fs';
      const to = new URL('../dist/program/', import.meta.url);
      mkdirSync(to, { recursive: true });
      writeFileSync(new URL('understudy.js', to), 'export const main = async () => { process.stdout.write("ran"); return 75; };');
      console.log('compiled');
    `);
    const first = await run([copy]);
    expect(first).toMatchObject({ exitCode: 75, stdout: 'ran' });
    expect(first.stderr).toContain('compiled');
    expect(await run([copy])).toEqual({ exitCode: 75, stdout: 'ran', stderr: '' });
  });

  test('that does not compile does not run', async () => {
    expect(await run([checkout('process.exit(3);')])).toMatchObject({ exitCode: 1, stdout: '' });
  });

  test('without a compiler says what is missing', async () => {
    const { exitCode, stderr } = await run([checkout(undefined)]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('dist/program/understudy.js is missing');
  });
});
