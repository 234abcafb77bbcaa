/** `understudy rollback`: return to a restore point. */
import { rolledBackLines } from '../render/results.js';
import { forTerminal } from '../text/plain.js';
import { flag, oneId } from './given.js';
import { systemVerb } from './verb.js';

export const rollback = systemVerb({
  name: 'rollback',
  help: {
    summary: 'take an update back, in one step',
    synopsis: ['[RESTORE-POINT] [--dry-run] [--yes]'],
    does: [
      'Returns to the last restore point, or to the one that is named, in a time that does not depend on the size of the update, and as safe against a power cut as the switch itself.',
      'Tests the restore point first: kernel, modules, initramfs and boot entry must match.',
      'Keeps what you changed since where it does not collide, and puts your versions of the files that go back aside.',
      'At a terminal it shows what would be lost and asks; elsewhere it needs --yes.',
    ],
    doesNot: [
      'It does not touch /home, /root, /srv, /tmp, logs or databases.',
      'It does not keep packages that were installed since: --dry-run lists them.',
    ],
    examples: [
      ['understudy rollback --dry-run', 'What would be lost?'],
      ['understudy rollback', 'Take the last update back.'],
      [
        'understudy --root /mnt rollback --yes',
        'From a live USB stick, for a system that does not boot any more.',
      ],
    ],
    exits: [
      ['done', 'rolled back, or shown with --dry-run'],
      ['failed', 'there is nothing to return to, it would not boot, or you said no: the system is as it was'],
      ['usage', 'the command was not understood, or there is no such restore point'],
      ['decision', '--yes is missing'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy or package tool is at work'],
    ],
  },
  options: { 'dry-run': { text: 'only say what would be lost and what would be kept' } },
  long: true,
  onRecovery: 'stop',
  read(given) {
    const id = oneId(given, 'RESTORE_POINT_UNKNOWN');
    const dryRun = flag(given, 'dry-run');
    const which = id === undefined ? {} : { restorePoint: id };
    return async ({ engine, system, confirm }) => {
      if (dryRun) return engine.rollback(system, { ...which, dryRun: true });
      let seen = which;
      const agreed = await confirm('Roll back now?', async () => {
        const preview = await engine.rollback(system, { ...which, dryRun: true });
        if (!preview.ok) return preview;
        seen = { restorePoint: preview.value.restorePoint };
        return { ok: true, value: (look) => rolledBackLines(forTerminal(preview.value), look) };
      });
      return agreed.ok ? engine.rollback(system, { ...seen, dryRun: false }) : agreed;
    };
  },
  lines: rolledBackLines,
});
