/** Folders that look like root trees, in private temp folders. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RootTree {
  readonly path: string;
  remove(): void;
}

/** With `store`, Understudy has worked on it before. */
export function rootTree({ store }: { store: boolean }): RootTree {
  const path = mkdtempSync(join(tmpdir(), 'understudy-cli-'));
  for (const name of ['usr', 'etc', store ? 'var/lib/understudy' : 'var/lib'])
    mkdirSync(join(path, name), { recursive: true });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
