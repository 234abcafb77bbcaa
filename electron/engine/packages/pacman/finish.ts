/**
 * Finishes what a run of pacman left that was cut short: the lock that it could not take away, and the packages it was at, which are put in
 * place again from the file that they came from. Only in a clone, where nobody else can be at work.
 */
import type { PackageChange } from '../../../../shared/plan.js';
import type { Session } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { ask, runnerIn } from '../runner.js';
import { pacmanWith } from './command.js';
import { nameAndVersion } from './database.js';
import { lockFile, sessionPlaces } from './places.js';
import { cutShort, databaseState } from './state.js';
import type { Watch } from './watch.js';

const timeoutMs = 60_000;

/** Answers with the names of those that the changes themselves put in place again: their files may lie there, owned by nobody. */
export async function finishInterrupted(
  session: Session,
  watch: Watch,
  changes: readonly PackageChange[],
): Promise<readonly string[]> {
  const runner = runnerIn(session);
  await ask(runner, ['rm', '-f', `/${lockFile}`], { timeoutMs });
  const state = await databaseState(session);
  const left: string[] = [];
  for (const folder of cutShort(state)) {
    const { name } = nameAndVersion(folder);
    const file = await fileOf(session, folder);
    if (file === undefined && !changes.some((change) => change.name === name))
      throw new Fault(
        'PACKAGES_BROKEN',
        `${name}: an earlier run was cut short at it, and its file is in no cache`,
      );
    // pacman takes no package whose entry it cannot read, also not to replace it.
    if (state.broken.includes(folder))
      await ask(runner, ['rm', '-rf', '--', `${sessionPlaces.database}/local/${folder}`], { timeoutMs });
    if (file === undefined) left.push(name);
    else {
      const words = ['--upgrade', '--overwrite', '*', file];
      const fault = await watch.run(runner, pacmanWith({ database: sessionPlaces.database }, ...words));
      if (fault) throw fault;
    }
  }
  return left;
}

/** The name of a package's file is its folder's, followed by an architecture (makepkg(8)). */
async function fileOf(session: Session, folder: string): Promise<string | undefined> {
  for (const place of [sessionPlaces.archives, sessionPlaces.systemArchives]) {
    const { stdout } = await session.run(['ls', '-1', place], { timeoutMs });
    const name = stdout
      .split('\n')
      .find(
        (candidate) =>
          candidate.startsWith(`${folder}-`) &&
          /^[a-z0-9_]+\.pkg\.tar(?:\.[a-z0-9]+)?$/.test(candidate.slice(folder.length + 1)) &&
          !/\.(?:sig|part)$/.test(candidate),
      );
    if (name !== undefined) return `${place}/${name}`;
  }
  return undefined;
}
