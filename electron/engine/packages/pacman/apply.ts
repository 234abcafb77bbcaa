/**
 * Performs a plan inside the rehearsal: first what an interrupted run left is finished, then one run of pacman from the index that the plan
 * was made from, then the result is compared with the plan. pacman's own hooks and the packages' scripts run in the clone.
 *
 * Configuration files that the user changed stay as they are; pacman puts the package's version beside them as `.pacnew`, and what the user
 * changed of a package that goes stays as `.pacsave` (pacman(8), HANDLING CONFIG FILES).
 */
import type { PackageChange } from '../../../../shared/plan.js';
import type { Session } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import type { System } from '../../system.js';
import { ask, runnerIn, type Runner } from '../runner.js';
import { pacmanWith, readingPacman } from './command.js';
import { finishInterrupted } from './finish.js';
import { hookFolders } from './hooks.js';
import { operationFor } from './operation.js';
import { sessionPlaces } from './places.js';
import { sessionContext } from './resolve.js';
import { failureLine, logPath } from './transaction-log.js';
import { Watch } from './watch.js';

const { database, index, archives, systemArchives } = sessionPlaces;
const timeoutMs = 120_000;

export async function apply(
  session: Session,
  system: System,
  changes: readonly PackageChange[],
  log: (line: string) => void,
): Promise<void> {
  await system.report.phase('rehearse', 'Installing the updates in the clone', async (step) => {
    const runner = runnerIn(session);
    const count = Math.max(1, changes.length);
    const watch = new Watch(system, log, (text, packages) =>
      step({
        text,
        done: Math.min(99, Math.floor((100 * packages) / (count + 1))),
        total: 100,
        unit: 'percent',
      }),
    );
    const left = await finishInterrupted(session, watch, changes);
    if (changes.length === 0) return;
    await takeIndex(runner, system);
    const before = await installedIn(runner, system);
    const context = await sessionContext(session, system, database);
    const operation = await operationFor(context, changes);
    const argv = pacmanWith(
      { database, archives: [archives, systemArchives] },
      ...(await hookFolders(session, context.configuration)).flatMap((folder) => ['--hookdir', folder]),
      ...(left.length > 0 ? ['--overwrite', '*'] : []),
      ...operation,
    );
    const fault = await watch.run(runner, argv);
    for (const name of watch.failed) await noteFailure(runner, name);
    if (fault) throw fault;
    compareWithPlan(before, await installedIn(runner, system), changes);
    step({ done: 100, total: 100, unit: 'percent' });
  });
}

/** An index older than the packages would make the next installation in the new system a partial upgrade. */
async function takeIndex(runner: Runner, { signal }: System): Promise<void> {
  const folder = `${database}/sync`;
  await ask(runner, ['rm', '-rf', folder], { timeoutMs, signal });
  await ask(runner, ['cp', '-R', '--preserve=timestamps', `${index}/sync`, folder], { timeoutMs, signal });
}

/** pacman forgets a script that failed as soon as it has said so. */
async function noteFailure(runner: Runner, name: string): Promise<void> {
  const input = failureLine(name, new Date());
  await runner(['tee', '-a', `/${logPath}`], { timeoutMs, input });
}

async function installedIn(runner: Runner, { signal }: System): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await ask(runner, readingPacman(database, '--query'), { timeoutMs, signal });
  return new Map(
    stdout.split('\n').flatMap((line): [string, string][] => {
      const [name, version] = line.split(' ');
      return name !== undefined && version !== undefined ? [[name, version]] : [];
    }),
  );
}

function compareWithPlan(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  changes: readonly PackageChange[],
): void {
  const wanted = new Map(before);
  for (const { name, to } of changes) {
    if (to === null) wanted.delete(name);
    else wanted.set(name, to);
  }
  const problems = [...new Set([...wanted.keys(), ...after.keys()])].flatMap((name) => {
    const [planned, found] = [wanted.get(name), after.get(name)];
    if (planned === found) return [];
    if (planned === undefined) return [`${name}: is there, at ${found}`];
    return [
      found === undefined ? `${name}: is not installed` : `${name}: is at ${found} instead of ${planned}`,
    ];
  });
  if (problems.length > 0) throw new Fault('PACKAGE_SCRIPT_FAILED', ...problems);
}
