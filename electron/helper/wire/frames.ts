/**
 * Frames on a byte stream: a 4-byte length, big endian, then that many bytes. A frame is refused by its announced length, before a
 * byte of it is kept. What is kept is one piece of memory, at most twice a frame and a chunk, however small the pieces are in
 * which a client sends.
 */

export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FrameError';
  }
}

const header = 4;

export function frame(content: string): Buffer {
  const size = Buffer.byteLength(content, 'utf8');
  const bytes = Buffer.allocUnsafe(header + size);
  bytes.writeUInt32BE(size, 0);
  bytes.write(content, header, 'utf8');
  return bytes;
}

export class FrameReader {
  /** The beginning of a frame that is not complete yet, and room for more of it. */
  #held = Buffer.alloc(0);
  #size = 0;

  /** `limit`: the largest content in bytes. */
  constructor(private readonly limit: number) {}

  /** The frames that a chunk completes. Throws `FrameError` for a length of 0 or above the limit. */
  push(chunk: Buffer): Buffer[] {
    const all = this.#size === 0 ? chunk : this.#append(chunk);
    const frames: Buffer[] = [];
    let at = 0;
    while (all.length - at >= header) {
      const end = at + header + this.#lengthAt(all, at);
      if (end > all.length) break;
      frames.push(all.subarray(at + header, end));
      at = end;
    }
    if (at > 0 || this.#size === 0) this.#keep(all.subarray(at));
    return frames;
  }

  #lengthAt(all: Buffer, at: number): number {
    const length = all.readUInt32BE(at);
    if (length === 0) throw new FrameError('A frame is empty.');
    if (length > this.limit)
      throw new FrameError(`A frame of ${length} bytes; at most ${this.limit} are taken.`);
    return length;
  }

  /** The room is doubled when it is used up, so that a frame in a million pieces is not copied a million times. */
  #append(chunk: Buffer): Buffer {
    const size = this.#size + chunk.length;
    if (size > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#held.length));
      this.#held.copy(larger, 0, 0, this.#size);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#size);
    this.#size = size;
    return this.#held.subarray(0, size);
  }

  /** In memory of its own: the frames that were handed out share the memory before, and a small rest must not hold on to it. */
  #keep(rest: Buffer): void {
    this.#held = Buffer.from(rest);
    this.#size = rest.length;
  }
}
