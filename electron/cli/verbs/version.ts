/** `understudy version`. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { nothing } from './given.js';
import { plainVerb } from './verb.js';

const packageSchema = z.object({ version: z.string() });

/** The nearest package.json above: the sources and what is compiled from them lie at different depths. */
function packageFile(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder)) && folder.pathname !== '/')
    folder = new URL('..', folder);
  return new URL('package.json', folder);
}

export const version = plainVerb({
  name: 'version',
  help: {
    summary: 'show the version',
    synopsis: [''],
    does: ['Shows the version of Understudy and of the Node that runs it.'],
    doesNot: ['It looks at no system.'],
    examples: [['understudy version --json', 'For a bug report.']],
    exits: [['done', 'shown']],
  },
  options: {},
  long: false,
  read(given) {
    nothing(given);
    return () => {
      const { version: understudy } = packageSchema.parse(JSON.parse(readFileSync(packageFile(), 'utf8')));
      return Promise.resolve({ ok: true, value: { understudy, node: process.versions.node } });
    };
  },
  lines: ({ understudy, node }) => [`understudy ${understudy} (Node ${node})`],
});
