/** How pacman is called: nothing is asked, no colours, no bars, and always the same database, whatever pacman.conf says. */

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
