/** `understudy plan`: what would be done, with sizes and reasons. */
import { planLines } from '../render/plan.js';
import { scopeAndNames } from './given.js';
import { scopeOption } from './scope-option.js';
import { systemVerb } from './verb.js';

export const plan = systemVerb({
  name: 'plan',
  help: {
    summary: 'work out what an update would do, with sizes and reasons',
    synopsis: ['[--scope all|security|kernel]', '[--scope selected] PACKAGE...'],
    does: [
      'Fetches the index of the archives (verified by their signatures) into a place of its own and works out what would be installed, upgraded and removed; without a scope, for everything that is waiting. Removals and downgrades stand first.',
      'Shows download and installed sizes, the services concerned, the way of activation with the reason, the expected interruption, and what the restore point will hold and cost.',
      'Gives the plan an id made from its content. "stage" takes it and refuses it once it no longer matches the archive.',
    ],
    doesNot: [
      'It downloads no package and installs nothing.',
      "It does not touch the package manager's own index or cache.",
    ],
    examples: [
      ['understudy plan', 'Everything that is waiting.'],
      ['understudy plan --scope security', 'Security updates and what they need.'],
      ['understudy plan openssl curl', 'Two packages; names alone mean --scope selected.'],
      ['understudy plan --json | tail -n 1 | jq -r .value.id', 'The id alone, for a script.'],
    ],
    exits: [
      ['done', 'the plan is made, or everything is up to date'],
      ['failed', 'the archive cannot be used, or there is no consistent solution'],
      ['usage', 'the command was not understood'],
      ['busy', 'another Understudy or package tool is at work'],
    ],
  },
  options: scopeOption,
  long: true,
  onRecovery: 'go-on',
  read(given) {
    const selection = scopeAndNames(given);
    return ({ engine, system }) => engine.plan(system, selection);
  },
  lines: planLines,
});
