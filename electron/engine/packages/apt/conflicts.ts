/** Configuration files that the user and a package both changed: what dpkg and ucf left beside them. */
import type { TreeView } from '../../environments/environment.js';
import type { RawPath } from '../../posix/raw-path.js';
import type { ConfigurationConflict } from '../package-manager.js';
import { statusEntries } from './database.js';

/** dpkg(1) writes the first two, ucf(1) the last. */
const besideMine = /^(.+)\.(?:dpkg-dist|dpkg-new|ucf-dist)$/s;

export function conflicts(view: TreeView, changed: readonly RawPath[]): ConfigurationConflict[] {
  const found = changed.flatMap((beside) => {
    const path = besideMine.exec(beside)?.[1] as RawPath | undefined;
    // The changed path may also be one that was removed: then there is nothing to settle any more.
    return path !== undefined && view.locate(beside) !== undefined && view.locate(path) !== undefined
      ? [{ path, beside }]
      : [];
  });
  if (found.length === 0) return [];
  const owners = new Map(
    statusEntries(view).flatMap(({ name, conffiles }) => conffiles.map((path) => [path, name] as const)),
  );
  return found.map(({ path, beside }) => ({ path, beside, package: owners.get(path) ?? null }));
}
