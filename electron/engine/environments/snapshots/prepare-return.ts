/**
 * Prepares a rollback. The tree before is not started as it was left: what people and services keep in it would go back as well. A snapshot
 * of it gets that from the tree that runs now, and what the user changed since the update; the switch to it is then one step.
 */
import { removeTree } from '../../files/remove-tree.js';
import { writeFileDurably } from '../../files/durable.js';
import { join, parentOf, type RawPath } from '../../posix/raw-path.js';
import type { TreeChange } from '../../review/tree-change.js';
import type { System } from '../../system.js';
import { classify } from '../areas.js';
import type { Keepsake } from '../environment.js';
import { statusOf } from '../tree/overlay-view.js';
import { applyChanges } from './apply-changes.js';
import type { SnapshotDriver } from './snapshot-driver.js';
import { treeDifference } from './tree-difference.js';
import { switchFile, writeArrival, type ReturnRecord, type SwitchRecord } from './switch-record.js';
import { isOwn, otherVolumes, placeOf, syncTree } from './trees.js';

interface Return {
  readonly record: SwitchRecord;
  readonly keepsakes: readonly Keepsake[];
  readonly inEffect: boolean;
}

export function prepareReturn(
  driver: SnapshotDriver,
  system: System,
  { record, keepsakes, inEffect }: Return,
): void {
  const { restorePoint, old } = record;
  const [tree, fixed] = [`${restorePoint}.return`, `${restorePoint}.return-seen`];
  removeTree(switchFile(system, restorePoint, 'return')); // of a rollback that was cut before its commit point
  driver.remove(system, tree);
  driver.remove(system, fixed);
  // Nobody ever worked in the new tree: the one before is still running, exactly as it is.
  if (!inEffect) return;
  system.onStep?.('prepare');
  const seen = driver.take(system, fixed, { readOnly: true });
  system.onStep?.('prepare');
  const back = driver.take(system, tree, { readOnly: false, of: old });
  const [from, to] = [placeOf(driver, system, seen), placeOf(driver, system, back)];
  const mounts = otherVolumes(driver, system).map(({ mount }) => mount);
  const theirs = treeDifference(driver, system, {
    name: `${restorePoint}.look`,
    before: old,
    after: seen,
    fixed: 'after',
    skip: (path) => isOwn(path) || mounts.includes(path),
  }).filter(({ path }) => ['foreign', 'service', 'log'].includes(classify(path)));
  system.onStep?.('prepare');
  applyChanges({ from, to, changes: theirs });
  const sources = new Map(
    keepsakes.flatMap((one) => (one.from === undefined ? [] : [[one.path, one.from] as const])),
  );
  applyChanges({ from, to, sources, changes: changesFor(keepsakes, from, to) });
  syncTree(to);
  const returns: ReturnRecord = { version: 1, tree: back, seen };
  writeArrival(system, {
    version: 1,
    restorePoint,
    way: record.way,
    from: driver.current(system),
    to: back,
    seen,
    list: 'rollback',
    destroy: false,
  });
  writeFileDurably(switchFile(system, restorePoint, 'return'), JSON.stringify(returns));
}

function changesFor(keepsakes: readonly Keepsake[], from: RawPath, to: RawPath): TreeChange[] {
  const changes = new Map<RawPath, TreeChange>();
  for (const { path, exists, from: source } of keepsakes) {
    const status = statusOf(source ?? join(exists ? from : to, path));
    if (!status) continue;
    const type = status.isDirectory() ? 'dir' : status.isFile() ? 'file' : 'link';
    changes.set(path, { path, kind: exists ? 'changed' : 'removed', type, bytes: 0 });
    if (!exists) continue;
    for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
      if (changes.has(parent) || statusOf(join(to, parent))) break;
      changes.set(parent, { path: parent, kind: 'added', type: 'dir', bytes: 0 });
    }
  }
  return [...changes.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
