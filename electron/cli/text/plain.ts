/**
 * Text from outside (package names, log lines, file names, the words of maintainer scripts) before it reaches a
 * terminal. Invariant: nothing that `plain` or `forTerminal` returns can move the cursor, change a colour or a title, answer
 * a query, reorder what is read, or forge a line of ours.
 */

/**
 * Escape sequences as ECMA-48 defines them: control sequences (5.4), control strings up to their terminator (5.6),
 * and the two-byte and three-byte escapes; each also in its one-character C1 form.
 */
const sequences =
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g;

/** C0, DEL and C1 controls, line and paragraph separators, marks that reorder or hide text, and lone surrogates. */
const controls =
  // eslint-disable-next-line no-control-regex -- as above
  /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** One line of harmless text: line ends and tabs become a space, everything else that is no text is removed. */
export function plain(text: string): string {
  return text
    .replace(sequences, '')
    .replace(/[\t\n\r\v\f]+/g, ' ')
    .replace(controls, '');
}

/** The lines of a text, each of them harmless; tabs become spaces. */
export function plainLines(text: string): string[] {
  const lines = text.replace(/\t/g, '    ').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map(plain);
}

/** The fields of the contract that hold whole texts; only there do line ends survive. */
const texts: ReadonlySet<string> = new Set(['mine', 'theirs', 'text']);

/** A copy of a contract value in which every string is harmless. Rendering works on nothing else. */
export function forTerminal<T>(value: T): T {
  return harmless(value, false) as T;
}

function harmless(value: unknown, isText: boolean): unknown {
  if (typeof value === 'string') return isText ? plainLines(value).join('\n') : plain(value);
  if (Array.isArray(value)) return value.map((item) => harmless(item, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, harmless(item, texts.has(key))]),
  );
}
