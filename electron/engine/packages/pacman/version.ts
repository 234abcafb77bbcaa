/** pacman's order of versions, as vercmp(8) defines it: [epoch:]version[-release]. */

/** Negative where `a` is older, positive where it is newer, 0 where pacman takes them for equal. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    comparePart(left.epoch, right.epoch) ||
    comparePart(left.version, right.version) ||
    // A release that is missing on one side is not compared.
    (left.release === undefined || right.release === undefined ? 0 : comparePart(left.release, right.release))
  );
}

function partsOf(text: string): { epoch: string; version: string; release: string | undefined } {
  const epoch = /^(\d*):/.exec(text);
  const rest = epoch ? text.slice(epoch[0].length) : text;
  const dash = rest.lastIndexOf('-');
  return {
    epoch: epoch?.[1] || '0',
    version: dash < 0 ? rest : rest.slice(0, dash),
    release: dash < 0 ? undefined : rest.slice(dash + 1),
  };
}

/**
 * As RPM compares them: runs of digits by their value, runs of letters by their bytes, a number newer than letters, more separators newer
 * than fewer. A rest of letters is older than nothing (1.0rc1 before 1.0), any other rest newer.
 */
function comparePart(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [before, beforeOther] = [separatorsAt(a, i), separatorsAt(b, j)];
    i += before;
    j += beforeOther;
    if (i === a.length || j === b.length) break;
    if (before !== beforeOther) return before - beforeOther;
    const run = isDigit(a[i]) ? digits : letters;
    const [one, two] = [runAt(a, i, run), runAt(b, j, run)];
    if (two === '') return run === digits ? 1 : -1;
    const difference = run === digits ? compareNumbers(one, two) : compareBytes(one, two);
    if (difference !== 0) return difference;
    i += one.length;
    j += two.length;
  }
  if (i === a.length && j === b.length) return 0;
  return (i === a.length && !isLetter(b[j])) || isLetter(a[i]) ? -1 : 1;
}

const digits = /\d*/y;
const letters = /[A-Za-z]*/y;
const separators = /[^A-Za-z0-9]*/y;

function runAt(text: string, start: number, run: RegExp): string {
  run.lastIndex = start;
  return run.exec(text)?.[0] ?? '';
}

const separatorsAt = (text: string, start: number): number => runAt(text, start, separators).length;
const isDigit = (character: string | undefined): boolean => character !== undefined && /\d/.test(character);
const isLetter = (character: string | undefined): boolean =>
  character !== undefined && /[A-Za-z]/.test(character);

function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || compareBytes(x, y);
}

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
