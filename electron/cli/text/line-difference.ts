/**
 * What differs between two texts, line by line, by Myers' greedy algorithm ("An O(ND) difference algorithm and its
 * variations", 1986). Texts that have little in common are shown as replaced as a whole: the cost is bounded.
 */
export interface DifferenceLine {
  readonly kind: 'same' | 'mine' | 'theirs';
  readonly text: string;
}

/** Edits after which the search ends and the rest counts as replaced. */
const limit = 1000;

export function difference(mine: readonly string[], theirs: readonly string[]): DifferenceLine[] {
  let start = 0;
  while (start < mine.length && start < theirs.length && mine[start] === theirs[start]) start += 1;
  let end = 0;
  while (
    end < mine.length - start &&
    end < theirs.length - start &&
    mine[mine.length - 1 - end] === theirs[theirs.length - 1 - end]
  ) {
    end += 1;
  }
  const same = (text: string): DifferenceLine => ({ kind: 'same', text });
  return [
    ...mine.slice(0, start).map(same),
    ...middle(mine.slice(start, mine.length - end), theirs.slice(start, theirs.length - end)),
    ...mine.slice(mine.length - end).map(same),
  ];
}

function middle(mine: readonly string[], theirs: readonly string[]): DifferenceLine[] {
  const replaced = (): DifferenceLine[] => [
    ...mine.map((text): DifferenceLine => ({ kind: 'mine', text })),
    ...theirs.map((text): DifferenceLine => ({ kind: 'theirs', text })),
  ];
  if (mine.length === 0 || theirs.length === 0) return replaced();
  const trace = search(mine, theirs);
  return trace ? backtrack(mine, theirs, trace) : replaced();
}

/** For every number of edits, the furthest line of `mine` reached on each diagonal; `undefined` beyond the limit. */
function search(mine: readonly string[], theirs: readonly string[]): Map<number, number>[] | undefined {
  const trace: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(limit, mine.length + theirs.length); edits += 1) {
    trace.push(furthest);
    const next = new Map(furthest);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = fromAbove(next, diagonal, edits)
        ? reached(next, diagonal + 1)
        : reached(next, diagonal - 1) + 1;
      while (x < mine.length && x - diagonal < theirs.length && mine[x] === theirs[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= mine.length && x - diagonal >= theirs.length) return trace;
    }
    furthest = next;
  }
  return undefined;
}

const reached = (furthest: ReadonlyMap<number, number>, diagonal: number): number =>
  furthest.get(diagonal) ?? 0;

function fromAbove(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && reached(furthest, diagonal - 1) < reached(furthest, diagonal + 1);
}

function backtrack(
  mine: readonly string[],
  theirs: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): DifferenceLine[] {
  const lines: DifferenceLine[] = [];
  let x = mine.length;
  let y = theirs.length;
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const furthest = trace[edits] ?? new Map<number, number>();
    const previous = fromAbove(furthest, x - y, edits) ? x - y + 1 : x - y - 1;
    const fromX = reached(furthest, previous);
    const fromY = fromX - previous;
    while (x > 0 && y > 0 && x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      lines.push({ kind: 'same', text: mine[x] ?? '' });
    }
    if (edits === 0) break;
    if (y > fromY) {
      y -= 1;
      lines.push({ kind: 'theirs', text: theirs[y] ?? '' });
    } else {
      x -= 1;
      lines.push({ kind: 'mine', text: mine[x] ?? '' });
    }
  }
  return lines.reverse();
}
