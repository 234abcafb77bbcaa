/**
 * Configuration files that both the user and a package changed, with both texts, as the review shows them side by side. They
 * are noted once, when the clone is made: what the user decides later does not change what was to be decided.
 */
import { createHash } from 'node:crypto';
import type { Conflict } from '../../../shared/changeset.js';
import type { TreeView } from '../environments/environment.js';
import { display, type RawPath } from '../posix/raw-path.js';
import { readWhole } from './tree-file.js';
import type { ReviewedPackages } from './proof.js';
import type { TreeChange } from './tree-change.js';

const largestText = 256 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The conflicts among the changes, sorted by path. The file in use is the user's; the package's lies beside it. */
export function conflictsOf(
  view: TreeView,
  packages: ReviewedPackages,
  changes: readonly TreeChange[],
): Conflict[] {
  const changed = changes.filter((change) => change.kind !== 'removed').map((change) => change.path);
  return [...packages.conflicts(view, changed)]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map((conflict) => ({
      id: conflictId(conflict.path),
      path: display(conflict.path),
      package: conflict.package,
      beside: display(conflict.beside),
      kept: 'mine',
      decided: false,
      mine: textOf(view, conflict.path),
      theirs: textOf(view, conflict.beside),
    }));
}

/** The same for the same file in every stage: an id that names no path and cannot be made into one. */
export function conflictId(path: RawPath): string {
  return `conflict-${createHash('sha256').update(path, 'latin1').digest('hex').slice(0, 16)}`;
}

/** The text of a file; null for what is missing, too large, no regular file or no text. */
export function textOf(view: TreeView, path: RawPath): string | null {
  const content = readWhole(view, path, largestText);
  if (content === undefined || content.includes(0)) return null;
  try {
    return utf8.decode(content);
  } catch {
    return null;
  }
}
