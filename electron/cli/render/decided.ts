/** What was decided about the conflicts of a staged environment, and what is open. */
import type { Conflict, Review } from '../../../shared/changeset.js';
import { fromRoot } from '../../../shared/from-root.js';
import { heading, paint, type Look } from '../text/look.js';
import { count } from '../text/measure.js';
import { conflictLines } from './conflict.js';

/** Nobody chose yet; until then the user's own file stays in use. */
export const isOpen = ({ decided }: Conflict): boolean => !decided;

/** What is open is shown with its difference, what was decided in a line. */
export function decidedLines({ stage, conflicts }: Review, look: Look): string[] {
  if (conflicts.length === 0) return [`Staged environment ${stage}: there is nothing to decide.`];
  const open = conflicts.filter(isOpen);
  const title = `${heading(look, `Staged environment ${stage}`)}  ${count(conflicts.length, 'configuration conflict')}`;
  const lines = [title, '', ...conflicts.filter((one) => !isOpen(one)).map((one) => decidedLine(one, look))];
  if (open.length === 0) return [...lines, '', `Next: ${look.command} activate ${stage}`];
  return [
    ...lines,
    ...open.flatMap((one) => conflictLines(one, look)),
    '',
    `${count(open.length, 'conflict')} open: until you choose, your own version stays in use.`,
    `Next: ${look.command} decide mine|theirs FILE...`,
  ];
}

function decidedLine({ path, kept, beside }: Conflict, look: Look): string {
  const inUse = kept === 'mine' ? 'yours is used' : "the package's is used";
  return `  ${paint(look, 'strong', fromRoot(path))}  ${paint(look, 'good', inUse)}, the other is kept as ${fromRoot(beside)}`;
}
