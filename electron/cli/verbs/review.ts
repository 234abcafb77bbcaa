/** `understudy review`: the changeset of a staged environment. */
import { reviewLines } from '../render/review.js';
import { oneId } from './given.js';
import { systemVerb } from './verb.js';

export const review = systemVerb({
  name: 'review',
  help: {
    summary: 'show what a staged update would change, and what the rehearsal proved',
    synopsis: ['[STAGE]'],
    does: [
      'Shows the packages from and to, the files added, changed and removed by area, and every configuration file that both you and a package changed, with the difference.',
      'Names the running programs that use files which the switch replaces.',
      'Says what was verified: package database, libraries of every changed program, kernel with modules and initramfs, changed units; and, where it was booted in a virtual machine, how that went and where its journal lies.',
    ],
    doesNot: [
      'It changes nothing, and it does not switch.',
      'It does not settle conflicts (see "decide"): your file stays in use, and the one of the package is put beside it.',
    ],
    examples: [
      ['understudy review', 'The newest staged environment.'],
      ["understudy review --json | jq -r '.value.files[].path'", 'Every changed path.'],
      ["understudy review --json | jq '.value.ready'", 'May it be activated?'],
    ],
    exits: [
      ['done', 'shown, also when it is not ready for activation'],
      ['failed', 'nothing is staged that could be read, or it was damaged'],
      ['usage', 'the command was not understood, or there is no such staged environment'],
    ],
  },
  options: {},
  long: false,
  onRecovery: 'go-on',
  read(given) {
    const stage = oneId(given, 'STAGE_UNKNOWN');
    return ({ engine, system }) => engine.review(system, stage === undefined ? {} : { stage });
  },
  lines: reviewLines,
});
