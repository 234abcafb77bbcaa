/**
 * External commands: an argv array, never a shell; a clean environment with the locale fixed; a time limit or a
 * cancel on every one of them; output bounded. A command that fails is a value here; `runOrFault` makes it a fault.
 */
import { spawn, type StdioOptions } from 'node:child_process';
import { Fault } from '../fault.js';

export interface RunOptions {
  /** Milliseconds after which the command is killed. There is no default: every caller decides. */
  readonly timeoutMs: number;
  /** Milliseconds without any output or status line after which it is killed as hung. */
  readonly idleTimeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Called for every complete line of standard output and standard error, as it arrives. */
  readonly onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
  /** Takes standard output as it comes, which is not kept then; true ends the command: nothing more of it is wanted. */
  readonly onOutput?: (chunk: Buffer) => boolean;
  /** Called for every complete line that the command writes to file descriptor 3. */
  readonly onStatus?: (line: string) => void;
  /** Bytes of each stream that are kept (the end is kept, the beginning dropped); 16 MiB by default. */
  readonly keepBytes?: number;
}

export interface RunResult {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: 'exit' | 'timeout' | 'idle' | 'cancelled' | 'not-found';
}

/** The environment of every command: nothing is inherited. */
export const cleanEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  HOME: '/root',
  TERM: 'dumb',
};

/** Runs a command to its end. Never rejects: how it ended is in the result. */
export function run(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult> {
  const [command, ...parameters] = argv;
  const keep = options.keepBytes ?? 16 * 1024 * 1024;
  return new Promise((resolve) => {
    if (options.signal?.aborted) {
      resolve({ status: null, signal: null, stdout: '', stderr: '', ended: 'cancelled' });
      return;
    }
    const stdio: StdioOptions = [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'];
    if (options.onStatus) stdio.push('pipe');
    const child = spawn(command, parameters, {
      stdio,
      cwd: options.cwd ?? '/',
      env: { ...cleanEnvironment, ...options.environment },
      detached: true,
    });
    let ended: RunResult['ended'] = 'exit';
    const stop = (why: RunResult['ended']): void => {
      if (ended === 'exit') ended = why;
      killGroup(child.pid);
    };
    const cancel = (): void => stop('cancelled');
    options.signal?.addEventListener('abort', cancel, { once: true });
    const deadline = setTimeout(() => stop('timeout'), options.timeoutMs);
    let idle: NodeJS.Timeout | undefined;
    const alive = (): void => {
      if (options.idleTimeoutMs === undefined) return;
      clearTimeout(idle);
      idle = setTimeout(() => stop('idle'), options.idleTimeoutMs);
    };
    alive();

    const collect = (stream: 'stdout' | 'stderr'): (() => string) => {
      let chunks: Buffer[] = [];
      let size = 0;
      const lines = options.onLine ? lineSplitter((line) => options.onLine?.(stream, line)) : undefined;
      child[stream]?.on('data', (chunk: Buffer) => {
        alive();
        if (stream === 'stdout' && options.onOutput) {
          if (options.onOutput(chunk)) killGroup(child.pid);
          return;
        }
        lines?.push(chunk);
        chunks.push(chunk);
        size += chunk.length;
        if (size > 2 * keep) {
          const joined = Buffer.concat(chunks);
          chunks = [joined.subarray(joined.length - keep)];
          size = keep;
        }
      });
      return () => {
        lines?.end();
        const joined = Buffer.concat(chunks);
        return joined.subarray(Math.max(0, joined.length - keep)).toString('utf8');
      };
    };
    const stdout = collect('stdout');
    const stderr = collect('stderr');
    const status = child.stdio[3];
    if (options.onStatus && status && 'on' in status) {
      const lines = lineSplitter(options.onStatus);
      status.on('data', (chunk: Buffer) => {
        alive();
        lines.push(chunk);
      });
    }
    if (options.input !== undefined) {
      child.stdin?.on('error', () => undefined); // the command may end without reading its input
      child.stdin?.end(options.input);
    }
    const finish = (code: number | null, signal: string | null): void => {
      clearTimeout(deadline);
      clearTimeout(idle);
      options.signal?.removeEventListener('abort', cancel);
      resolve({ status: code, signal, stdout: stdout(), stderr: stderr(), ended });
    };
    child.once('error', () => {
      ended = 'not-found';
      finish(null, null);
    });
    child.once('close', finish);
    // A background process that inherited the pipes must not keep us waiting once the command itself is gone.
    child.once('exit', () =>
      setTimeout(() => child.stdio.forEach((stream) => stream?.destroy()), 2000).unref(),
    );
  });
}

/** Runs a command and throws a fault when it cannot be run, fails, hangs, or is cancelled. */
export async function runOrFault(
  argv: readonly [string, ...string[]],
  options: RunOptions,
): Promise<RunResult> {
  const result = await run(argv, options);
  const failure = failureOf(argv, result);
  if (failure) throw failure;
  return result;
}

/** The fault that a finished command amounts to, or `undefined` when it succeeded. */
export function failureOf(argv: readonly string[], result: RunResult): Fault | undefined {
  const name = argv.slice(0, 3).join(' ');
  switch (result.ended) {
    case 'cancelled':
      return new Fault('CANCELLED');
    case 'timeout':
    case 'idle':
      return new Fault('COMMAND_TIMED_OUT', name);
    case 'not-found':
      return new Fault('COMMAND_FAILED', `${name}: not found`);
    case 'exit':
      if (result.status === 0) return undefined;
      return new Fault(
        'COMMAND_FAILED',
        `${name}: ${result.signal ?? `status ${result.status}`}`,
        ...lastLines(result.stderr, 5),
      );
  }
}

/** The last non-empty lines of a text. */
export function lastLines(text: string, count: number): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
}

/** Splits a byte stream into lines; a line over 64 KiB is cut. */
export function lineSplitter(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  const limit = 65_536;
  let rest: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let newline: number;
      while ((newline = rest.indexOf(10)) >= 0) {
        onLine(rest.toString('utf8', 0, newline));
        rest = rest.subarray(newline + 1);
      }
      if (rest.length > limit) {
        onLine(rest.toString('utf8', 0, limit));
        rest = Buffer.alloc(0);
      }
    },
    end() {
      if (rest.length > 0) onLine(rest.toString('utf8'));
      rest = Buffer.alloc(0);
    },
  };
}

/** Kills a command with everything it started that stayed in its process group. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}
