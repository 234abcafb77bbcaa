/** `understudy practice`: the whole job on a practice system. */
import { practiceLines } from '../render/results.js';
import { flag, nothing, value } from './given.js';
import { plainVerb, UsageError } from './verb.js';
import { resolve } from 'node:path';

export const practice = plainVerb({
  name: 'practice',
  help: {
    summary: 'walk through a whole update on a practice system, and prove it',
    synopsis: ['[--offline] [--keep] [--folder DIR]'],
    does: [
      'Makes a practice system from the essential packages of this machine (some 120 MB, in seconds), and walks check, plan, stage, review, activate and rollback on it.',
      'Proves at each end, file by file, that the system is exactly the new one and then exactly the old one.',
      'Uses the real updates of the archive where there are any for it; else, or with --offline, updates made on the spot that show every feature.',
    ],
    doesNot: [
      'It does not touch this system: it works in its own folder and a mount namespace of its own.',
      'It takes no --root.',
    ],
    examples: [
      ['understudy practice', 'See it all happen.'],
      ['understudy practice --offline', 'Without any network.'],
      [
        'understudy practice --keep --folder /var/tmp/practice',
        'Keep the practice system, to try the verbs on it with --root.',
      ],
    ],
    exits: [
      ['done', 'everything happened and was proved'],
      ['failed', 'something went wrong, or there was a difference where none may be'],
      ['usage', 'the command was not understood'],
    ],
  },
  options: {
    offline: { text: 'use no network' },
    keep: { text: 'leave the practice system in its folder' },
    folder: { value: 'DIR', text: 'where to make it; a cache folder if not given' },
  },
  long: true,
  read(given) {
    nothing(given);
    const folder = value(given, 'folder');
    if (folder === '') throw new UsageError('--folder needs a folder.');
    const options = {
      offline: flag(given, 'offline'),
      keep: flag(given, 'keep'),
      ...(folder === undefined ? {} : { folder: resolve(folder) }),
    };
    return ({ engine, report, signal }) => engine.practice({ ...options, report, signal });
  },
  lines: practiceLines,
});
