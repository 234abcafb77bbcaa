/**
 * Reads a manifest file as a stream. Our own manifests end with a checksum, which is only known to hold once the stream has
 * ended without an error; `verifyManifest` checks it beforehand, for callers that act while they read.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytes, type RawPath } from '../posix/raw-path.js';
import type { ManifestEntry } from './entry.js';
import { ManifestError } from './manifest-error.js';
import { HEADER, SEAL } from './mtree-format.js';
import { MtreeParser } from './mtree-parse.js';

const CHUNK = 128 * 1024;
const NEWLINE = 0x0a;
const HASH_SIGN = 0x23;
/** Longer than any path, target and attribute (64 KiB in base64) together. */
const LONGEST_LINE = 1024 * 1024;

/**
 * The entries in the order of the file. Throws ManifestError (MANIFEST_MALFORMED, MANIFEST_TRUNCATED), or like `node:fs` when the
 * file cannot be read. Manifests of other programs may be in another order: see `collectEntries`.
 */
export async function* readManifest(file: RawPath): AsyncGenerator<ManifestEntry[], void> {
  const text = new SealedLines();
  const parser = new MtreeParser();
  let any = false;
  for (const chunk of chunksOf(file)) {
    const entries: ManifestEntry[] = [];
    for (const line of text.push(chunk)) {
      parser.line = text.line;
      const entry = parser.parse(line);
      if (entry !== undefined) entries.push(entry);
    }
    if (entries.length === 0) continue;
    any = true;
    yield entries;
    await nextTurn();
  }
  text.end();
  if (!any && !text.sealed) throw new ManifestError('MANIFEST_TRUNCATED', 'the file has no entries');
}

/** Throws ManifestError unless the file is one of our own, complete and undamaged. */
export function verifyManifest(file: RawPath): void {
  const text = new SealedLines();
  for (const chunk of chunksOf(file)) text.skip(chunk);
  text.end();
  if (!text.sealed) throw new ManifestError('MANIFEST_TRUNCATED', 'the file does not end with its checksum');
}

function* chunksOf(file: RawPath): Generator<Buffer, void> {
  const fd = openSync(bytes(file), constants.O_RDONLY);
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const length = readSync(fd, chunk, 0, CHUNK, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** Cuts chunks into lines, joins continued ones, and checks the seal. */
class SealedLines {
  /** Number of the line that was yielded last. */
  line = 0;
  sealed = false;
  private ours = false;
  private readonly sum = createHash('sha256');
  private rest: Buffer = Buffer.alloc(0);
  private continued = '';

  /** Checks without looking at the lines. */
  skip(chunk: Buffer): void {
    const lines = this.push(chunk);
    while (lines.next().done !== true);
  }

  *push(chunk: Buffer): Generator<string, void> {
    const data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      this.line++;
      if (this.sealed) throw this.malformed('something follows the checksum');
      // Each line is a string of its own: a slice of the chunk would keep the whole chunk in memory.
      const line = data.toString('latin1', start, end);
      if (data[start] === HASH_SIGN && line.startsWith(SEAL)) {
        this.checkSeal(data.subarray(0, start), line);
      } else if (line.endsWith('\\') && isContinued(line)) {
        this.continued += line.slice(0, -1);
      } else {
        if (this.line === 2 && line === HEADER) this.ours = true;
        yield this.continued + line;
        this.continued = '';
      }
      start = end + 1;
    }
    if (!this.sealed) this.sum.update(data.subarray(0, start));
    this.rest = data.subarray(start);
    if (this.rest.length > LONGEST_LINE) throw this.malformed('the line is too long');
  }

  end(): void {
    if (this.rest.length > 0 || this.continued !== '') {
      if (this.sealed) throw this.malformed('something follows the checksum');
      throw new ManifestError('MANIFEST_TRUNCATED', 'the last line is not complete', this.line + 1);
    }
    if (this.ours && !this.sealed) {
      throw new ManifestError('MANIFEST_TRUNCATED', 'the file does not end with its checksum', this.line);
    }
  }

  private checkSeal(before: Buffer, line: string): void {
    const expected = this.sum.update(before).digest('hex');
    if (line.slice(SEAL.length) !== expected)
      throw this.malformed('the checksum does not match: the file was damaged');
    this.sealed = true;
  }

  private malformed(reason: string): ManifestError {
    return new ManifestError('MANIFEST_MALFORMED', reason, this.line);
  }
}

/** An even number of backslashes at the end are escaped ones. */
function isContinued(line: string): boolean {
  let start = line.length;
  while (line[start - 1] === '\\') start--;
  return (line.length - start) % 2 === 1;
}
