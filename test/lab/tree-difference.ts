/** Compares whole trees by manifest, outside logs and Understudy's own folders: the judge of every promise. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareManifests } from '../../electron/engine/manifest/compare.js';
import { collectEntries, type ManifestEntry } from '../../electron/engine/manifest/entry.js';
import { HashCache } from '../../electron/engine/manifest/hash-cache.js';
import { scanTree } from '../../electron/engine/manifest/scan.js';
import { display, raw } from '../../electron/engine/posix/raw-path.js';

const outside = new Set([
  'var/lib/understudy',
  'etc/understudy',
  'var/log',
  'proc',
  'sys',
  'dev',
  'run',
  'tmp',
  'srv/archive',
]);

/** Of every tree that was looked at, the hashes of the last time: a test looks at the same one hundreds of times. */
const hashes = new Map<string, HashCache>();

export function manifestOf(root: string): Promise<ManifestEntry[]> {
  let cache = hashes.get(root);
  if (!cache) {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-hashes-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    hashes.set(root, (cache = new HashCache(raw(join(folder, 'hashes')))));
  }
  const exclude = (path: string): boolean => outside.has(path);
  return collectEntries(scanTree(raw(root), { hash: true, cache, exclude }));
}

/** One line for each difference, naming the fields; empty when the trees are the same byte for byte. */
export async function differences(before: ManifestEntry[], after: ManifestEntry[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const difference of compareManifests([before], [after])) {
    const what = difference.kind === 'changed' ? ` (${[...difference.what].join(', ')})` : '';
    lines.push(`${difference.kind} /${display(difference.path)}${what}`);
  }
  return lines;
}
