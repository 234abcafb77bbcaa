/**
 * Text by diff3 (S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3", 2007), line by line. A line is its bytes with
 * its own end, so that encodings, CRLF and a missing end of the last line survive; what holds a NUL is no text and never merged.
 */
import { diff3Merge } from 'node-diff3';

export type TextConflict = 'content' | 'binary' | 'too-large';
export type MergedText = { readonly merged: Buffer } | { readonly conflict: TextConflict };

const largestText = 4 * 1024 * 1024;
/** Lines from the first change to the last: the time of the comparison grows with their square, to a second or so. */
const mostLines = 8000;
/** Pairs of equal lines that the comparison may look at. */
const mostPairs = 4_000_000;

/** Merges where every change of one side is apart from those of the other by a line at least, or is the same on both. */
export function mergeText(base: Buffer, mine: Buffer, theirs: Buffer): MergedText {
  const texts = [base, mine, theirs] as const;
  if (texts.some((text) => text.includes(0))) return { conflict: 'binary' };
  if (texts.some(({ length }) => length > largestText)) return { conflict: 'too-large' };
  const [old, left, right] = texts.map(linesOf) as [string[], string[], string[]];
  const { before, after } = common(old, left, right);
  const middle = (lines: string[]): string[] => lines.slice(before, lines.length - after);
  const parts = [middle(old), middle(left), middle(right)] as const;
  if (parts.some(({ length }) => length > mostLines)) return { conflict: 'too-large' };
  if (pairs(parts[0], parts[1]) + pairs(parts[0], parts[2]) > mostPairs) return { conflict: 'too-large' };
  const merged = left.slice(0, before);
  for (const region of diff3Merge(parts[1], parts[0], parts[2])) {
    if (!region.ok) return { conflict: 'content' };
    for (const line of region.ok) merged.push(line);
  }
  for (const line of left.slice(left.length - after)) merged.push(line);
  // The end of one side's text must not come to lie before what the other one added.
  if (merged.slice(0, -1).some((line) => !line.endsWith('\n'))) return { conflict: 'content' };
  return { merged: Buffer.from(merged.join(''), 'latin1') };
}

function linesOf(text: Buffer): string[] {
  return text.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Lines that all three have in common at the start and at the end. */
function common(...texts: readonly [string[], string[], string[]]): { before: number; after: number } {
  const [first, ...others] = texts;
  const shortest = Math.min(...texts.map(({ length }) => length));
  let before = 0;
  while (before < shortest && others.every((lines) => lines[before] === first[before])) before += 1;
  let after = 0;
  while (after < shortest - before && others.every((lines) => lines.at(-1 - after) === first.at(-1 - after)))
    after += 1;
  return { before, after };
}

function pairs(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of a) counts.set(line, (counts.get(line) ?? 0) + 1);
  return b.reduce((total, line) => total + (counts.get(line) ?? 0), 0);
}
