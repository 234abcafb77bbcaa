/**
 * What a problem says to people: the app's own words for a code that it knows, else the problem's own sentence and hint. Never
 * nothing, and never "undefined".
 */
import type { Problem } from '../../shared/errors.js';
import type { ProblemText } from '../words/en/problems.js';
import type { Words } from '../words/vocabulary.js';

export function problemText(problem: Problem, { problems }: Words): ProblemText {
  const known: Partial<Record<string, ProblemText>> = problems.codes;
  // Not a property that every object has.
  const own = Object.hasOwn(known, problem.code) ? known[problem.code] : undefined;
  if (own) return own;
  return { sentence: problem.sentence.trim() || problems.unknown, hint: problem.hint.trim() };
}
