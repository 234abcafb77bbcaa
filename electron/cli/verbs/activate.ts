/** `understudy activate`: make a staged environment the running one. */
import { activations } from '../../../shared/plan.js';
import type { Activated, Unscheduled } from '../../../shared/history.js';
import type { Outcome } from '../../../shared/errors.js';
import { activatedLines, unscheduledLines } from '../render/results.js';
import { switchPreview } from '../render/review.js';
import { moment } from '../text/measure.js';
import { forTerminal } from '../text/plain.js';
import { flag, hour, oneId, oneOf } from './given.js';
import { systemVerb, UsageError } from './verb.js';

export const activate = systemVerb({
  name: 'activate',
  help: {
    summary: 'switch to a staged update, in one step',
    synopsis: [
      '[STAGE] [--how live|soft-reboot|kexec|reboot|shutdown] [--yes]',
      '[STAGE] --at TIME [--how live|soft-reboot|kexec|reboot] [--yes]',
      '--cancel',
      '--scheduled',
    ],
    does: [
      'Runs the readiness checks again with the values of this moment, looks for what changed since the staging, and switches. The old system stays as a restore point.',
      'Carries over what you changed meanwhile, and lists it. Where the update changed the same file, both are merged; where they cannot be, it stops once so that you can decide.',
      'Survives a power cut at any moment: afterwards the system is exactly the old one or exactly the new one.',
      'With --at it switches at that moment, within the next seven days: the installed helper does it, after the readiness checks were run once more.',
      'At a terminal it shows the essentials and asks "Switch now?"; elsewhere it needs --yes.',
    ],
    doesNot: [
      'It does not download or install anything: all that was done by "stage".',
      'It does not go on when packages were installed or removed since the staging: stage again.',
      'It does not make up for a moment that passed while the machine was off or a check blocked it: "understudy status" says so, and the staged environment stays.',
      'It does not touch /home, /root, /srv, /tmp, logs or databases.',
    ],
    examples: [
      ['understudy activate', 'The newest staged environment, in the way that its plan chose.'],
      ['understudy activate --how shutdown', 'At the next shutdown, without any interruption now.'],
      ['understudy activate --at 22:30', 'Tonight. A day goes before it, as in 2026-01-31T06:00.'],
      ['understudy activate --cancel', 'Takes a switch back that was set for later.'],
      ['understudy activate --how live --yes', 'At once and without a question, as in a script.'],
    ],
    exits: [
      ['done', 'switched (or, with --how shutdown or --at, set for later; or, with --cancel, not any more)'],
      ['failed', 'it could not be completed and was taken back, or you said no: the system is as it was'],
      ['usage', 'the command was not understood, or there is no such staged environment'],
      ['decision', '--yes is missing, or something changed since the staging'],
      ['blocked', 'a readiness check blocks it'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy or package tool is at work'],
    ],
  },
  options: {
    how: {
      value: 'HOW',
      text: 'live, soft-reboot, kexec, reboot or shutdown; without it, the least that suffices, as the plan says',
    },
    at: { value: 'TIME', text: 'not now but at this local time, such as 22:30 or 2026-01-31T06:00' },
    cancel: { text: 'take back a switch that was set for later; the staged environment stays' },
    scheduled: { text: 'carry out what --how shutdown scheduled; understudy-activate.service does this' },
  },
  long: true,
  onRecovery: 'stop',
  read(given) {
    const stage = oneId(given, 'STAGE_UNKNOWN');
    const how = oneOf(given, 'how', activations);
    const scheduled = flag(given, 'scheduled');
    const cancel = flag(given, 'cancel');
    const at = hour(given, 'at');
    if (at !== undefined && how === 'shutdown')
      throw new UsageError('--at and --how shutdown exclude each other.');
    if (cancel && (stage ?? how ?? at) !== undefined) throw new UsageError('--cancel stands alone.');
    const which = stage === undefined ? {} : { stage };
    return async ({ engine, system, confirm }): Promise<Outcome<Activated | Unscheduled>> => {
      if (cancel) return engine.unschedule(system);
      if (scheduled) return engine.activate(system, { scheduled });
      let seen = which;
      const agreed = await confirm(
        at !== undefined
          ? `Switch at ${moment(at)}?`
          : how === 'shutdown'
            ? 'Switch at the next shutdown?'
            : 'Switch now?',
        async () => {
          const review = await engine.review(system, which);
          if (!review.ok) return review;
          // What is switched to is what was shown, even if a newer one is staged while the question waits.
          seen = { stage: review.value.stage };
          return { ok: true, value: (look) => switchPreview(forTerminal(review.value), look) };
        },
      );
      if (!agreed.ok) return agreed;
      return engine.activate(system, {
        ...seen,
        ...(how === undefined ? {} : { how }),
        ...(at === undefined ? {} : { at }),
      });
    };
  },
  lines: (value, look) => ('how' in value ? activatedLines(value, look) : unscheduledLines(value, look)),
});
