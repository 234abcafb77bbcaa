/** A difference as it is shown: what changed with a few lines around it, and how much equal text lies between. */
import type { Line } from './difference.js';

export type Piece =
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  | { readonly kind: 'equal'; readonly count: number; readonly lines: readonly Line[] };

const around = 3;
/** Fewer equal lines than these are not worth hiding. */
const leastHidden = 3;

export function piecesOf(lines: readonly Line[]): Piece[] {
  const isNear = nearness(lines);
  const pieces: Piece[] = [];
  let start = 0;
  while (start < lines.length) {
    const near = isNear[start] === true;
    let end = start;
    while (end < lines.length && (isNear[end] === true) === near) end += 1;
    const part = lines.slice(start, end);
    pieces.push(
      near || part.length < leastHidden
        ? { kind: 'lines', lines: part }
        : { kind: 'equal', count: part.length, lines: part },
    );
    start = end;
  }
  return joined(pieces);
}

function nearness(lines: readonly Line[]): boolean[] {
  const near = lines.map(() => false);
  lines.forEach((line, index) => {
    if (line.in === 'both') return;
    for (let at = Math.max(0, index - around); at <= Math.min(lines.length - 1, index + around); at += 1)
      near[at] = true;
  });
  return near;
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last?.kind === 'lines' && piece.kind === 'lines')
      result[result.length - 1] = { kind: 'lines', lines: [...last.lines, ...piece.lines] };
    else result.push(piece);
  }
  return result;
}

/** A line of each side that stand beside each other; null where one side has none. */
export interface Pair {
  readonly mine: string | null;
  readonly theirs: string | null;
  readonly isEqual: boolean;
}

export function pairsOf(lines: readonly Line[]): Pair[] {
  const pairs: Pair[] = [];
  let mine: string[] = [];
  let theirs: string[] = [];
  const flush = (): void => {
    for (let index = 0; index < Math.max(mine.length, theirs.length); index += 1)
      pairs.push({ mine: mine[index] ?? null, theirs: theirs[index] ?? null, isEqual: false });
    mine = [];
    theirs = [];
  };
  for (const line of lines) {
    if (line.in === 'mine') mine.push(line.text);
    else if (line.in === 'theirs') theirs.push(line.text);
    else {
      flush();
      pairs.push({ mine: line.text, theirs: line.text, isEqual: true });
    }
  }
  flush();
  return pairs;
}
