import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  cleanCommand,
  helperCommand,
  ownProgram,
  vetProgram,
  type HelperProgram,
} from '../../../electron/services/elevate/helper-program.js';
import { promptProblem } from '../../../electron/services/elevate/prompt-problem.js';
import { readReadyLine } from '../../../electron/services/elevate/ready-line.js';
import { startDirectly } from '../../../electron/services/elevate/start-directly.js';
import {
  startWithPrompt,
  type PromptSurroundings,
} from '../../../electron/services/elevate/start-with-prompt.js';
import { problem } from '../../../shared/errors.js';

const isRoot = process.getuid?.() === 0;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-elevate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program in the helper's place. */
function program(text: string, name = 'main.cjs'): HelperProgram {
  const main = join(folder, name);
  writeFileSync(main, text);
  return { node: process.execPath, main, isElectron: false };
}
const demand = { socket: 'demand', forUid: 1000 } as const;

describe('the command', () => {
  const fixed: HelperProgram = { node: '/usr/bin/node', main: '/opt/understudy/main.js', isElectron: true };

  test('is made of fixed words, with an environment of two variables', () => {
    expect(cleanCommand(fixed, demand)).toEqual([
      '/usr/bin/env',
      '-i',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'ELECTRON_RUN_AS_NODE=1',
      '/usr/bin/node',
      '/opt/understudy/main.js',
      '--detach',
      '--socket',
      'demand',
      '--for-uid',
      '1000',
    ]);
    expect(helperCommand(fixed, { socket: 'self', practice: true, offline: true }).slice(2)).toEqual([
      '--detach',
      '--socket',
      'self',
      '--practice',
      '--offline',
    ]);
  });

  test('goes through the shells of sudo-prompt as it is, and nothing of the environment with it', () => {
    const told = program(
      'process.stdout.write(JSON.stringify([process.argv.slice(2), Object.keys(process.env)]))',
    );
    const line = cleanCommand(told, demand).join(' ');
    const escaped = line.replaceAll('"', '\\"');
    const said = execFileSync('/bin/sh', ['-c', `/bin/bash -c "${escaped}"`], {
      env: { ...process.env, LD_PRELOAD_X: '1', NODE_OPTIONS: '--no-warnings', PATH: '/nowhere' },
      encoding: 'utf8',
    });
    expect(JSON.parse(said)).toEqual([['--detach', '--socket', 'demand', '--for-uid', '1000'], ['PATH']]);
  });

  test('starts the helper of this installation', () => {
    expect(ownProgram()).toMatchObject({ node: process.execPath, isElectron: false });
    expect(ownProgram().main).toMatch(/\/dist\/program\/helper\.js$/);
    expect(existsSync(ownProgram().main)).toBe(true);
  });
});

describe('what is not started as root', () => {
  test.each(['with blank', 'a"b', "a'b", 'a$(id)', 'a`id`', 'a;id', 'a&b', 'a\\b', 'a*', 'a\nb', '~a', 'ä'])(
    'a program below a folder named %j',
    (name) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'main.js'), '');
      const outcome = vetProgram({
        node: process.execPath,
        main: join(folder, name, 'main.js'),
        isElectron: false,
      });
      expect(outcome).toMatchObject({ ok: false, problem: { code: 'ELEVATION_FAILED' } });
    },
  );

  test('a relative path, a way up, a missing file', () => {
    const vet = (main: string) => vetProgram({ ...program(''), main }).ok;
    expect([
      vet('main.cjs'),
      vet(`${folder}/../${folder.split('/').at(-1)}/main.cjs`),
      vet(`${folder}/no.js`),
    ]).toEqual([false, false, false]);
    expect(vet(join(folder, 'main.cjs'))).toBe(true);
  });

  test('what everyone may write to, or replace', () => {
    const ours = program('');
    chmodSync(ours.main, 0o666);
    expect(vetProgram(ours).ok).toBe(false);
    chmodSync(ours.main, 0o644);
    chmodSync(folder, 0o777);
    expect(vetProgram(ours).ok).toBe(false);
    chmodSync(folder, 0o1777);
    expect(vetProgram(ours).ok).toBe(true);
  });

  test.skipIf(!isRoot)('what belongs to another user (needs root)', () => {
    const ours = program('');
    chownSync(ours.main, 65_534, 65_534);
    expect(vetProgram(ours)).toMatchObject({
      ok: false,
      problem: { details: [expect.stringContaining('65534')] },
    });
    chownSync(ours.main, 0, 0);
    chownSync(folder, 65_534, 65_534);
    expect(vetProgram(ours).ok).toBe(false);
  });
});

