/** `understudy changelog`: what is new in an update. */
import { changelogLines } from '../render/changelog.js';
import { versionSchema } from '../../../shared/changelog.js';
import { packageNameSchema } from '../../../shared/operations.js';
import { systemVerb, UsageError } from './verb.js';

export const changelog = systemVerb({
  name: 'changelog',
  help: {
    summary: 'show what is new in an update, in the words of its makers',
    synopsis: ['PACKAGE [VERSION]'],
    does: [
      'Shows the entries of the changelog between the installed version and the one that waits, or VERSION.',
      'Reads them from the staged environment, else from the fetched package, else asks the archive.',
    ],
    doesNot: [
      'It changes nothing and fetches no package.',
      'It does not vouch for what is written there: an archive signs its packages, not its list of changelogs.',
    ],
    examples: [
      ['understudy changelog openssl', 'What the waiting update of openssl brings.'],
      ["understudy changelog openssl --json | jq -r '.value.text'", 'The text alone.'],
    ],
    exits: [
      ['done', 'shown, also when nothing is written about these versions'],
      ['failed', 'nothing newer is known, or its changelog is not to be found'],
      ['usage', 'the command was not understood'],
    ],
  },
  options: {},
  long: false,
  onRecovery: 'go-on',
  read({ positionals }) {
    const [name, version, more] = positionals;
    if (name === undefined) throw new UsageError('The name of a package is missing.');
    if (more !== undefined) throw new UsageError(`Nothing is expected here: "${more}".`);
    if (!packageNameSchema.safeParse(name).success) throw new UsageError(`"${name}" is no package name.`);
    if (version !== undefined && !versionSchema.safeParse(version).success)
      throw new UsageError(`"${version}" is no version.`);
    return ({ engine, system }) =>
      engine.changelog(system, { name, ...(version === undefined ? {} : { version }) });
  },
  lines: changelogLines,
});
