/**
 * How a root on ZFS is laid out, and from that how the next start finds its root.
 *
 * Environments are datasets beside each other: `pool/ROOT/name` with ZFSBootMenu, dracut and the guides of OpenZFS, `pool/name` here and
 * there. The pool's property `bootfs` names the one that starts. Where the boot entry names it instead, as GRUB's scripts of Ubuntu do,
 * `bootfs` would change nothing; ZFSBootMenu names it as well, but by what `bootfs` says, and its property on the dataset gives it away.
 */
import { usualWords } from '../../inspect/kernel-words.js';
import { readMountTable, type MountEntry, type MountTable } from '../../inspect/mount-table.js';
import { thisMachine, type MachineSources } from '../../inspect/sources.js';
import { zfsHoldsOverlays } from '../../inspect/zfs-version.js';
import { display, isWithin, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { inUserNamespace } from '../tree/clone.js';
import { volumesOf } from '../tree/places.js';
import { pinnedDataset } from './command-line.js';
import { asked, bootDataset, datasetNamed, isPlain } from './datasets.js';
import { isZfs } from './mounts.js';
import { isOfSystem, partsObstacle } from './parts.js';
import { runningTree } from './trees.js';

export interface Layout {
  readonly root: MountEntry;
  /** What is mounted at the root. */
  readonly dataset: string;
  readonly pool: string;
  /** The dataset below which the environments lie. */
  readonly parent: string;
}

/** The property that says that ZFSBootMenu starts a dataset, and with which words. */
const bootMenuProperty = 'org.zfsbootmenu:commandline';

/** Why the root cannot have environments, a sentence; or how it is laid out. */
export function layoutOf(
  system: System,
  sources: MachineSources = thisMachine,
): Layout | { obstacle: string } {
  const layout = mountedLayout(system, sources);
  // The pool is not asked without root's rights.
  if ('obstacle' in layout || process.geteuid?.() !== 0) return layout;
  const obstacle = asked(() => startObstacle(system, layout, sources));
  return obstacle === undefined ? layout : { obstacle };
}

/** As `layoutOf`, from the mounts alone: for what is done once it is known that nothing is in the way. */
export function mountedLayout(
  system: System,
  sources: MachineSources = thisMachine,
): Layout | { obstacle: string } {
  const table = readMountTable(sources);
  const root = table.at(system.root);
  const holder = root ?? table.holding(system.root);
  if (!holder || !isZfs(holder))
    return { obstacle: `The root file system is ${holder?.fileSystem ?? 'not known'}, not ZFS.` };
  if (!root || root.origin !== '/')
    return { obstacle: 'The root is a folder inside a dataset, not a dataset of its own.' };
  if (root.readOnly) return { obstacle: 'The root file system is mounted read-only.' };
  const dataset: string = root.source;
  const slash = dataset.lastIndexOf('/');
  if (slash < 0)
    return { obstacle: `The root is the pool ${dataset} itself, beside which there can be no other root.` };
  const obstacle = volumeObstacle(system, table, dataset, sources);
  if (obstacle !== undefined) return { obstacle };
  return { root, dataset, pool: dataset.slice(0, dataset.indexOf('/')), parent: dataset.slice(0, slash) };
}

/** Whether another root would start, and start as safely. */
function startObstacle(system: System, layout: Layout, sources: MachineSources): string | undefined {
  const { dataset, pool, parent } = layout;
  if (inUserNamespace()) return 'In a user namespace no pool can be asked.';
  if (!isPlain(dataset) && isPlain(parent))
    return `The root is encrypted, but what lies beside it in ${parent} is not: copies of its files must not lie there.`;
  const pinned = system.isRunning ? pinnedDataset(usualWords(system.machine ?? sources)) : undefined;
  if (pinned !== undefined && !hasBootMenu(dataset))
    return `The boot entry names the root (${pinned}), whatever the pool says: leave it to "bootfs" (root=zfs:AUTO), or start through ZFSBootMenu with its property ${bootMenuProperty}.`;
  if (bootDataset(pool) === undefined)
    return `The pool ${pool} does not say which dataset it starts: run "zpool set bootfs=${dataset} ${pool}".`;
  const tree = runningTree(system, layout);
  return partsObstacle(system, tree.dataset, tree, mountsInside(system, layout, sources));
}

/** Datasets below the root's, with where they are mounted in the root. */
function mountsInside({ root }: System, { dataset }: Layout, sources: MachineSources): Map<string, RawPath> {
  const inside = readMountTable(sources).entries.filter(
    (entry) =>
      isZfs(entry) &&
      entry.source !== dataset &&
      isWithin(entry.source, dataset) &&
      (root === '/' || isWithin(entry.mountPoint, root)),
  );
  const start = root === '/' ? 1 : root.length + 1;
  return new Map(inside.map(({ source, mountPoint }) => [source, mountPoint.slice(start) as RawPath]));
}

function hasBootMenu(dataset: string): boolean {
  const value = datasetNamed(dataset, [bootMenuProperty])?.values.get(bootMenuProperty)?.value;
  return value !== undefined && value !== '-';
}

/** Datasets beside the root's are staged in overlays. */
function volumeObstacle(
  system: System,
  table: MountTable,
  dataset: string,
  sources: MachineSources,
): string | undefined {
  for (const { mount } of volumesOf(system, table.entries)) {
    const entry = table.at(join(system.root, mount));
    if (mount === '' || !entry || !isZfs(entry)) continue;
    const name = display(`/${mount}` as RawPath);
    if (isWithin(entry.source, dataset) && isOfSystem(mount)) continue; // goes along, or `partsObstacle` finds it
    if (!zfsHoldsOverlays(sources))
      return `${name} is a dataset of its own (${entry.source}); an overlay on it needs OpenZFS 2.2 or later.`;
  }
  return undefined;
}
