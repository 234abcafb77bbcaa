/**
 * The paragraph format of dpkg and apt (deb822(5)): `Field: value` lines, continuation lines that begin with a blank,
 * paragraphs apart by empty lines. Only the fields that are asked for are kept: a status file of 10 MB is mostly
 * descriptions.
 */

export type Paragraph = ReadonlyMap<string, string>;

/** Yields the paragraphs of a text with the wanted fields (names in lower case; field names are case-insensitive). */
export function* paragraphs(text: string, wanted: ReadonlySet<string>): Generator<Paragraph> {
  let fields = new Map<string, string>();
  let current: string | undefined;
  let any = false;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const first = text.charCodeAt(start);
    if (end === start || isBlank(text, start, end)) {
      if (any) yield fields;
      fields = new Map();
      current = undefined;
      any = false;
    } else if (first === space || first === horizontalTab) {
      if (current !== undefined)
        fields.set(current, `${fields.get(current) ?? ''}\n${text.slice(start + 1, end)}`);
    } else if (first !== hash) {
      any = true;
      const colon = text.indexOf(':', start);
      current = undefined;
      if (colon >= 0 && colon < end) {
        const name = text.slice(start, colon).toLowerCase();
        if (wanted.has(name)) {
          current = name;
          fields.set(name, text.slice(colon + 1, end).trim());
        }
      }
    }
    start = end + 1;
  }
  if (any) yield fields;
}

const space = 32;
const horizontalTab = 9;
const hash = 35;

/** A line of blanks ends a paragraph as an empty one does. Only lines that start with a blank need the look. */
function isBlank(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code !== space && code !== horizontalTab) return false;
  }
  return true;
}
