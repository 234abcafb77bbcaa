/**
 * Fetches the packages of a plan into Understudy's own cache. What was begun is resumed by apt (`partial/`). Afterwards every
 * file is hashed against the index: apt takes a complete file that is already there by its size alone.
 */
import type { PackageChange } from '../../../../shared/plan.js';
import type { Session } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { join, nameOf, raw } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { fetchFiles, sizeOf, type WantedFile } from '../package-files.js';
import { ask, runnerIn } from '../runner.js';
import { changeArguments } from './command.js';
import { offerKey, offersOf } from './describe.js';
import { fetchFault } from './failure.js';
import { archivesFolder, fetchSettings } from './places.js';
import { parseStatusLine } from './status-fd.js';

const timeoutMs = 24 * 3600_000;
const idleTimeoutMs = 5 * 60_000;

export async function download(
  session: Session,
  system: System,
  changes: readonly PackageChange[],
): Promise<void> {
  await system.report.phase('download', 'Fetching the packages', async (step) => {
    const wanted = await wantedFiles(session, system, changes);
    await fetchFiles(system, step, {
      folder: archivesFolder(system),
      wanted,
      stays: (name) => !name.endsWith('.deb'),
      fetch: async (missing, present, total) => {
        const argv = [
          'apt-get',
          `-c=${fetchSettings}`,
          '--assume-yes',
          '--download-only',
          ...['-o', 'APT::Status-Fd=3', '-o', 'APT::Keep-Downloaded-Packages=true'],
          ...changeArguments(changes),
        ] as const;
        const result = await session.run(argv, {
          timeoutMs,
          idleTimeoutMs,
          signal: system.signal,
          onStatus: (text) => {
            const line = parseStatusLine(text);
            if (line?.kind !== 'dlstatus') return;
            const done = present + Math.round(((total - present) * line.percent) / 100);
            step({ text: line.text, done, total, unit: 'bytes' });
          },
        });
        const fault = fetchFault(argv, result);
        if (fault) throw fault;
        await copyLocal(session, system, changes, missing);
      },
    });
  });
}

async function wantedFiles(
  session: Session,
  system: System,
  changes: readonly PackageChange[],
): Promise<WantedFile[]> {
  const runner = runnerIn(session);
  const context = {
    runner,
    options: [`-c=${fetchSettings}`],
    environment: {},
    signal: system.signal,
  };
  const offers = await offersOf(context, changes);
  const folder = archivesFolder(system);
  return changes.flatMap(({ name, architecture, to }) => {
    if (to === null) return [];
    const offer = offers.get(offerKey(name, architecture, to));
    if (!offer) throw new Fault('PLAN_STALE', `${name} ${to} is no longer offered`);
    const file = join(folder, archiveName(name, to, architecture));
    return [{ name, file, bytes: offer.downloadBytes, sha256: offer.sha256 }];
  });
}

/**
 * apt takes the packages of `file:` sources from where they lie and copies none of them. The rehearsal may not see that place
 * (another disk, a mounted medium), so they are copied now.
 */
async function copyLocal(
  session: Session,
  system: System,
  changes: readonly PackageChange[],
  missing: readonly WantedFile[],
): Promise<void> {
  if (missing.every(({ file }) => sizeOf(file) !== undefined)) return;
  const runner = runnerIn(session);
  const options = { timeoutMs, signal: system.signal };
  const argv = ['apt-get', `-c=${fetchSettings}`, '--print-uris', '--assume-yes', '--quiet=2'] as const;
  const { stdout } = await ask(runner, [...argv, ...changeArguments(changes)], options);
  for (const [, uri = '', name = ''] of stdout.matchAll(/^'file:(?:\/\/)?(\/[^']+)' (\S+) /gm)) {
    const wanted = missing.find(({ file }) => nameOf(file) === name);
    if (!wanted) continue;
    const path = decodeURIComponent(uri);
    await ask(runner, ['cp', '--reflink=auto', '--', path, `/var/cache/apt/archives/${name}`], options);
  }
}

/** The name that apt gives a package in its cache (pkgAcqArchive: `_` and `:`, which divide the name, are escaped). */
export function archiveName(name: string, version: string, architecture: string): string {
  const quoted = (text: string, also: string): string =>
    Array.from(raw(text))
      .map((character) =>
        character <= ' ' || character >= '\x7f' || '%_:'.includes(character) || also.includes(character)
          ? `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
          : character,
      )
      .join('');
  return `${quoted(name, '')}_${quoted(version, '')}_${quoted(architecture, '.')}.deb`;
}
