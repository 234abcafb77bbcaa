import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes files `fill-0`, `fill-1`, … of so many bytes each, until that fails. Answers what it fails with. */
export function writeUntilFull(folder: string, pieceBytes: number): unknown {
  const piece = randomBytes(pieceBytes);
  try {
    for (let count = 0; count < 1000; count += 1)
      writeFileSync(join(folder, `fill-${count}`), piece, { flush: true });
  } catch (error) {
    return error;
  }
  return undefined;
}