describe('what pkexec says', () => {
  const denied = 'User did not grant permission.';
  test.each([
    [
      'AUTHORISATION_DISMISSED',
      { message: denied, code: 126, stderr: 'Error executing command as another user: Request dismissed\n' },
    ],
    [
      'NOT_AUTHORISED',
      {
        message: denied,
        code: 127,
        stderr:
          'Error executing command as another user: Not authorized\n\nThis incident has been reported.\n',
      },
    ],
    [
      'NO_POLKIT_AGENT',
      {
        message: 'No polkit authentication agent found.',
        code: 127,
        stderr: 'Error executing command as another user: No authentication agent found.\n',
      },
    ],
    [
      'NO_POLKIT',
      {
        message: denied,
        code: 127,
        stderr:
          'Error getting authority: Error initializing authority: Could not connect: No such file or directory\n',
      },
    ],
    ['NO_POLKIT', { message: denied, code: 127, stderr: 'pkexec must be setuid root\n' }],
    ['NO_POLKIT', { message: 'Unable to find pkexec or kdesudo.', code: undefined, stderr: '' }],
    [
      'ELEVATION_FAILED',
      {
        message: denied,
        code: 127,
        stderr: 'The value for the SHELL variable was not found in the /etc/shells file\n',
      },
    ],
    ['ELEVATION_FAILED', { message: 'Command failed: …', code: 1, stderr: 'Cannot find module\n' }],
    [
      'ELEVATION_FAILED',
      { message: 'Command failed: …', code: 126, stderr: '/usr/bin/node: Permission denied\n' },
    ],
  ] as const)('%s', (code, failure) => {
    expect(promptProblem(failure).code).toBe(code);
  });
});

describe('asking for a password on a desktop', () => {
  type Prompt = PromptSurroundings['prompt'];
  const surroundings = (part: Partial<PromptSurroundings> = {}): PromptSurroundings => ({
    environment: { DISPLAY: ':0' },
    folder: '/',
    pkexec: process.execPath,
    prompt: () => {
      throw new Error('nobody was to be asked');
    },
    ...part,
  });
  const answering =
    (error: Error | undefined, stdout: string, stderr = ''): Prompt =>
    (_command, _options, callback) =>
      callback?.(error, stdout, stderr);

  test('nobody is asked without a desktop, without pkexec, or in a folder whose name a shell would read', async () => {
    const ask = async (part: Partial<PromptSurroundings>) => {
      const outcome = await startWithPrompt(program(''), demand, surroundings(part));
      return outcome.ok ? 'ok' : outcome.problem.code;
    };
    expect(await ask({ environment: {} })).toBe('NO_GRAPHICAL_SESSION');
    expect(await ask({ pkexec: join(folder, 'missing') })).toBe('NO_POLKIT');
    for (const name of ['/home/ada/$(reboot)', '/a`b', '/a"b', '/a\\b', '/a\nb'])
      expect(await ask({ folder: name })).toBe('ELEVATION_FAILED');
  });

  test('the socket is the answer', async () => {
    const said: unknown[] = [];
    const prompt: Prompt = (command, options, callback) => {
      said.push(command, options);
      callback?.(undefined, '{"socket":"/run/understudy/1000/helper.socket"}\n', '');
    };
    const helper = program('');
    expect(await startWithPrompt(helper, demand, surroundings({ prompt }))).toEqual({
      ok: true,
      value: '/run/understudy/1000/helper.socket',
    });
    expect(said).toEqual([
      cleanCommand(helper, demand).join(' '),
      { name: 'Understudy', env: { LC_ALL: 'C' } },
    ]);
  });

  test('so is what the helper says of itself, and what pkexec says', async () => {
    const line = JSON.stringify({ problem: problem('UNSAFE_PLACE', '/run/understudy') });
    const failed = Object.assign(new Error('Command failed: …'), { code: 1 });
    expect(
      await startWithPrompt(program(''), demand, surroundings({ prompt: answering(failed, line) })),
    ).toMatchObject({
      problem: { code: 'UNSAFE_PLACE', details: ['/run/understudy'] },
    });
    const dismissed = Object.assign(new Error('User did not grant permission.'), { code: 126 });
    expect(
      await startWithPrompt(program(''), demand, surroundings({ prompt: answering(dismissed, '') })),
    ).toMatchObject({
      problem: { code: 'AUTHORISATION_DISMISSED' },
    });
  });
});

