/**
 * Writes mtree(5), in the full-path form: every line stands for itself.
 *
 * mtree(5) has no keyword for extended attributes, and NetBSD's mtree refuses a keyword it does not know; they are therefore
 * comments, which precede the entry that they belong to: `#xattr NAME=BASE64`. The last line is a checksum of all before it,
 * so that a torn file cannot pass for a complete one.
 */
import { createHash } from 'node:crypto';
import { comparePaths, type EntryBatches, type ManifestEntry } from './entry.js';
import { escapeName, escapeText, timeText } from './mtree-text.js';

export const SIGNATURE = '#mtree';
/** The second line; a manifest that has it must end with the seal. */
export const HEADER = '# Understudy manifest, version 1';
export const SEAL = '# sha256 of the above: ';
export const XATTR = '#xattr ';

const CHUNK = 128 * 1024;

/** The text of a manifest, in chunks. Throws when the entries are not in manifest order. */
export async function* formatManifest(batches: EntryBatches): AsyncGenerator<Buffer, void> {
  const seal = createHash('sha256');
  const lines = new EntryLines();
  let text = `${SIGNATURE}\n${HEADER}\n`;
  for await (const batch of batches) {
    for (const entry of batch) text += lines.of(entry);
    if (text.length < CHUNK) continue;
    const chunk = Buffer.from(text, 'latin1');
    seal.update(chunk);
    text = '';
    yield chunk;
  }
  const rest = Buffer.from(text, 'latin1');
  yield rest;
  yield Buffer.from(`${SEAL}${seal.update(rest).digest('hex')}\n`);
}

class EntryLines {
  private previous: ManifestEntry | undefined;
  private previousTime = '';

  of(entry: ManifestEntry): string {
    const { previous } = this;
    const { type } = entry;
    if (previous !== undefined && comparePaths(previous.path, entry.path) >= 0) {
      throw new Error('the entries of a manifest must be in order, each path once');
    }
    this.previous = entry;
    if (entry.mtimeNs !== previous?.mtimeNs) this.previousTime = timeText(entry.mtimeNs);
    const name = entry.path === '' ? '.' : `./${escapeText(entry.path)}`;
    let line = `${name} type=${type} mode=0${entry.mode.toString(8)} uid=${entry.uid} gid=${entry.gid}`;
    if (type === 'file') line += ` size=${entry.size}`;
    line += ` time=${this.previousTime}`;
    if (entry.link !== undefined) line += ` link=${escapeText(entry.link)}`;
    if (entry.device !== undefined) line += ` device=native,${entry.device.major},${entry.device.minor}`;
    if (entry.sha256 !== undefined) line += ` sha256digest=${entry.sha256}`;
    if (entry.xattrs === undefined) return `${line}\n`;
    let attributes = '';
    for (const [key, value] of entry.xattrs) {
      attributes += `${XATTR}${escapeName(key)}=${value.toString('base64')}\n`;
    }
    return `${attributes}${line}\n`;
  }
}
