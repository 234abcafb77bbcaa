/** `understudy recover`: complete or take back what was interrupted. */
import { recoveredLines } from '../render/results.js';
import { nothing } from './given.js';
import { systemVerb } from './verb.js';

export const recover = systemVerb({
  name: 'recover',
  help: {
    summary: 'complete or take back what a power cut interrupted',
    synopsis: [''],
    does: [
      'Rolls an interrupted transaction forward if its commit point was passed, else back, and says which.',
      'Cleans up what a killed run left: mounts and half-built trees.',
      'Runs at every boot and at the start of every other verb by itself; running it again does no harm.',
    ],
    doesNot: [
      'It does not undo an update that was completed: see "rollback".',
      'It does not guess over a damaged journal: it names the place and changes nothing.',
    ],
    examples: [
      ['understudy recover', 'The running system.'],
      ['understudy --root /mnt recover', 'A system that does not boot, from a live USB stick.'],
    ],
    exits: [
      ['done', 'the system is consistent, whether or not something had to be recovered'],
      ['failed', 'the journal is damaged, or recovery failed; nothing was guessed'],
      ['usage', 'the command was not understood, or DIR is no root tree'],
      ['busy', 'another Understudy is at work'],
    ],
  },
  options: {},
  long: false,
  onRecovery: 'ask-nothing',
  read(given) {
    nothing(given);
    return ({ engine, system }) => engine.recover(system);
  },
  lines: recoveredLines,
});
