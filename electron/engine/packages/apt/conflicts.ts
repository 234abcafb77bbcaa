/** Configuration files that the user and a package both changed: what dpkg and ucf left beside them. */
import type { Choice } from '../../../../shared/decision.js';
import type { TreeView } from '../../environments/environment.js';
import type { RawPath } from '../../posix/raw-path.js';
import type { ConfigurationConflict } from '../package-manager.js';
import { statusEntries } from './database.js';

/** dpkg(1) writes the first two, ucf(1) the last. */
const besideMine = /^(.+)\.(?:dpkg-dist|dpkg-new|ucf-dist)$/s;

export function conflicts(view: TreeView, changed: readonly RawPath[]): ConfigurationConflict[] {
  const found = new Map<RawPath, RawPath>();
  for (const beside of changed) {
    const path = besideMine.exec(beside)?.[1] as RawPath | undefined;
    // The changed path may also be one that was removed: then there is nothing to settle any more.
    if (path === undefined || view.locate(beside) === undefined || view.locate(path) === undefined) continue;
    if (!found.has(path)) found.set(path, beside);
  }
  if (found.size === 0) return [];
  const owners = new Map(
    statusEntries(view).flatMap(({ name, conffiles }) => conffiles.map((path) => [path, name] as const)),
  );
  return [...found].map(([path, beside]) => ({ path, beside, package: owners.get(path) ?? null }));
}

/** As dpkg and ucf call it themselves when someone answers their question with "keep" or with "install". */
export function nameBeside(path: RawPath, now: RawPath, whose: Choice): RawPath {
  const tool = /\.ucf-[a-z]+$/.test(now) ? 'ucf' : 'dpkg';
  return `${path}.${tool}-${whose === 'theirs' ? 'dist' : 'old'}` as RawPath;
}