describe('starting one directly', () => {
  const start = (text: string) => startDirectly({ program: program(text), options: { socket: 'self' } });

  test('answers with its socket, and gives it folders alone', async () => {
    const outcome = await startDirectly({
      program: program(
        'require("node:fs").writeFileSync(__dirname + "/env", JSON.stringify(process.env)); console.log(JSON.stringify({ socket: "/x" }))',
      ),
      options: { socket: 'self' },
      environment: {
        HOME: '/home/ada',
        XDG_RUNTIME_DIR: 'relative',
        LD_PRELOAD: '/evil.so',
        NODE_OPTIONS: '--inspect',
      },
    });
    expect(outcome).toEqual({ ok: true, value: '/x' });
    const seen = JSON.parse(execFileSync('cat', [join(folder, 'env')], { encoding: 'utf8' })) as object;
    expect(Object.keys(seen).sort()).toEqual(['HOME', 'LC_ALL', 'PATH']);
  });

  test('answers when it ends without a word, with its last ones', async () => {
    expect(await start('console.error("no such thing"); process.exit(3)')).toMatchObject({
      ok: false,
      problem: { code: 'ELEVATION_FAILED', details: ['no such thing'] },
    });
  });

  test('answers when there is no such program', async () => {
    const outcome = await startDirectly({
      program: { node: join(folder, 'missing'), main: '/x', isElectron: false },
      options: { socket: 'self' },
    });
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'ELEVATION_FAILED' } });
  });

  test('waits for no one who holds on to its pipes', async () => {
    const text = `const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit', detached: true });
      child.unref();
      require('node:fs').writeFileSync(__dirname + '/pid', String(child.pid));
      console.log(JSON.stringify({ socket: '/x' }));`;
    expect(await start(text)).toEqual({ ok: true, value: '/x' });
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    expect(process.kill(pid, 'SIGKILL')).toBe(true); // it was still there
  });
});

test('the line of a helper that is ready: the last one, and of its shape alone', () => {
  expect(readReadyLine('a warning\n{"socket":"/run/x"}\n')).toEqual({ ok: true, value: '/run/x' });
  for (const text of ['', '{"socket":"relative"}', '{"socket":"/x","more":1}', '{"socket":', 'null'])
    expect(readReadyLine(text, 'last words').ok).toBe(false);
});

test('a link to the program is as good as what it leads to', () => {
  const ours = program('');
  const link = { ...ours, main: join(folder, 'link.cjs') };
  symlinkSync(ours.main, link.main);
  expect(vetProgram(link).ok).toBe(true);
  chmodSync(ours.main, 0o666);
  expect(vetProgram(link).ok).toBe(false);
});
