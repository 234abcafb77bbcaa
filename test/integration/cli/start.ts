/** Starts programs and collects what they say; on a pseudo-terminal through script(1) where a test needs one. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const launcher = join(top, 'electron/cli/understudy.js');
export const double = join(top, 'dist/test/integration/cli/double-command.js');
export const hasScript = existsSync('/usr/bin/script');

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything said so far on both streams. */
  said(): string;
  /** Resolves when `text` has been said; rejects when the program ends without it. */
  until(text: string): Promise<void>;
  readonly ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
}

export function start(
  argv: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): Started {
  const [command, ...rest] = argv;
  const { PATH = '' } = process.env;
  const child = spawn(command, rest, { env: { PATH, LANG: 'C.UTF-8', TERM: 'xterm', ...environment } });
  const said = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      said[name] += text;
      for (const look of waiting) look();
    });
  }
  child.stdin.on('error', () => undefined);
  const both = (): string => said.stdout + said.stderr;
  const ended = new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (exitCode) => resolve({ exitCode, ...said })),
  );
  return {
    child,
    said: both,
    ended,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!both().includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void ended.then(() => reject(new Error(`ended without saying "${text}": ${both()}`)));
        look();
      }),
  };
}

/** Runs a program to its end without anything to read. */
export function run(
  argv: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
) {
  const started = start(argv, environment);
  started.child.stdin.end();
  return started.ended;
}

/** Starts the double on a pseudo-terminal of `columns`; all it says comes as `stdout`. */
export function onTerminal(
  columns: number,
  argv: string,
  environment: Readonly<Record<string, string>> = {},
): Started {
  const command = `stty cols ${columns} rows 24 && exec '${process.execPath}' '${double}' ${argv}`;
  return start(['script', '--quiet', '--return', '--command', command, '/dev/null'], environment);
}
