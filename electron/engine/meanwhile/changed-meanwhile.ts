/**
 * What the user changed between staging and activation. What does not collide with the update is carried over (the new
 * tree is built from the current one, so nothing has to be done for it); a collision must be merged, or stops the activation.
 */
import { classify } from '../environments/areas.js';
import type { Clone, TreeView } from '../environments/environment.js';
import { sameContent, typeOf } from '../environments/tree/overlay-changes.js';
import { statusOf } from '../environments/tree/overlay-view.js';
import { compareManifests } from '../manifest/compare.js';
import { readManifest } from '../manifest/read.js';
import { join, parentOf, type RawPath } from '../posix/raw-path.js';
import type { TreeChange } from '../review/tree-change.js';
import { scanEnvironment } from '../scan-environment.js';
import type { System } from '../system.js';
import type { Engine } from '../engine.js';
import { Fault } from '../fault.js';

export interface Meanwhile {
  readonly carried: readonly RawPath[];
  readonly collisions: readonly RawPath[];
}

export async function changedMeanwhile(
  engine: Engine,
  base: RawPath,
  staged: { readonly clone: Clone; readonly view: TreeView; readonly changes: readonly TreeChange[] },
): Promise<Meanwhile> {
  const carried: RawPath[] = [];
  const collisions: RawPath[] = [];
  const byPath = new Map<string, TreeChange>(staged.changes.map((change) => [change.path, change]));
  if (!statusOf(base))
    throw new Fault('STAGE_DAMAGED', `${staged.clone.id}: the record of the system before is missing`);
  const now = scanEnvironment(engine, { hash: true });
  for await (const { path } of compareManifests(readManifest(base), now, { ignoreDirectoryTimes: true })) {
    if (path === '') continue;
    if (!touches(path, byPath)) carried.push(path);
    else if (classify(path) === 'system' && !sameAsStaged(engine.system, path, staged.view))
      collisions.push(path);
  }
  return { carried, collisions };
}

/** True when the update changes the path, or removes or replaces a folder above it. */
function touches(path: RawPath, changes: ReadonlyMap<string, TreeChange>): boolean {
  if (changes.has(path)) return true;
  for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
    const change = changes.get(parent);
    if (change && (change.kind === 'removed' || change.type !== 'dir')) return true;
  }
  return false;
}

/** Both sides made the same of it: nothing to do. */
function sameAsStaged(system: System, path: RawPath, view: TreeView): boolean {
  const mine = join(system.root, path);
  const theirs = view.locate(path);
  const [left, right] = [statusOf(mine), theirs === undefined ? undefined : statusOf(theirs)];
  if (!left || !right || theirs === undefined) return !left && !right;
  if (
    typeOf(left) !== typeOf(right) ||
    left.mode !== right.mode ||
    left.uid !== right.uid ||
    left.gid !== right.gid
  )
    return false;
  if (left.isDirectory()) return true;
  return left.isFile() && left.size === right.size && sameContent(mine, theirs);
}
