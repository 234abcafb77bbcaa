/** The command line as a user runs it, in JSON: what it answered, with what it ended, and its progress while it runs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { main } from '../../electron/cli/main.js';
import { problemSchema, type Problem } from '../../shared/errors.js';

const launcher = new URL('../../electron/cli/understudy.js', import.meta.url).pathname.replace('/dist/', '/');

export interface Answer {
  /** Of the process; null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ok: boolean;
  readonly value: unknown;
  readonly problem: Problem | undefined;
  /** `ok`, or the code of the problem; in one word with the exit code, for a test to compare. */
  readonly summary: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly answer: Promise<Answer>;
  /** Resolves when a line of progress matches; rejects when the command ends without. */
  until(pattern: RegExp): Promise<void>;
}

export interface CommandOptions {
  readonly uid?: number;
  readonly cwd?: string;
}

export function startCommand(root: string, words: readonly string[], options: CommandOptions = {}): Running {
  const child = spawn(process.execPath, [launcher, '--root', root, '--json', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd ?? '/',
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TMPDIR: process.env['TMPDIR'] },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const answer = new Promise<Answer>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve(answerOf(stdout, stderr, exitCode, signal)));
  });
  return {
    child,
    answer,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(stdout)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void answer.then(() =>
          reject(new Error(`ended without ${String(pattern)}: ${stdout.slice(-2000)}${stderr}`)),
        );
        look();
      }),
  };
}

/** To its end in this process, which spares its start: `startCommand` is for what needs a process of its own. */
export async function command(root: string, ...words: readonly string[]): Promise<Answer> {
  const [stdout, stderr] = [new Gathered(), new Gathered()];
  const exitCode = await main({
    argv: ['--root', root, '--json', ...words],
    stdin: Readable.from([]),
    stdout,
    stderr,
    environment: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
  });
  return answerOf(stdout.text, stderr.text, exitCode, null);
}

class Gathered extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function answerOf(
  stdout: string,
  stderr: string,
  exitCode: number | null,
  signal: NodeJS.Signals | null,
): Answer {
  const ended = { exitCode, signal, stderr };
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  let document: { type?: string; ok?: boolean; value?: unknown; problem?: unknown } = {};
  try {
    document = JSON.parse(last) as typeof document;
  } catch {
    // Ended by a signal in the middle of a line, or said nothing.
  }
  if (document.type !== 'result') {
    const summary = signal === null ? `no answer, exit ${exitCode}: ${stderr.slice(-1000)}` : signal;
    return { ...ended, ok: false, value: undefined, problem: undefined, summary };
  }
  if (document.ok === true)
    return { ...ended, ok: true, value: document.value, problem: undefined, summary: `ok, exit ${exitCode}` };
  const problem = problemSchema.parse(document.problem);
  return { ...ended, ok: false, value: undefined, problem, summary: `${problem.code}, exit ${exitCode}` };
}
