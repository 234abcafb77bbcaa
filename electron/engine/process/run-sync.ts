/**
 * As `run`, for the few places that must have an answer before they go on: a driver of snapshots is asked between two steps of a switch.
 * Only commands that end in moments are run so.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { systemErrorCode } from '../fault.js';
import { cleanEnvironment, failureOf, type RunResult } from './run.js';

export interface SyncOptions {
  /** Milliseconds after which the command is killed. */
  readonly timeoutMs: number;
}

/** Bytes of each stream; a command that writes more is stopped. */
const mostBytes = 64 * 1024 * 1024;

/** Never throws for a failing command: how it ended is in the result. */
export function runSync(argv: readonly [string, ...string[]], { timeoutMs }: SyncOptions): RunResult {
  const [command, ...parameters] = argv;
  const { status, signal, stdout, stderr, error } = spawnSync(command, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    env: cleanEnvironment,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: mostBytes,
    encoding: 'utf8',
  }) as SpawnSyncReturns<string | null>; // null when it could not be started
  const code = systemErrorCode(error);
  // What writes too much was started, and is ended (ENOBUFS).
  const isStarted = code === undefined || code === 'ENOBUFS';
  const ended = code === 'ETIMEDOUT' ? 'timeout' : isStarted ? 'exit' : 'not-found';
  return { status, signal, stdout: stdout ?? '', stderr: stderr ?? '', ended };
}

/** Throws `COMMAND_FAILED` or `COMMAND_TIMED_OUT`; returns what the command wrote. */
export function runSyncOrFault(argv: readonly [string, ...string[]], options: SyncOptions): string {
  const result = runSync(argv, options);
  const failure = failureOf(argv, result);
  if (failure) throw failure;
  return result.stdout;
}
