/**
 * File names on Linux are bytes, not text. Inside the engine a path is therefore a *raw path*: a JavaScript string
 * in which every character is one byte (latin1), so that it can be joined, compared and used as a map key while
 * names that are not UTF-8 survive. Comparing two raw paths with `<` compares their bytes.
 */
export type RawPath = string & { readonly __raw: unique symbol };

/** Turns ordinary text (UTF-8 when encoded) into a raw path. */
export function raw(text: string): RawPath {
  return Buffer.from(text, 'utf8').toString('latin1') as RawPath;
}

/** The bytes of a raw path, as Node's `fs` functions take them. */
export function bytes(path: RawPath): Buffer {
  return Buffer.from(path, 'latin1');
}

/** The inverse of `raw`, for who takes text alone: bytes that are no UTF-8 are lost. */
export function text(path: RawPath): string {
  return bytes(path).toString('utf8');
}

/** Joins a parent and a single name or a relative raw path. */
export function join(parent: RawPath, name: string): RawPath {
  if (name === '' || name === '.') return parent;
  if (parent === '' || parent === '.') return name as RawPath;
  return (parent.endsWith('/') ? parent + name : `${parent}/${name}`) as RawPath;
}

/** The parent of a raw path; `''` for a top-level relative path. */
export function parentOf(path: RawPath): RawPath {
  const slash = path.lastIndexOf('/');
  return (slash < 0 ? '' : slash === 0 ? '/' : path.slice(0, slash)) as RawPath;
}

/** The last component of a raw path. */
export function nameOf(path: RawPath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The name under which something is made in a folder, before it takes the place of `name` there; never longer than a name may be. */
export function besideName(name: string): string {
  return `.${name.slice(0, 200)}.understudy`;
}

/** True when `path` is `ancestor` or lies below it (both relative, without a trailing slash). */
export function isWithin(path: string, ancestor: string): boolean {
  return ancestor === '' || path === ancestor || (path.startsWith(ancestor) && path[ancestor.length] === '/');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Text for people and JSON: UTF-8 where the bytes are, else with octal escapes (`\303`) for the offending bytes. */
export function display(path: RawPath): string {
  if (/^[\x20-\x5b\x5d-\x7e]*$/.test(path)) return path;
  try {
    // eslint-disable-next-line no-control-regex -- control characters must not reach a terminal
    return utf8.decode(bytes(path)).replace(/[\x00-\x1f\x7f\\]/g, escapeByte);
  } catch {
    // eslint-disable-next-line no-control-regex -- as above
    return path.replace(/[\x00-\x1f\x7f-\xff\\]/g, escapeByte);
  }
}

/** The path that `display` shows as this text. */
export function fromDisplay(text: string): RawPath {
  return raw(text).replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  ) as RawPath;
}

function escapeByte(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
