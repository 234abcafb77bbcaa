/**
 * Reads small pieces of a file at given offsets. No offset or length that the file itself claims is believed: every
 * read is checked against the size of the file and a limit, so that a hostile file can cost neither memory nor time.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { bytes, type RawPath } from '../../posix/raw-path.js';

/** The file contradicts itself. */
export class DamagedFile extends Error {}

const windowBytes = 8192;

export class BoundedFile {
  readonly size: number;
  readonly #fd: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  private constructor(fd: number, size: number) {
    this.#fd = fd;
    this.size = size;
  }

  /** Opens a regular file, without following a link; `undefined` for anything that is none. */
  static open(path: RawPath): BoundedFile | undefined {
    // O_NONBLOCK: opening a fifo must not wait for a writer
    const fd = openSync(bytes(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (stat.isFile()) return new BoundedFile(fd, stat.size);
    closeSync(fd);
    return undefined;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Exactly `length` bytes at `offset`. Throws `DamagedFile` where the file does not reach so far. */
  read(offset: number, length: number, what: string): Buffer {
    if (offset < 0 || length < 0 || offset + length > this.size)
      throw new DamagedFile(`${what} lies outside the file`);
    const start = offset - this.#windowStart;
    if (start >= 0 && start + length <= this.#window.length)
      return this.#window.subarray(start, start + length);
    const window = Buffer.alloc(Math.min(Math.max(length, windowBytes), this.size - offset));
    let filled = 0;
    while (filled < window.length) {
      const count = readSync(this.#fd, window, filled, window.length - filled, offset + filled);
      if (count === 0) throw new DamagedFile(`${what} was cut off while it was read`);
      filled += count;
    }
    this.#window = window;
    this.#windowStart = offset;
    return window.subarray(0, length);
  }

  /** A string that ends with a zero byte within `limit` bytes; each byte becomes one character. */
  text(offset: number, limit: number, what: string): string {
    const available = Math.min(limit, this.size - offset);
    if (offset < 0 || available <= 0) throw new DamagedFile(`${what} lies outside the file`);
    for (const length of [Math.min(256, available), available]) {
      const piece = this.read(offset, length, what);
      const end = piece.indexOf(0);
      if (end >= 0) return piece.toString('latin1', 0, end);
    }
    throw new DamagedFile(`${what} has no end`);
  }
}
