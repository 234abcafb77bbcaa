/** What pacman's database and log in a session say of runs that were cut short. */
import type { Session } from '../../environments/environment.js';
import { ask, runnerIn } from '../runner.js';
import { nameAndVersion } from './database.js';
import { sessionPlaces } from './places.js';
import { logPath, logTailBytes, parseLog, type LoggedState } from './transaction-log.js';

export interface DatabaseState {
  readonly log: LoggedState;
  /** Folders of packages without a description or a list of files. */
  readonly broken: readonly string[];
  /** Folders of all packages. */
  readonly folders: readonly string[];
}

export async function databaseState(session: Session): Promise<DatabaseState> {
  const runner = runnerIn(session);
  const options = { timeoutMs: 60_000, keepBytes: 256 * 1024 ** 2 };
  const { stdout } = await ask(runner, ['ls', '-1R', `${sessionPlaces.database}/local`], options);
  const folders = new Map<string, readonly string[]>();
  for (const block of stdout.split('\n\n')) {
    const [header = '', ...names] = block.trim().split('\n');
    const folder = /\/local\/(.+-[^-]+-[^-]+):$/.exec(header)?.[1];
    if (folder !== undefined) folders.set(folder, names);
  }
  const log = await session.run(['tail', '-c', String(logTailBytes), `/${logPath}`], options);
  return {
    log: parseLog(log.stdout),
    broken: [...folders].flatMap(([folder, names]) =>
      names.includes('desc') && names.includes('files') ? [] : [folder],
    ),
    folders: [...folders.keys()],
  };
}

/** Packages that a run was at when it was cut short, as folders of the database. */
export function cutShort({ log, broken, folders }: DatabaseState): readonly string[] {
  const last = log.isOpen ? folders.find((folder) => nameAndVersion(folder).name === log.last) : undefined;
  return [...new Set([...broken, ...(last === undefined ? [] : [last])])];
}
