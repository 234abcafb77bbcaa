/** `understudy health`: judge a new system at its first start, and leave it where it is not healthy. */
import { examinedLines } from '../render/results.js';
import { nothing } from './given.js';
import { systemVerb } from './verb.js';

export const health = systemVerb({
  name: 'health',
  help: {
    summary: 'judge a new system at its first start; the system itself runs this',
    synopsis: [''],
    does: [
      'Where a new system is on trial: waits for its default target and looks for units that failed, for the network, and at what the scripts in /etc/understudy/health.d say.',
      'A healthy system is from then on the one that starts. From another one it returns to the system before, and restarts.',
      'Where nothing is on trial it does nothing.',
    ],
    doesNot: [
      'It does not run a script that anyone but root can write: that counts against the system.',
      'It does not judge later starts: see "rollback" to return at any time.',
    ],
    examples: [['understudy health', 'The running system.']],
    exits: [
      ['done', 'the new system is healthy, or nothing is on trial'],
      ['failed', 'it is not, and the machine restarts; or the check itself failed'],
      ['usage', 'the command was not understood'],
      ['busy', 'another Understudy is at work'],
    ],
  },
  options: {},
  long: false,
  onRecovery: 'go-on',
  read(given) {
    nothing(given);
    return ({ engine, system }) => engine.health(system);
  },
  lines: (examined) => examinedLines(examined),
  exit: ({ healthy }) => (healthy ? 'done' : 'failed'),
});
