/** `understudy help`: the overview, or all about a verb. */
import { overviewLines, verbHelpLines } from '../render/help.js';
import { unknownVerb } from '../command-line.js';
import { plainVerb, UsageError, type Verb } from './verb.js';

/** `verbs` is asked late, because the list holds this verb too. */
export function helpVerb(verbs: () => readonly Verb[]): Verb {
  return plainVerb({
    name: 'help',
    help: {
      summary: 'explain a verb',
      synopsis: ['[VERB]'],
      does: [
        'Shows what a verb does and does not do, its options, examples, and exit codes; without a verb, the overview.',
      ],
      doesNot: ['It looks at no system.'],
      examples: [['understudy help activate', 'All about the switch.']],
      exits: [
        ['done', 'shown'],
        ['usage', 'there is no such verb'],
      ],
    },
    options: {},
    long: false,
    read(given) {
      const [name, second] = given.positionals;
      if (second !== undefined)
        throw new UsageError(`One verb is expected, and "${second}" is a second one.`);
      const topic = verbs().find((verb) => verb.name === name);
      if (name !== undefined && !topic) throw new UsageError(unknownVerb(name, verbs()));
      const explained = topic ? [topic] : verbs();
      return () =>
        Promise.resolve({
          ok: true,
          value: {
            verbs: explained.map((verb) => ({ name: verb.name, options: verb.options, ...verb.help })),
          },
        });
    },
    lines({ verbs: explained }, look) {
      const [first] = explained;
      const topic = explained.length === 1 ? verbs().find((verb) => verb.name === first?.name) : undefined;
      return topic ? verbHelpLines(topic, look) : overviewLines(verbs(), look);
    },
  });
}
