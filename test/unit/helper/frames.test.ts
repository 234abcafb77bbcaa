/** Frames from someone who is not trusted: refused by their length, and never dearer than what was sent. */
import { describe, expect, it } from 'vitest';
import { frame, FrameError, FrameReader } from '../../../electron/helper/wire/frames.js';

const limit = 1024 * 1024;
const texts = (frames: readonly Buffer[]): string[] => frames.map((content) => content.toString('utf8'));

function header(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

describe('frames', () => {
  it('come back as they were sent, however they are cut', () => {
    const contents = ['{"a":1}', 'ä€😀', 'x'.repeat(70_000), '1'];
    const bytes = Buffer.concat(contents.map(frame));
    for (const size of [1, 2, 3, 5, 4096, 65_536, bytes.length]) {
      const reader = new FrameReader(limit);
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at += size)
        found.push(...texts(reader.push(bytes.subarray(at, at + size))));
      expect(found, `pieces of ${size}`).toEqual(contents);
    }
  });

  it('stay as they were handed out when more arrives', () => {
    const reader = new FrameReader(limit);
    const first = reader.push(Buffer.concat([frame('first'), header(6), Buffer.from('se')]));
    expect(texts(reader.push(Buffer.from('cond')))).toEqual(['second']);
    reader.push(frame('third').subarray(0, 7));
    expect(texts(first)).toEqual(['first']);
  });

  it.each([0, limit + 1, 2 ** 31, 2 ** 32 - 1])('of %i bytes are refused by their header alone', (length) => {
    const reader = new FrameReader(limit);
    expect(() => reader.push(header(length))).toThrow(FrameError);
  });

  it('of exactly the limit are taken', () => {
    expect(new FrameReader(8).push(frame('12345678'))).toHaveLength(1);
  });

  it('a frame in single bytes costs about its size in memory', { timeout: 60_000 }, () => {
    const reader = new FrameReader(limit);
    const content = Buffer.alloc(limit - 1, 'a');
    reader.push(header(limit));
    const before = process.memoryUsage();
    for (let at = 0; at < content.length; at += 1) reader.push(Buffer.from(content.subarray(at, at + 1)));
    const after = process.memoryUsage();
    const grown = after.heapUsed - before.heapUsed + after.external - before.external;
    expect(grown / limit).toBeLessThan(24); // garbage of the loop itself among it; a list of the pieces costs over 100
    expect(reader.push(Buffer.from('z'))).toHaveLength(1);
  });
});
