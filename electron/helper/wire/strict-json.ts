/**
 * JSON from someone who is not trusted: well-formed UTF-8, of bounded depth, without keys that mean something to JavaScript
 * itself. The shape is the business of a schema, afterwards.
 */

export class JsonError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonError';
  }
}

const deepest = 16;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws `JsonError`. */
export function parseStrictly(content: Buffer): unknown {
  requireShallow(content);
  let text: string;
  try {
    text = utf8.decode(content);
  } catch {
    throw new JsonError('The text is not UTF-8.');
  }
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (forbiddenKeys.has(key)) throw new JsonError(`No message has a field ${key}.`);
      return value;
    });
  } catch (error) {
    if (error instanceof JsonError) throw error;
    throw new JsonError('The text is not JSON.');
  }
}

/** Counted on the bytes before anything is parsed: quotes, backslashes and brackets are ASCII, which UTF-8 never uses inside a character. */
function requireShallow(content: Buffer): void {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < content.length; index += 1) {
    const byte = content[index];
    if (inText) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > deepest) throw new JsonError(`More than ${deepest} levels.`);
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
}
