/** What is wrong with the installed packages of a clone: by pacman's own look at its database, and by what runs that failed have left. */
import type { Session } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { failureOf } from '../../process/run.js';
import type { Finding } from '../package-manager.js';
import { readingPacman } from './command.js';
import { nameAndVersion } from './database.js';
import { sessionPlaces } from './places.js';
import { cutShort, databaseState } from './state.js';

export async function audit(session: Session): Promise<Finding[]> {
  const state = await databaseState(session);
  const unfinished = cutShort(state).map((folder) => ({
    package: nameAndVersion(folder).name,
    sentence: 'A run of pacman was cut short while it was at this package.',
  }));
  const failed = state.log.failed.map((name) => ({
    package: name,
    sentence: 'Its installation script failed.',
  }));
  const argv = readingPacman(sessionPlaces.database, '--database', '--check');
  const result = await session.run(argv, { timeoutMs: 5 * 60_000 });
  if (result.ended !== 'exit') throw failureOf(argv, result) ?? new Fault('INTERNAL', 'pacman');
  const known = new Set(unfinished.map((finding) => finding.package));
  const wrong = result.status === 0 ? [] : parseCheck(`${result.stdout}\n${result.stderr}`);
  const findings = [
    ...unfinished,
    ...failed,
    ...wrong.filter((finding) => finding.package === null || !known.has(finding.package)),
  ];
  if (findings.length > 0 || (result.status === 0 && !state.log.isOpen)) return findings;
  return [{ package: null, sentence: result.stderr.trim() || 'The last run of pacman was cut short.' }];
}

/** The errors of `pacman --database --check`: what is missing for a package, what conflicts, what its database lacks. */
export function parseCheck(text: string): Finding[] {
  return text.split('\n').flatMap((line): Finding[] => {
    const words = /^error: (.+)$/.exec(line)?.[1];
    if (words === undefined) return [];
    const [, folder] = /^'(.+)': (?:description file|file list) is missing/.exec(words) ?? [];
    if (folder !== undefined)
      return [{ package: nameAndVersion(folder).name, sentence: 'Its entry in the database is not whole.' }];
    const [, name] =
      /^missing '.+' dependency for '(.+)'/.exec(words) ?? /^'(.+)' conflicts with/.exec(words) ?? [];
    return [{ package: name ?? null, sentence: words }];
  });
}
