/**
 * Fetches the index into a folder beside Understudy's own one. pacman puts a database in place before it looks at its signature, so the
 * new index takes the place of the old one only once all of it is there and verified: a failed refresh leaves the old one as it was.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { namesIn } from '../../environments/plain-view.js';
import type { Session } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { exchange } from '../../posix/rename.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { syncFileSystem } from '../../posix/sync.js';
import type { System } from '../../system.js';
import { pacmanWith } from './command.js';
import { fetchFault } from './failure.js';
import { noteRefreshed } from './index-date.js';
import { incomingFolder, indexFolder, sessionPlaces } from './places.js';

const timeoutMs = 60 * 60_000;
/** pacman itself gives up on a server that sends nothing for ten seconds; this is for a pacman that hangs. */
const idleTimeoutMs = 5 * 60_000;

export async function refresh(session: Session, system: System): Promise<void> {
  await system.report.phase('refresh', 'Fetching the package index', async (step) => {
    const [known, incoming] = [join(indexFolder(system), 'sync'), join(incomingFolder(system), 'sync')];
    // What did not change at the archive is not fetched again: pacman asks with the times of what it has.
    emptyFolder(incoming);
    for (const name of namesIn(known) ?? []) copyWithTimes(join(known, name), join(incoming, name));
    const words = ['--logfile', '/dev/null', '--sync', '--refresh'];
    const argv = pacmanWith({ database: sessionPlaces.incoming }, ...words);
    const result = await session.run(argv, {
      timeoutMs,
      idleTimeoutMs,
      signal: system.signal,
      onLine: (_stream, line) => step({ text: line.trim() }),
    });
    const fault = fetchFault(argv, result);
    if (fault) throw isNoArchive(incoming) ? new Fault('ARCHIVE_UNREACHABLE', ...noArchive(fault)) : fault;
    syncFileSystem(incoming);
    exchange(known, incoming);
    emptyFolder(incoming);
    noteRefreshed(system);
  });
}

function copyWithTimes(from: RawPath, to: RawPath): void {
  copyFileSync(bytes(from), bytes(to), constants.COPYFILE_FICLONE);
  const { atime, mtime } = statSync(bytes(from));
  utimesSync(bytes(to), atime, mtime);
}

function emptyFolder(folder: RawPath): void {
  rmSync(bytes(folder), { recursive: true, force: true });
  mkdirSync(bytes(folder), { mode: 0o755 });
}

function noArchive(fault: Fault): string[] {
  return [
    'What answers is no package archive, perhaps the login page of a network.',
    ...fault.problem.details,
  ];
}

/** Something answers that is no archive at all, such as the login page of a hotel's network: it begins as no compressed file or tar does. */
function isNoArchive(folder: RawPath): boolean {
  return (namesIn(folder) ?? [])
    .filter((name) => name.endsWith('.db'))
    .some((name) => /^\s*<(?:!doctype|html|\?xml|head)/i.test(beginning(join(folder, name))));
}

function beginning(path: RawPath): string {
  const fd = openSync(bytes(path), 'r');
  try {
    const start = Buffer.alloc(64);
    return start.toString('latin1', 0, readSync(fd, start));
  } finally {
    closeSync(fd);
  }
}
