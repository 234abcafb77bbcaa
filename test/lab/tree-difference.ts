/** Compares whole trees by manifest, outside logs and Understudy's own folders: the judge of every promise. */
import { compareManifests } from '../../electron/engine/manifest/compare.js';
import { collectEntries, type ManifestEntry } from '../../electron/engine/manifest/entry.js';
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

export function manifestOf(root: string): Promise<ManifestEntry[]> {
  return collectEntries(scanTree(raw(root), { hash: true, exclude: (path) => outside.has(path) }));
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
