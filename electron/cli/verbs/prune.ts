/** `understudy prune`: remove old restore points. */
import type { Pruned } from '../../../shared/history.js';
import { prunedLines } from '../render/results.js';
import { forTerminal } from '../text/plain.js';
import { bytesOf, flag, nothing, wholeNumber } from './given.js';
import { systemVerb } from './verb.js';

/** The engine's answer, with what was asked: the contract does not say whether it was a dry run. */
interface Shown {
  readonly pruned: Pruned;
  readonly dryRun: boolean;
}

export const prune = systemVerb({
  name: 'prune',
  help: {
    summary: 'remove old restore points to free space',
    synopsis: ['[--keep N] [--max-bytes SIZE] [--dry-run] [--yes]'],
    does: [
      'Removes the oldest restore points until at most N are left and all together hold at most SIZE, and says what that freed.',
      'Without options it follows the settings of this system.',
      'At a terminal it shows what would go and asks; elsewhere it needs --yes.',
    ],
    doesNot: [
      'It never removes the only restore point, nor one that is in use.',
      'It does not touch what is staged, and no file of the running system.',
    ],
    examples: [
      ['understudy prune --dry-run', 'What would go?'],
      ['understudy prune --keep 2', 'Keep the newest two.'],
      ['understudy prune --max-bytes 5GB --yes', 'At most 5 GB, without a question.'],
    ],
    exits: [
      ['done', 'removed, shown with --dry-run, or there was nothing to remove'],
      ['failed', 'it could not be done, or you said no'],
      ['usage', 'the command was not understood'],
      ['decision', '--yes is missing'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy is at work'],
    ],
  },
  options: {
    keep: { value: 'N', text: 'restore points to keep, 1 or more' },
    'max-bytes': {
      value: 'SIZE',
      text: 'bytes that all restore points together may hold; 500M and 10G count in 1024, 500MB and 10GB in 1000',
    },
    'dry-run': { text: 'only say what would be removed' },
  },
  long: false,
  onRecovery: 'stop',
  read(given) {
    nothing(given);
    const keep = wholeNumber(given, 'keep', 1);
    const maxBytes = bytesOf(given, 'max-bytes');
    const dryRun = flag(given, 'dry-run');
    const bounds = {
      ...(keep === undefined ? {} : { keep }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    };
    return async ({ engine, system, confirm }) => {
      if (!dryRun) {
        const agreed = await confirm('Remove these restore points?', async () => {
          const preview = await engine.prune(system, { ...bounds, dryRun: true });
          if (!preview.ok) return preview;
          return { ok: true, value: (look) => prunedLines(forTerminal(preview.value), look, true) };
        });
        if (!agreed.ok) return agreed;
      }
      const outcome = await engine.prune(system, { ...bounds, dryRun });
      return outcome.ok ? { ok: true, value: { pruned: outcome.value, dryRun } } : outcome;
    };
  },
  lines: ({ pruned, dryRun }: Shown, look) => prunedLines(pruned, look, dryRun),
});
