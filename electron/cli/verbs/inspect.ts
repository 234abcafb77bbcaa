/** `understudy inspect`: what this machine is, and what is waiting. */
import { machineLines } from '../render/machine.js';
import { nothing } from './given.js';
import { systemVerb } from './verb.js';

export const inspect = systemVerb({
  name: 'inspect',
  help: {
    summary: 'show what this machine is and which updates are waiting',
    synopsis: [''],
    does: [
      'Shows distribution, architecture, kernels, init, mounts with their free space, power, network, boot loader, package managers, pending updates with sizes and origin, whether a reboot is required, and which kinds of environment can be used here, each with the reason.',
      'Works without root, and says what it could not see.',
    ],
    doesNot: [
      'It does not fetch the index: the updates are those that the index on this system knows ("plan" fetches a new one).',
      'It changes nothing.',
    ],
    examples: [
      ['understudy inspect', 'The running system.'],
      ['understudy --root /mnt inspect', 'A system that does not boot, mounted on /mnt.'],
      ["understudy inspect --json | jq '.value.pendingUpdates | length'", 'How many updates are waiting.'],
    ],
    exits: [
      ['done', 'shown'],
      ['failed', 'something could not be read at all'],
      ['usage', 'the command was not understood, or DIR is no root tree'],
    ],
  },
  options: {},
  long: false,
  onRecovery: 'go-on',
  read(given) {
    nothing(given);
    return ({ engine, system }) => engine.inspect(system);
  },
  lines: machineLines,
});
