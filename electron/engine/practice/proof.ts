/** Proofs by manifest: every path of the practice root with its type, mode, owner, size, time, link, hash and attributes. */
import { compareManifests, type Difference } from '../manifest/compare.js';
import type { EqualityOptions, EntryBatches, ManifestEntry } from '../manifest/entry.js';
import { collectEntries } from '../manifest/entry.js';
import { scanTree } from '../manifest/scan.js';
import { Fault } from '../fault.js';
import { display, type RawPath } from '../posix/raw-path.js';

/** No part of the system: logs, Understudy's own folders, and the empty lock file of all tools that change accounts. */
const apartPaths = new Set(['var/log', 'var/lib/understudy', 'etc/understudy', 'etc/.pwd.lock']);

function apart(path: RawPath): boolean {
  return apartPaths.has(path);
}

export function manifestOf(root: RawPath, signal: AbortSignal): Promise<ManifestEntry[]> {
  return collectEntries(scanTree(root, { hash: true, exclude: apart, signal }));
}

/** One line for each difference, naming what differs. */
export async function differencesOf(
  before: EntryBatches,
  after: EntryBatches,
  options: EqualityOptions & { readonly except?: (path: RawPath) => boolean } = {},
): Promise<string[]> {
  const lines: string[] = [];
  for await (const difference of compareManifests(before, after, options))
    if (!options.except?.(difference.path)) lines.push(lineOf(difference));
  return lines;
}

function lineOf(difference: Difference): string {
  const path = `/${display(difference.path)}`;
  switch (difference.kind) {
    case 'added':
      return `${path}: is there, and should not be`;
    case 'removed':
      return `${path}: is missing`;
    case 'changed':
      return `${path}: differs in ${[...difference.what].join(', ')}`;
  }
}

const mostShown = 100;

/** Throws `PRACTICE_DIFFERS` when there is any difference. */
export function requireNone(when: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const rest = lines.length - mostShown;
  throw new Fault(
    'PRACTICE_DIFFERS',
    when,
    ...lines.slice(0, mostShown),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  );
}
