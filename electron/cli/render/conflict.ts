/** A configuration file that the user and a package both changed: as a unified difference, or side by side where it fits. */
import type { Conflict } from '../../../shared/changeset.js';
import { fromRoot } from '../../../shared/from-root.js';
import { difference, type DifferenceLine } from '../text/line-difference.js';
import { paint, sign, type Look } from '../text/look.js';
import { cut, pad } from '../text/width.js';

/** Unchanged lines around a change. */
const context = 3;
/** Lines of one difference that are shown; the files themselves hold the rest. */
const mostLines = 200;
/** Columns from which both texts fit beside each other. */
const sideBySideFrom = 120;

export function conflictLines(conflict: Conflict, look: Look): string[] {
  const owner = conflict.package === null ? 'the package' : `the package ${conflict.package}`;
  const inUse = conflict.kept === 'mine' ? 'yours stays in use' : `the one of ${owner} is in use`;
  const other = conflict.kept === 'mine' ? `the one of ${owner}` : 'yours';
  const head = [
    `  ${paint(look, 'warning', fromRoot(conflict.path))}`,
    `    changed by you and by ${owner}: ${inUse}, ${other} is kept as ${fromRoot(conflict.beside)}`,
  ];
  if (conflict.mine === null || conflict.theirs === null) {
    return [...head, '    (not text, too long, or not for everyone to read: compare the two files)'];
  }
  const lines = excerpt(difference(split(conflict.mine), split(conflict.theirs)));
  if (lines.length === 0) return [...head, '    (the texts do not differ)'];
  const shown = lines.slice(0, mostLines);
  const rest = lines.length - shown.length;
  const body =
    look.width >= sideBySideFrom && Number.isFinite(look.width)
      ? sideBySide(shown, look)
      : unified(shown, look);
  return [...head, ...body, ...(rest > 0 ? [`    (${rest} more lines; compare the two files)`] : [])];
}

const split = (text: string): string[] => (text === '' ? [] : text.split('\n'));

/** A gap stands for unchanged lines that are left out. */
type Shown = DifferenceLine | { readonly kind: 'gap' };

function excerpt(lines: readonly DifferenceLine[]): Shown[] {
  const near = new Set<number>();
  lines.forEach((line, index) => {
    if (line.kind === 'same') return;
    for (let at = index - context; at <= index + context; at += 1) near.add(at);
  });
  const shown: Shown[] = [];
  lines.forEach((line, index) => {
    if (near.has(index)) shown.push(line);
    else if (near.has(index - 1)) shown.push({ kind: 'gap' });
  });
  if (shown.at(-1)?.kind === 'gap') shown.pop();
  return shown;
}

function unified(lines: readonly Shown[], look: Look): string[] {
  const body = lines.map((line) => {
    switch (line.kind) {
      case 'gap':
        return `    ${sign(look, 'ellipsis')}`;
      case 'same':
        return `      ${line.text}`;
      case 'mine':
        return `    ${paint(look, 'bad', `- ${line.text}`)}`;
      case 'theirs':
        return `    ${paint(look, 'good', `+ ${line.text}`)}`;
    }
  });
  return [`    ${paint(look, 'bad', '- yours')}  ${paint(look, 'good', "+ the package's")}`, ...body];
}

function sideBySide(lines: readonly Shown[], look: Look): string[] {
  const half = Math.floor((look.width - 4 - 3) / 2);
  const bar = paint(look, 'quiet', sign(look, 'column'));
  const row = (mine: string, theirs: string, changed: boolean): string => {
    const [left, right] = [mine, theirs].map((text) => pad(cut(text, half, sign(look, 'ellipsis')), half));
    return changed
      ? `    ${paint(look, 'bad', left ?? '')} ${bar} ${paint(look, 'good', right ?? '')}`.trimEnd()
      : `    ${left ?? ''} ${bar} ${right ?? ''}`.trimEnd();
  };
  const rows: string[] = [row('  yours', "  the package's", false)];
  let mine: string[] = [];
  let theirs: string[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(mine.length, theirs.length); at += 1) {
      const [left, right] = [mine[at], theirs[at]];
      rows.push(row(left === undefined ? '' : `- ${left}`, right === undefined ? '' : `+ ${right}`, true));
    }
    mine = [];
    theirs = [];
  };
  for (const line of lines) {
    if (line.kind === 'mine') mine.push(line.text);
    else if (line.kind === 'theirs') theirs.push(line.text);
    else {
      flush();
      const text = line.kind === 'gap' ? sign(look, 'ellipsis') : `  ${line.text}`;
      rows.push(row(text, text, false));
    }
  }
  flush();
  return rows;
}
