/** The changelog of an update, as its makers wrote it. */
import type { Changelog } from '../../../shared/changelog.js';
import { heading, type Look } from '../text/look.js';

const sources: Readonly<Record<Changelog['source'], string>> = {
  staged: 'from the staged environment',
  package: 'from the fetched package',
  archive: 'from the archive',
};

export function changelogLines(changelog: Changelog, look: Look): string[] {
  const { package: name, from, to, source, text, cut } = changelog;
  return [
    heading(look, `${name} ${from === null ? to : `${from} → ${to}`} (${sources[source]})`),
    '',
    ...(text === '' ? ['Nothing is written about these versions.'] : text.split('\n')),
    ...(cut ? ['', 'The rest is left out.'] : []),
  ];
}
