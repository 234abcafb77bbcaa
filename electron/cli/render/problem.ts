/** A problem on standard error: what kind, what happened, the details, and the next step. */
import { errorTexts, type ExitKind, type Problem } from '../../../shared/errors.js';
import { paint, type Look, type Tone } from '../text/look.js';
import { plain, plainLines } from '../text/plain.js';
import { wrap } from '../text/width.js';

const kinds: Readonly<Record<ExitKind, { word: string; tone: Tone }>> = {
  done: { word: '', tone: 'plain' },
  failed: { word: 'Error: ', tone: 'bad' },
  usage: { word: 'Error: ', tone: 'bad' },
  decision: { word: 'Your decision is needed: ', tone: 'warning' },
  blocked: { word: 'Blocked: ', tone: 'bad' },
  recovered: { word: 'Recovered: ', tone: 'warning' },
  busy: { word: 'Busy: ', tone: 'warning' },
};

/** A helper that is newer may have codes that are not known here. */
function kindOf({ code }: Problem): ExitKind {
  const known: Partial<Record<string, { readonly exit: ExitKind }>> = errorTexts;
  return known[code]?.exit ?? 'failed';
}

export function problemLines(problem: Problem, look: Look): string[] {
  const { word, tone } = problem.code === 'CANCELLED' ? kinds.done : kinds[kindOf(problem)];
  const code = paint(look, 'quiet', `[${problem.code}]`);
  return [
    `${paint(look, tone, word)}${plain(problem.sentence)} ${code}`,
    ...problem.details.flatMap(plainLines).flatMap((line) => wrap(line, look.width, '    ', '  ')),
    ...wrap(plain(problem.hint), look.width),
  ];
}
