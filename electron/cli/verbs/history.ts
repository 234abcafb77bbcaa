/** `understudy history`: what happened, and what one can return to. */
import { historyLines } from '../render/history.js';
import { nothing } from './given.js';
import { systemVerb } from './verb.js';

export const history = systemVerb({
  name: 'history',
  help: {
    summary: 'show what happened and what one can return to',
    synopsis: [''],
    does: [
      'Shows every transaction, newest first, with its outcome and how long it took; the restore points with what each costs on the disk and whether it would boot; and what is staged.',
    ],
    doesNot: [
      'It changes nothing.',
      'It does not fail without root: the records are private to root, and it says that they could not be read.',
    ],
    examples: [
      ['understudy history', 'The timeline.'],
      [
        "understudy history --json | jq -r '.value.restorePoints[] | select(.usable) | .id'",
        'Ids that "rollback" takes.',
      ],
    ],
    exits: [
      ['done', 'shown, also when it only says what this user may not read'],
      ['failed', 'the journal is damaged'],
      ['usage', 'the command was not understood, or DIR is no root tree'],
    ],
  },
  options: {},
  long: false,
  onRecovery: 'go-on',
  read(given) {
    nothing(given);
    return ({ engine, system }) => engine.history(system);
  },
  lines: historyLines,
});
