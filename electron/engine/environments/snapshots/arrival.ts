/**
 * The first start in a tree that was switched to. What was written to the one before after the new one was made is brought over, or merged with
 * what is here, what lies on other file systems follows, and file systems nested in the old tree are handed over. Every step can be run again.
 */
import { lstatSync, readlinkSync, type BigIntStats } from 'node:fs';
import { removeTree } from '../../files/remove-tree.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { syncDirectory } from '../../posix/sync.js';
import { getXattr, listXattrs } from '../../posix/xattr.js';
import { accountsAfter } from '../../reintegrate/accounts-after.js';
import { replaceContent } from '../../records/etc-content.js';
import { storeFolder, type System } from '../../system.js';
import { classify } from '../areas.js';
import type { Arrival } from '../environment.js';
import { sameContent } from '../tree/overlay-changes.js';
import { TreeSwitch } from '../tree/tree-switch.js';
import type { TreeChange } from '../../review/tree-change.js';
import { applyChanges } from './apply-changes.js';
import { forgetLateMerges, lateMerges, type LateOutcome } from './late-merges.js';
import type { SnapshotDriver } from './snapshot-driver.js';
import { SnapshotSwitch } from './snapshot-switch.js';
import {
  arrivalFile,
  hasSwitchRecord,
  readArrival,
  readSwitchRecord,
  type ArrivalRecord,
} from './switch-record.js';
import { treeDifference } from './tree-difference.js';
import { isOwn, otherVolumes, removeUnlessUsed, syncTree } from './trees.js';

/** Completes it, where the system was started in the tree that was switched to. */
export function completeArrival(driver: SnapshotDriver, system: System): Arrival | undefined {
  const arrival = readArrival(system);
  if (!arrival || driver.current(system) !== arrival.to) return undefined;
  const { restorePoint, list } = arrival;
  system.onStep?.('arrive');
  const [before, late] = [driver.find(system, arrival.seen), driver.find(system, arrival.from)];
  let aside: readonly RawPath[] = [];
  let problems: readonly string[] = [];
  if (late !== undefined) {
    if (before !== undefined) {
      aside = bringOver(driver, system, arrival, { before, late });
      problems = accountsAfter({ before, late, here: system.root });
    }
    system.onStep?.('arrive');
    // After the folders that they lie in.
    for (const path of driver.nested(system, arrival.from))
      driver.handOver(system, path, arrival.from, arrival.to);
  }
  system.onStep?.('arrive');
  if (hasSwitchRecord(system, restorePoint)) {
    const others = new TreeSwitch(system, { version: 1, restorePoint, units: [] });
    if (list === 'forward') others.settle();
    else others.settleBack('rollback');
  }
  syncTree(system.root);
  return { restorePoint, list, destroy: arrival.destroy, aside, problems };
}

/** Called when all that follows an arrival is done: it is not run again. */
export function forgetArrival(driver: SnapshotDriver, system: System): void {
  const arrival = readArrival(system);
  removeTree(arrivalFile(system));
  syncDirectory(system.store);
  forgetLateMerges(system);
  for (const { id, name } of driver.own(system))
    if (id === arrival?.seen) removeUnlessUsed(driver, system, name);
}

/** What was kept aside. */
function bringOver(
  driver: SnapshotDriver,
  system: System,
  arrival: ArrivalRecord,
  { before, late }: { readonly before: RawPath; readonly late: RawPath },
): RawPath[] {
  const { restorePoint, from, seen, list } = arrival;
  const mounts = otherVolumes(driver, system).map(({ mount }) => mount);
  const updated = hasSwitchRecord(system, restorePoint)
    ? new SnapshotSwitch(driver, system, readSwitchRecord(system, restorePoint)).changedPaths()
    : new Set<string>();
  const changes = treeDifference(driver, system, {
    name: `${restorePoint}.late`,
    before: seen,
    after: from,
    fixed: 'before',
    skip: (path) => isOwn(path) || mounts.includes(path),
  });
  /** What becomes of a path where nothing is merged. */
  const unmerged = (path: RawPath): 'here' | 'late' | 'aside' => {
    const here = join(system.root, path);
    if (same(join(late, path), here)) return 'here';
    const isTheirs = updated.has(path) && classify(path) === 'system' && list === 'forward';
    if (!isTheirs && same(join(before, path), here)) return 'late';
    return isOfStart(path) ? 'here' : 'aside';
  };
  const outcomes = new Map<RawPath, LateOutcome>(changes.map(({ path }) => [path, unmerged(path)]));
  const open = [...outcomes].flatMap(([path, outcome]) => (outcome === 'aside' ? [path] : []));
  const merges = lateMerges(system, arrival, { before, late }, open);
  const sources = new Map<RawPath, RawPath>();
  const aside: RawPath[] = [];
  const brought = changes.filter(({ path, kind, type }) => {
    const outcome = merges.get(path) ?? outcomes.get(path);
    if (outcome === 'aside' && kind !== 'removed' && type !== 'dir') {
      keepAside(system, restorePoint, path, join(late, path));
      aside.push(path);
    }
    return outcome === 'late' || typeof outcome === 'object';
  });
  for (const [path, outcome] of merges) {
    if (typeof outcome === 'object') sources.set(path, outcome.merged);
    else if (outcome !== 'late' || statusOf(join(late, path)) === undefined) continue;
    // Of the accounts, also what nobody changed late may have to follow the others.
    if (!brought.some((change) => change.path === path))
      brought.push({ path, kind: 'changed', type: 'file', bytes: 0 });
  }
  const onStep = () => system.onStep?.('arrive');
  applyChanges({ from: late, to: system.root, changes: brought.sort(byPath), sources, onStep });
  return aside;
}

/** What every start goes on with by itself, and nobody looks for: what is written in the one before stays there to be read. */
function isOfStart(path: RawPath): boolean {
  return classify(path) === 'log' || path === 'var/lib/systemd/random-seed';
}

const byPath = (a: TreeChange, b: TreeChange): number => (a.path < b.path ? -1 : 1);

/** Both sides changed it: the one that runs keeps its place, the other is kept where the user finds it. */
function keepAside(system: System, restorePoint: string, path: RawPath, from: RawPath): void {
  const folder = join(storeFolder(system, 'kept'), restorePoint);
  // Whole or not at all, and the first one stays, however often this is cut.
  if (!statusOf(join(folder, path))) replaceContent(folder, path, from);
}

function same(a: RawPath, b: RawPath): boolean {
  const [first, second] = [statusOf(a), statusOf(b)];
  if (!first || !second) return first === second;
  if (first.mode !== second.mode || first.uid !== second.uid || first.gid !== second.gid) return false;
  if (!sameXattrs(a, b)) return false;
  if (first.isDirectory()) return true;
  if (first.size !== second.size || first.mtimeNs !== second.mtimeNs || first.rdev !== second.rdev)
    return false;
  if (first.isSymbolicLink()) return readlinkSync(bytes(a), 'latin1') === readlinkSync(bytes(b), 'latin1');
  return !first.isFile() || sameContent(a, b);
}

function sameXattrs(a: RawPath, b: RawPath): boolean {
  const [first, second] = [listXattrs(a).sort(), listXattrs(b).sort()];
  return (
    first.join('\0') === second.join('\0') &&
    first.every((name) => getXattr(a, name)?.equals(getXattr(b, name) ?? Buffer.alloc(0)) ?? true)
  );
}

function statusOf(path: RawPath): BigIntStats | undefined {
  try {
    return lstatSync(bytes(path), { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // ENOTDIR: a component is no directory
  }
}
