/** `understudy check`: the readiness checks, with the values of this moment. */
import { checkLines } from '../render/checks.js';
import { oneId, oneOf } from './given.js';
import { systemVerb } from './verb.js';

export const check = systemVerb({
  name: 'check',
  help: {
    summary: 'check whether an update could start now',
    synopsis: ['[PLAN] [--for stage|activation]'],
    does: [
      'Runs every readiness check: room on each file system concerned, room on /boot, the package database, locks, held and broken packages, the archive and its signatures, power, a metered network, the clock, the root file system, a pending reboot, another transaction of Understudy.',
      'Each check passes, warns or blocks, with a sentence, the value it measured, and a remedy.',
      'With a PLAN it measures against the sizes of that plan, otherwise against all pending updates.',
    ],
    doesNot: [
      'It repairs nothing and changes nothing.',
      'Its answer holds for this moment only: "stage" and "activate" check again by themselves.',
    ],
    examples: [
      ['understudy check', 'Could an update be staged now?'],
      ['understudy check --for activation', 'Could the staged update be switched to now?'],
      ['understudy check --quiet && understudy stage', 'In a script: stage only when nothing blocks.'],
    ],
    exits: [
      ['done', 'nothing blocks; there may be warnings'],
      ['failed', 'the checks could not be run'],
      ['usage', 'the command was not understood, or there is no such plan'],
      ['blocked', 'at least one check blocks'],
      ['busy', 'another Understudy or package tool is at work'],
    ],
  },
  options: {
    for: { value: 'MOMENT', text: 'stage (the default): before a rehearsal; activation: before the switch' },
  },
  long: true,
  onRecovery: 'go-on',
  read(given) {
    const plan = oneId(given, 'PLAN_UNKNOWN');
    const moment = oneOf(given, 'for', ['stage', 'activation']) ?? 'stage';
    return ({ engine, system }) =>
      engine.check(system, {
        moment: moment === 'stage' ? 'before-stage' : 'before-activation',
        ...(plan === undefined ? {} : { plan }),
      });
  },
  lines: checkLines,
  exit: (report) => (report.result === 'block' ? 'blocked' : 'done'),
});
