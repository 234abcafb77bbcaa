/**
 * The difference of two texts by lines, as the shortest way from one to the other: E. Myers, "An O(ND) Difference Algorithm and Its
 * Variations", Algorithmica 1 (1986). The search is bounded, so that no text can keep the window busy: beyond it, what lies
 * between the equal beginning and the equal end counts as changed altogether.
 */
export interface Line {
  /** In which of the two texts it is. */
  readonly in: 'both' | 'mine' | 'theirs';
  readonly text: string;
}

/** Lines of one text that are not in the other, at which the search gives up. */
const mostEdits = 800;

export function differenceOf(mine: string, theirs: string): Line[] {
  const a = linesOf(mine);
  const b = linesOf(theirs);
  const head = commonStart(a, b);
  const tail = commonEnd(a, b, head);
  const middle = shortestWay(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [...both(a.slice(0, head)), ...middle, ...both(a.slice(a.length - tail))];
}

/** The end of the last line is no line of its own. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[count] === b[count]) count += 1;
  return count;
}

function commonEnd(a: readonly string[], b: readonly string[], head: number): number {
  const most = Math.min(a.length, b.length) - head;
  let count = 0;
  while (count < most && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}

const both = (lines: readonly string[]): Line[] => lines.map((text) => ({ in: 'both', text }));
const mineOnly = (lines: readonly string[]): Line[] => lines.map((text) => ({ in: 'mine', text }));
const theirsOnly = (lines: readonly string[]): Line[] => lines.map((text) => ({ in: 'theirs', text }));

function shortestWay(a: readonly string[], b: readonly string[]): Line[] {
  const trail = a.length === 0 || b.length === 0 ? null : search(a, b);
  return trail ? walkBack(a, b, trail) : [...mineOnly(a), ...theirsOnly(b)];
}

/** For each number of edits the furthest place reached on every diagonal; null where there are too many. */
function search(a: readonly string[], b: readonly string[]): Int32Array[] | null {
  const most = Math.min(a.length + b.length, mostEdits);
  const middle = most + 1;
  const reached = new Int32Array(2 * most + 3);
  const trail: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    trail.push(reached.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = reached[middle + diagonal + 1] ?? 0;
      const right = (reached[middle + diagonal - 1] ?? 0) + 1;
      let x = diagonal === -edits || (diagonal !== edits && right <= down) ? down : right;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      reached[middle + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length) return trail;
    }
  }
  return null;
}

function walkBack(a: readonly string[], b: readonly string[], trail: readonly Int32Array[]): Line[] {
  const way: Line[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = trail.length - 1; edits >= 0; edits -= 1) {
    // Of the diagonals -edits-1 to edits+1, as they were before this edit.
    const before = trail[edits];
    const at = (diagonal: number): number => before?.[diagonal + edits + 1] ?? 0;
    const diagonal = x - y;
    const isDown = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) + 1 <= at(diagonal + 1));
    const previous = isDown ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : at(previous);
    const fromY = edits === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) {
      way.push({ in: 'both', text: a[x - 1] ?? '' });
      x -= 1;
      y -= 1;
    }
    if (edits === 0) break;
    way.push(isDown ? { in: 'theirs', text: b[fromY] ?? '' } : { in: 'mine', text: a[fromX] ?? '' });
    x = fromX;
    y = fromY;
  }
  return way.reverse();
}
