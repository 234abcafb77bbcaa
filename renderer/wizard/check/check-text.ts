/**
 * A check in the app's own words, by its id; a check of a newer helper speaks for itself. What the engine says about the particulars stays
 * where it says more than the measured value, and only for what needs attention.
 */
import type { CheckResult } from '../../../shared/check.js';
import type { CheckWords } from '../../words/en/wizard-checks.js';
import type { Words } from '../../words/vocabulary.js';

/** Checks whose own sentence names what the measured value does not: which packages, which file, how much is missing. */
const tellingMore: readonly string[] = [
  'root-file-system',
  'overlay-support',
  'room',
  'package-database',
  'broken-packages',
  'held-packages',
  'clock',
];

export interface CheckText {
  readonly title: string;
  readonly sentence: string;
  readonly particulars: string | null;
  readonly remedy: string | null;
}

export function checkText(
  { id, title, result, sentence, remedy }: CheckResult,
  { wizard }: Words,
): CheckText {
  const known: CheckWords | undefined = Object.hasOwn(wizard.check.known, id)
    ? wizard.check.known[id]
    : undefined;
  if (!known) return { title, sentence, particulars: null, remedy };
  const own = known[result];
  const needsAttention = result !== 'pass';
  return {
    title: known.title,
    sentence: own,
    particulars: needsAttention && sentence !== '' && tellingMore.includes(id) ? sentence : null,
    remedy: needsAttention && known.remedy !== '' ? known.remedy : null,
  };
}
