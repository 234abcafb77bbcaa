/** The text of a changelog file: unpacked within limits, and without what could do something to a terminal. */
import { gunzipSync } from 'node:zlib';

/** Bytes of a file as it is packed, and unpacked; real ones have some hundred kilobytes. */
export const largestFile = 8 * 1024 * 1024;
const largestText = 32 * 1024 * 1024;

/** `undefined` for what is damaged or would be too large. */
export function textOf(data: Buffer): string | undefined {
  const isPacked = data[0] === 0x1f && data[1] === 0x8b;
  try {
    return plain((isPacked ? gunzipSync(data, { maxOutputLength: largestText }) : data).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Line ends and tabs are what control characters a changelog has. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is to go
  return text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
