/** Configuration files that the user and a package both changed: what pacman left beside them. */
import type { Choice } from '../../../../shared/decision.js';
import type { TreeView } from '../../environments/environment.js';
import type { RawPath } from '../../posix/raw-path.js';
import type { ConfigurationConflict } from '../package-manager.js';
import { backupOwners } from './database.js';

/** A `.pacsave` is no conflict: its package is gone, and nothing uses the file any more. */
const besideMine = /^(.+)\.pacnew$/s;

export function conflicts(view: TreeView, changed: readonly RawPath[]): ConfigurationConflict[] {
  const found = new Map<RawPath, RawPath>();
  for (const beside of changed) {
    const path = besideMine.exec(beside)?.[1] as RawPath | undefined;
    // The changed path may also be one that was removed: then there is nothing to settle any more.
    if (path === undefined || view.locate(beside) === undefined || view.locate(path) === undefined) continue;
    found.set(path, beside);
  }
  if (found.size === 0) return [];
  const owners = backupOwners(view);
  return [...found].map(([path, beside]) => ({ path, beside, package: owners.get(path) ?? null }));
}

/** pacman's own names for the package's version and for the user's (pacman(8), HANDLING CONFIG FILES). */
export function nameBeside(path: RawPath, _now: RawPath, whose: Choice): RawPath {
  return `${path}.${whose === 'theirs' ? 'pacnew' : 'pacsave'}` as RawPath;
}
