/** How package managers run their commands: in a session, or on the host when only files are read. */
import type { Session } from '../environments/environment.js';
import { failureOf, type RunOptions, type RunResult } from '../process/run.js';

export type Runner = (argv: readonly [string, ...string[]], options: RunOptions) => Promise<RunResult>;

/** Computing takes seconds even on slow machines; minutes without an end are a fault of their own. */
export const computeTimeoutMs = 5 * 60_000;

export function runnerIn(session: Session): Runner {
  return (argv, options) => session.run(argv, options);
}

/** Runs a command through a runner and throws a fault unless it succeeds. */
export async function ask(
  runner: Runner,
  argv: readonly [string, ...string[]],
  options: RunOptions,
): Promise<RunResult> {
  const result = await runner(argv, options);
  const failure = failureOf(argv, result);
  if (failure) throw failure;
  return result;
}
