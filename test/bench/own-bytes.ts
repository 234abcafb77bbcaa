/** What a folder alone holds on the disk: the room that removing it would free. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes in blocks of its directories, and of the files all of whose links lie in the folder. Names are bytes. */
export function ownBytesOf(folder: string): number {
  const files = new Map<bigint, { links: bigint; found: bigint; bytes: bigint }>();
  let total = 0n;
  const walk = (path: Buffer): void => {
    const status = lstatSync(path, { bigint: true });
    const size = status.blocks * 512n;
    if (status.isDirectory()) {
      total += size;
      for (const name of readdirSync(path, 'buffer')) walk(Buffer.concat([path, Buffer.from('/'), name]));
      return;
    }
    const known = files.get(status.ino) ?? { links: status.nlink, found: 0n, bytes: size };
    known.found += 1n;
    files.set(status.ino, known);
  };
  walk(Buffer.from(folder));
  for (const { links, found, bytes } of files.values()) if (found === links) total += bytes;
  return Number(total);
}

export function restorePointFolder(root: string, id: string): string {
  return join(root, 'var/lib/understudy/restore-points', id);
}
