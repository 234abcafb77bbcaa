/**
 * Names and times as mtree(5) spells them. Bytes that could be misread are written `\ooo`, the one form that vis(3), libarchive
 * and NetBSD's mtree agree on; the C-style forms of vis(3) are understood when reading.
 */
import type { RawPath } from '../posix/raw-path.js';

/** Blanks, control and non-ASCII bytes; `#` starts a comment, `*?[` a pattern (in NetBSD's mtree), `\` an escape. */
const UNSAFE = /[^!-~]|[#\\*?[]/;
const EACH_UNSAFE = new RegExp(UNSAFE, 'g');

export function escapeText(text: string): string {
  return UNSAFE.test(text) ? text.replace(EACH_UNSAFE, octal) : text;
}

/** For the name of an attribute, which ends at the first `=`. */
export function escapeName(text: string): string {
  return escapeText(text).replaceAll('=', octal);
}

function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

const C_STYLE: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', s: ' ', t: '\t', v: '\v', '#': '#', '\\': '\\',
}; // prettier-ignore

/** Octal, `\M-x` and `\M^x` (a byte from 0x80 up), `\^x` (a control byte), or a letter. */
const ESCAPE = /\\(?:([0-3][0-7]{2})|(M?)\^([?-_])|M-([!-~])|([\s\S]?))/g;

/** The inverse; undefined for an escape that is not known, and for a NUL, which no name on Linux has. */
export function unescapeText(text: string): RawPath | undefined {
  if (!text.includes('\\')) return text as RawPath;
  const plain = text.replace(
    ESCAPE,
    (_, digits?: string, meta?: string, control?: string, high?: string, letter?: string) => {
      if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 8));
      if (control !== undefined)
        return String.fromCharCode((control.charCodeAt(0) ^ 0x40) | (meta === 'M' ? 0x80 : 0));
      if (high !== undefined) return String.fromCharCode(high.charCodeAt(0) | 0x80);
      return C_STYLE[letter ?? ''] ?? '\0';
    },
  );
  return plain.includes('\0') ? undefined : (plain as RawPath);
}

const BILLION = 1_000_000_000n;

/** `seconds.nanoseconds`: the seconds rounded down, so that the nanoseconds are always to be added. */
export function timeText(nanoseconds: bigint): string {
  let seconds = nanoseconds / BILLION;
  let rest = Number(nanoseconds % BILLION);
  if (rest < 0) {
    rest += 1e9;
    seconds -= 1n;
  }
  return `${seconds}.${String(rest).padStart(9, '0')}`;
}

/** Reads a time; what follows the point is a count of nanoseconds (bsdtar writes `1.0`), not a decimal fraction. */
export function parseTime(text: string): bigint | undefined {
  const found = /^(-?\d{1,19})(?:\.(\d{1,9}))?$/.exec(text);
  if (found === null) return undefined;
  return BigInt(found[1] as string) * BILLION + BigInt(found[2] ?? 0);
}
