/** `npm start`, part by part: what is out of date, where Electron's program is, and how a shell is run and ended. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const top = join(import.meta.dirname, '../../..');
/** The build's own modules are JavaScript; this is what is used of them. */
const room = async <T>(path: string): Promise<T> => (await import(join(top, 'build', path))) as T;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-start-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

describe('what was built', () => {
  const at = (path: string, seconds: number): void => utimesSync(path, seconds, seconds);
  const build = () => room<{ readonly isStale: (made: string, from: string[]) => boolean }>('build.js');

  test('is out of date when anything in it is newer, at any depth, or it is not there', async () => {
    const { isStale } = await build();
    // Paths are relative to the checkout.
    const path = (name: string): string => join('../'.repeat(20), folder, name);
    mkdirSync(join(folder, 'source/deep'), { recursive: true });
    writeFileSync(join(folder, 'source/deep/file'), '');
    expect(isStale(path('made'), [path('source')])).toBe(true);
    writeFileSync(join(folder, 'made'), '');
    for (const name of ['source/deep/file', 'source/deep', 'source']) at(join(folder, name), 1000);
    at(join(folder, 'made'), 2000);
    expect(isStale(path('made'), [path('source')])).toBe(false);
    at(join(folder, 'source/deep/file'), 3000);
    expect(isStale(path('made'), [path('source')])).toBe(true);
    at(join(folder, 'source/deep/file'), 1000);
    // A file was taken away.
    at(join(folder, 'source/deep'), 3000);
    expect(isStale(path('made'), [path('source')])).toBe(true);
  });
});

describe('Electron’s program', () => {
  type Found = { readonly program?: string; readonly reason?: string };
  const find = async (given: { hasDisplay?: boolean; isRoot?: boolean } = {}): Promise<Found> => {
    const { electronProgram } = await room<{
      readonly electronProgram: (given: object) => Promise<Found>;
    }>('start/electron-program.js');
    return electronProgram({ hasDisplay: true, isRoot: false, mark: join(folder, 'mark'), ...given });
  };

  test('is not looked for without a display, nor as root', async () => {
    expect((await find({ hasDisplay: false })).reason).toContain('no display');
    expect((await find({ isRoot: true })).reason).toContain('as root');
    expect(existsSync(join(folder, 'mark'))).toBe(false);
  });

  test('is used where it is', async () => {
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);
    writeFileSync(join(folder, 'electron'), '');
    expect(await find()).toEqual({ program: join(folder, 'electron') });
  });

  test('that cannot be fetched is no failure; it is not tried again for a day', async () => {
    // Where nothing is installed and nobody answers.
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', join(folder, 'nothing'));
    vi.stubEnv('ELECTRON_MIRROR', 'http://127.0.0.1:9/');
    vi.stubEnv('electron_config_cache', join(folder, 'cache'));
    const error = vi.spyOn(console, 'error').mockReturnValue(undefined);
    expect((await find()).reason).toContain('could not be fetched');
    expect(error).toHaveBeenCalledTimes(1);
    const { mtimeMs } = statSync(join(folder, 'mark'));
    expect((await find()).reason).toContain('could not be fetched');
    expect([error.mock.calls.length, statSync(join(folder, 'mark')).mtimeMs]).toEqual([1, mtimeMs]);
    error.mockRestore();
  }, 60_000);
});

describe('a shell', () => {
  interface Ran {
    readonly status: number;
    readonly milliseconds: number;
  }
  const run = async (argv: string[], ...more: unknown[]): Promise<Ran> => {
    const { runShell } = await room<{ readonly runShell: (...given: unknown[]) => Promise<Ran> }>(
      'start/run-shell.js',
    );
    return runShell(argv, ...more);
  };

  test('gives its exit code, and what it prints to whom it concerns', async () => {
    const lines: string[] = [];
    const { status } = await run(
      [process.execPath, '-e', 'console.log(process.env.GIVEN); process.exit(7)'],
      { GIVEN: 'a line' },
      (line: string) => lines.push(line),
    );
    expect([status, lines]).toEqual([7, ['a line']]);
  });

  test('that does not exist is a failure like any other', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue(undefined);
    expect((await run([join(folder, 'nothing')])).status).toBe(1);
    error.mockRestore();
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is told of a %s and waited for', async (signal) => {
    const program = join(folder, 'runs.mjs');
    const shell = join(folder, 'shell.mjs');
    writeFileSync(
      program,
      `import { runShell } from ${JSON.stringify(join(top, 'build/start/run-shell.js'))};
       const { status } = await runShell([process.execPath, ${JSON.stringify(shell)}]);
       process.exit(status);`,
    );
    writeFileSync(
      shell,
      `for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
         process.on(name, () => setTimeout(() => { console.log('cleaned up after', name); process.exit(3); }, 200));
       setInterval(() => undefined, 1000);
       console.log('runs');`,
    );
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (text.includes('runs')) child.kill(signal);
    });
    const [code] = (await once(child, 'close')) as [number];
    expect([code, said]).toEqual([3, `runs\ncleaned up after ${signal}\n`]);
  });
});
