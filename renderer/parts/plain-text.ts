/**
 * Texts from outside, made safe to look at. Bidirectional controls (Unicode TR 36, section 2.8: "visual security issues") could make a name
 * read as another one, and other controls could hide it; both become visible codes. Tabs and line ends stay.
 */
const deceptive = /[\p{Cc}\p{Bidi_Control}\u00ad\u200b-\u200d\u2028\u2029\u2060-\u2064\ufeff]/gu;
const harmless = new Set(['\t', '\n']);

export function visible(text: string): string {
  return text.replace(deceptive, (character) =>
    harmless.has(character) ? character : `⟨${code(character)}⟩`,
  );
}

function code(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** At most `limit` characters, cut in the middle: the end of a path says as much as its beginning. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.max(1, Math.floor((limit - 1) / 2));
  // Not between the halves of one character.
  const head = text.slice(0, half).replace(/[\ud800-\udbff]$/u, '');
  const tail = text.slice(-half).replace(/^[\udc00-\udfff]/u, '');
  return `${head}…${tail}`;
}
