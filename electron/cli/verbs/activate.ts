/** `understudy activate`: make a staged environment the running one. */
import { activations } from '../../../shared/plan.js';
import { activatedLines } from '../render/results.js';
import { switchPreview } from '../render/review.js';
import { forTerminal } from '../text/plain.js';
import { flag, oneId, oneOf } from './given.js';
import { systemVerb } from './verb.js';

export const activate = systemVerb({
  name: 'activate',
  help: {
    summary: 'switch to a staged update, in one step',
    synopsis: ['[STAGE] [--how live|soft-reboot|kexec|reboot|shutdown] [--yes]', '--scheduled'],
    does: [
      'Runs the readiness checks again with the values of this moment, looks for what changed since the staging, and switches. The old system stays as a restore point.',
      'Carries over what you changed meanwhile where it does not collide, and lists it.',
      'Survives a power cut at any moment: afterwards the system is exactly the old one or exactly the new one.',
      'At a terminal it shows the essentials and asks "Switch now?"; elsewhere it needs --yes.',
    ],
    doesNot: [
      'It does not download or install anything: all that was done by "stage".',
      'It does not go on when packages were installed or removed since the staging, or when a file that the update changes was changed by you as well: it lists them and asks to stage again.',
      'It does not touch /home, /root, /srv, /tmp, logs or databases.',
    ],
    examples: [
      ['understudy activate', 'The newest staged environment, in the way that its plan chose.'],
      ['understudy activate --how shutdown', 'At the next shutdown, without any interruption now.'],
      ['understudy activate --how live --yes', 'At once and without a question, as in a script.'],
    ],
    exits: [
      ['done', 'switched (or, with --how shutdown, prepared)'],
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
    scheduled: { text: 'carry out what --how shutdown scheduled; understudy-activate.service does this' },
  },
  long: true,
  onRecovery: 'stop',
  read(given) {
    const stage = oneId(given, 'STAGE_UNKNOWN');
    const how = oneOf(given, 'how', activations);
    const scheduled = flag(given, 'scheduled');
    const which = stage === undefined ? {} : { stage };
    return async ({ engine, system, confirm }) => {
      if (scheduled) return engine.activate(system, { scheduled });
      let seen = which;
      const agreed = await confirm(
        how === 'shutdown' ? 'Switch at the next shutdown?' : 'Switch now?',
        async () => {
          const review = await engine.review(system, which);
          if (!review.ok) return review;
          // What is switched to is what was shown, even if a newer one is staged while the question waits.
          seen = { stage: review.value.stage };
          return { ok: true, value: (look) => switchPreview(forTerminal(review.value), look) };
        },
      );
      if (!agreed.ok) return agreed;
      return engine.activate(system, { ...seen, ...(how === undefined ? {} : { how }) });
    };
  },
  lines: activatedLines,
});
