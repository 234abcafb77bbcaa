/** Reads files that others may have put there: regular ones alone and of a bounded size, through one handle, following no link. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { bytes, type RawPath } from '../posix/raw-path.js';

/** What is there is no such file; its message says why, as a clause about "it". */
export class UnusableFile extends Error {}

/** All of it. `look` sees what it is before it is read. Throws `UnusableFile`, and what open(2) throws: `ELOOP` for a link, `ENXIO` for a socket. */
export function readRegularFile(path: RawPath, largest: number, look?: (status: Stats) => void): Buffer {
  // O_NONBLOCK: opening a fifo must not wait for a writer.
  const fd = openSync(bytes(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw new UnusableFile('it is no regular file');
    if (status.size > largest) throw new UnusableFile('it is too large');
    look?.(status);
    const content = Buffer.alloc(status.size);
    let filled = 0;
    while (filled < content.length) {
      const count = readSync(fd, content, filled, content.length - filled, filled);
      if (count === 0) throw new UnusableFile('it became shorter while it was read');
      filled += count;
    }
    return content;
  } finally {
    closeSync(fd);
  }
}
