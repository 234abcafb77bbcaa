/**
 * Fetches the packages of a plan into Understudy's own cache. What was begun is resumed by pacman (`.part`). Before and after, every file is
 * hashed against the index: so a damaged file is told apart from one that is as the archive has it, but was not signed by a key of this
 * system.
 */
import type { PackageChange } from '../../../../shared/plan.js';
import type { Session } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import {
  damagedOf,
  fetchFiles,
  inconsistent,
  removeFiles,
  sizeOf,
  type WantedFile,
} from '../package-files.js';
import { pacmanWith } from './command.js';
import { fetchFault } from './failure.js';
import { offersFor, operationFor } from './operation.js';
import { archivesFolder, sessionPlaces } from './places.js';
import { sessionContext } from './resolve.js';

const timeoutMs = 24 * 3600_000;
const idleTimeoutMs = 60 * 60_000;
/** Without bars pacman says nothing of how far it is; what has arrived is looked at so often. Milliseconds. */
const lookMs = 500;

export async function download(
  session: Session,
  system: System,
  changes: readonly PackageChange[],
): Promise<void> {
  await system.report.phase('download', 'Fetching the packages', async (step) => {
    const context = await sessionContext(session, system, sessionPlaces.index);
    const folder = archivesFolder(system);
    const wanted = offersFor(context, changes).map(({ name, fileName, downloadBytes, sha256 }) => {
      if (fileName === '' || fileName.includes('/'))
        throw new Fault('ARCHIVE_INCONSISTENT', `${name}: no name of a file`);
      return { name, file: join(folder, fileName), bytes: downloadBytes, sha256 };
    });
    await fetchFiles(system, step, {
      folder,
      wanted,
      stays: (name) => wanted.some(({ file }) => join(folder, name) === `${file}.sig`),
      fetch: async (_missing, _present, total) => {
        const operation = await operationFor(context, changes);
        const places = { database: sessionPlaces.index, archives: [sessionPlaces.archives] };
        const argv = pacmanWith(places, '--logfile', '/dev/null', '--downloadonly', ...operation);
        const look = setInterval(() => {
          step({ done: Math.min(total, arrived(wanted)), total, unit: 'bytes' });
        }, lookMs);
        try {
          const result = await session.run(argv, { timeoutMs, idleTimeoutMs, signal: system.signal });
          const fault = fetchFault(argv, result);
          if (fault) throw await faultAfter(fault, wanted, system.signal);
        } finally {
          clearInterval(look);
        }
      },
    });
  });
}

/** pacman says of a damaged file that its signature is wrong. What is as the index says, and yet wrongly signed, must not stay either. */
async function faultAfter(fault: Fault, wanted: readonly WantedFile[], signal: AbortSignal): Promise<Fault> {
  if (fault.code !== 'ARCHIVE_UNTRUSTED') return fault;
  const bad = await damagedOf(wanted, signal);
  removeFiles(wanted);
  return bad.length > 0 ? inconsistent(bad, []) : fault;
}

function arrived(wanted: readonly WantedFile[]): number {
  return wanted.reduce((sum, { file }) => sum + (sizeOf(file) ?? sizeOf(`${file}.part` as RawPath) ?? 0), 0);
}
