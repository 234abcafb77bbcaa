/**
 * Starts a helper with the rights that this process has: one that only reads, one of a practice system, or, where this process is
 * root, any. It outlives this process (`--detach`), and has an environment of its own.
 */
import { spawn } from 'node:child_process';
import { problem, type Outcome } from '../../../shared/errors.js';
import { helperCommand, safePath, type HelperOptions, type HelperProgram } from './helper-program.js';
import { readReadyLine } from './ready-line.js';

export interface DirectStart {
  readonly program: HelperProgram;
  readonly options: HelperOptions;
  readonly environment?: NodeJS.ProcessEnv;
  /** Further options, for tests: where it works. */
  readonly further?: readonly string[];
}

/** It answers at once; what takes long, such as making a practice system, it does afterwards. */
const limitMs = 60_000;

/** The path of its socket. */
export function startDirectly(start: DirectStart): Promise<Outcome<string>> {
  const [command, ...words] = helperCommand(start.program, start.options);
  return runToReady(
    () =>
      spawn(command, [...words, ...(start.further ?? [])], {
        stdio: ['ignore', 'pipe', 'pipe'],
        cwd: '/',
        env: environmentOf(start),
        detached: true, // so that Ctrl+C in a terminal does not reach it
      }),
    limitMs,
  );
}

/** Folders of the user, which may only be absolute. */
const passedOn = ['HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR', 'TMPDIR'] as const;

function environmentOf({ program, environment = process.env }: DirectStart): NodeJS.ProcessEnv {
  const folders = passedOn.flatMap((name) => {
    const value = environment[name];
    return value?.startsWith('/') === true ? [[name, value] as const] : [];
  });
  return {
    PATH: safePath,
    LC_ALL: 'C.UTF-8',
    ...Object.fromEntries(folders),
    ...(program.isElectron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
  };
}

/** Waits for the line of a helper that was started; `limitMs` null: as long as it takes, for a person may be typing. */
export function runToReady(
  begin: () => ReturnType<typeof spawn>,
  limit: number | null,
): Promise<Outcome<string>> {
  return new Promise((resolve) => {
    const child = begin();
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8');
      child[name]?.on('data', (text: string) => {
        said[name] = (said[name] + text).slice(-64 * 1024);
      });
    }
    const deadline = limit === null ? undefined : setTimeout(() => child.kill('SIGKILL'), limit);
    const end = (outcome: Outcome<string>): void => {
      clearTimeout(deadline);
      // A helper that goes on may still hold the pipes; nothing more is said on them.
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve(outcome);
    };
    child.once('error', (error) => end({ ok: false, problem: problem('ELEVATION_FAILED', error.message) }));
    child.once('exit', () => setImmediate(() => end(readReadyLine(said.stdout, said.stderr))));
  });
}
