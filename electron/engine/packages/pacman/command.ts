/** How pacman is called: nothing is asked, no colours, no bars, and always the same database, whatever pacman.conf says. */
import { failureOf, type RunOptions, type RunResult } from '../../process/run.js';

/** Runs a command: in a session, or on the host when only files are read. */
export type Runner = (argv: readonly [string, ...string[]], options: RunOptions) => Promise<RunResult>;

/** Computing takes seconds even on slow machines; minutes without an end are a fault of their own. */
export const computeTimeoutMs = 5 * 60_000;

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

/**
 * Questions (alpm.h) whose usual answer is not the right one: a package that is not what was signed is looked at before it is deleted
 * (8), and no key is taken from a server because a package names it (64).
 */
const otherAnswers = String(8 + 64);

/** For what alters nothing: `words` begin with `--query` or `--database`, which know no bars. */
export function readingPacman(database: string, ...words: readonly string[]): [string, ...string[]] {
  return ['pacman', '--dbpath', database, '--color', 'never', ...words];
}

export function pacmanWith(
  places: { readonly database: string; readonly archives?: readonly string[] },
  ...words: readonly string[]
): [string, ...string[]] {
  return [
    'pacman',
    ...['--dbpath', places.database],
    ...(places.archives ?? []).flatMap((folder) => ['--cachedir', folder]),
    ...['--color', 'never', '--noconfirm', '--noprogressbar', '--ask', otherAnswers],
    ...words,
  ];
}
