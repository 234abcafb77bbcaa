/**
 * Prepares the switch to a staged tree: the tree that will run is made of the current one as it is at this moment, with all that people and
 * services keep in it, and gets what the update changed. Nothing of the running system is touched.
 */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { writeFileDurably } from '../../files/durable.js';
import { writeJsonLines } from '../../files/json-lines.js';
import { removeOwnLockFile } from '../../posix/lock-file.js';
import { bytes, isWithin, join, type RawPath } from '../../posix/raw-path.js';
import type { TreeChange } from '../../review/tree-change.js';
import type { System } from '../../system.js';
import { classify } from '../areas.js';
import type { Preparation, PreparationInput } from '../environment.js';
import { prepareSwitch as prepareOthers } from '../tree/prepare-switch.js';
import { statusOf } from '../tree/overlay-view.js';
import { switchFolder } from '../tree/restore-folders.js';
import { applyChanges } from './apply-changes.js';
import type { SnapshotClone } from './snapshot-clone.js';
import type { SnapshotDriver } from './snapshot-driver.js';
import { SnapshotSwitch } from './snapshot-switch.js';
import { switchFile, writeArrival, type SwitchRecord } from './switch-record.js';
import { otherVolumes, placeOf, syncTree } from './trees.js';

export const seenName = (restorePoint: string): string => `${restorePoint}.seen`;

export function prepareSnapshotSwitch(
  driver: SnapshotDriver,
  system: System,
  input: PreparationInput & { readonly clone: SnapshotClone },
): Preparation {
  const { restorePoint, clone, changes, keep } = input;
  mkdirSync(bytes(switchFolder(system, restorePoint)), { recursive: true, mode: 0o700 });
  const volumes = otherVolumes(driver, system);
  const isOther = ({ path }: TreeChange): boolean => volumes.some(({ mount }) => isWithin(path, mount));
  system.onStep?.('prepare');
  const old = driver.current(system);
  const seen = driver.take(system, seenName(restorePoint), { readOnly: true });
  system.onStep?.('prepare');
  const next = driver.take(system, restorePoint, { readOnly: false, of: seen });
  system.onStep?.('prepare');
  const target = placeOf(driver, system, next);
  // What is held by being there is held here alone: in the new tree nobody would let go of it.
  for (const lock of keep) removeOwnLockFile(join(target, lock));
  const own = changes.filter((change) => !isOther(change));
  const { brought, replacedBytes } = bring(system, clone, target, own, new Set<string>(keep));
  system.onStep?.('prepare');
  const others = prepareOthers(system, {
    restorePoint,
    clone,
    changes: changes.filter(isOther),
    units: [],
    keep,
    volumes: [{ mount: '' as RawPath, fileSystem: driver.name }, ...volumes],
  });
  writeJsonLines(join(switchFolder(system, restorePoint), 'changed.jsonl'), brought);
  const record: SwitchRecord = {
    version: 1,
    restorePoint,
    way: driver.way(system),
    old,
    new: next,
    seen,
  };
  system.onStep?.('prepare');
  writeArrival(system, {
    version: 1,
    restorePoint,
    way: record.way,
    from: old,
    to: next,
    seen,
    list: 'forward',
    destroy: false,
  });
  syncTree(target);
  writeFileDurably(switchFile(system, restorePoint, 'switch'), JSON.stringify(record));
  return {
    switch: new SnapshotSwitch(driver, system, record),
    ownBytes: replacedBytes + others.ownBytes,
    // Whatever is written from now on comes along at the start in the new tree.
    changedMeanwhile: () => [],
    logs: others.logs,
  };
}

function bring(
  system: System,
  clone: SnapshotClone,
  target: RawPath,
  changes: readonly TreeChange[],
  keep: ReadonlySet<string>,
): { brought: RawPath[]; replacedBytes: number } {
  const staged = clone.layers[0];
  if (!staged) throw new Error('a clone has a tree');
  let replacedBytes = 0;
  const wanted = changes.filter(({ path, kind }) => {
    if (keep.has(path)) return false;
    const area = classify(path);
    if (area === 'foreign') return false;
    const before = statusOf(join(target, path));
    if (area === 'log' || area === 'service') {
      if (area === 'log' && kind === 'changed' && before?.isFile())
        continueLog(join(staged.lower, path), join(staged.upper, path), join(target, path));
      return kind === 'added' && !before;
    }
    if (before?.isFile()) replacedBytes += before.blocks * 512;
    return true;
  });
  system.signal.throwIfAborted();
  applyChanges({ from: staged.upper, to: target, changes: wanted });
  return { brought: wanted.map(({ path }) => path), replacedBytes };
}

/** What the rehearsal wrote at the end of a log is appended to the log as it is now. */
function continueLog(before: RawPath, after: RawPath, target: RawPath): void {
  const [old, staged] = [readFileSync(bytes(before)), readFileSync(bytes(after))];
  if (staged.length > old.length && staged.subarray(0, old.length).equals(old))
    appendFileSync(bytes(target), staged.subarray(old.length));
}
