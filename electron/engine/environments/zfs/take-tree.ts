/**
 * Makes a tree: a snapshot of all datasets of another one at one moment, and clones of them.
 *
 * Those that can be started have `canmount=noauto` and the mount point `/`, as every boot environment: so ZFSBootMenu and tools like bectl list
 * them, initramfs-tools and dracut start them, and nothing mounts them over the running system by itself. Their parts have `noauto` as well.
 */
import { Fault } from '../../fault.js';
import { text } from '../../posix/raw-path.js';
import type { TreeId } from '../snapshots/snapshot-driver.js';
import { datasets, isAbout, ownProperties, zfs, type Dataset } from './datasets.js';
import type { Layout } from './layout.js';
import { fixingProperties } from './mounts.js';
import { nowhere, placeProperty } from './parts.js';
import {
  ownDatasets,
  activeProperty,
  fixedProperty,
  nameProperty,
  partOfProperty,
  partsProperty,
  type Tree,
} from './trees.js';

const mark = '@understudy-';

export const isOurSnapshot = (name: string): boolean => name.includes(mark);

interface Wish {
  readonly name: string;
  readonly readOnly: boolean;
}

/** A tree as another one is at this moment; where it cannot be made, nothing is left of it. Throws `NO_SPACE`. */
export function takeTree(layout: Layout, from: Tree, wish: Wish): TreeId {
  // What never changed is still what it was made of: one snapshot then serves both.
  const taken = from.isFixed ? undefined : takeSnapshot(from, wish.name);
  const target = `${layout.parent}/${wish.name}`;
  const mountPoints: [string, string][] = [[target, '/']];
  const kept = ownProperties(ownDatasets(from).map(({ name }) => name));
  const made = taken === undefined ? [] : [`${from.dataset.name}${taken}`];
  try {
    clone(layout, from.dataset, {
      ...wish,
      taken,
      kept: kept.get(from.dataset.name),
      target,
      own: [
        ['canmount', 'noauto'],
        ['mountpoint', 'legacy'],
        [nameProperty, wish.name],
        [partsProperty, String(from.parts.length)],
        // ZFSBootMenu offers it for a start once it was switched to.
        [activeProperty, 'off'],
      ],
    });
    made.unshift(target);
    for (const { dataset, mount } of from.parts) {
      const below = dataset.name.slice(from.dataset.name.length);
      const inner = target + below;
      const place = mount === undefined ? nowhere : text(mount);
      clone(layout, dataset, {
        ...wish,
        taken,
        kept: kept.get(dataset.name),
        target: inner,
        own: [
          ['canmount', mount === undefined ? 'off' : 'noauto'],
          [partOfProperty, wish.name],
          [placeProperty, place],
        ],
      });
      // As a rule that follows from its name.
      if (mount !== undefined && `/${place}` !== below) mountPoints.push([inner, `/${place}`]);
    }
    // Not before, since zfs-fuse mounts every clone at once where it says; a tree that nobody starts has none.
    if (!wish.readOnly) for (const [name, place] of mountPoints) zfs('set', `mountpoint=${place}`, name);
    const [tree] = datasets([target]);
    if (!tree) throw new Fault('COMMAND_FAILED', `zfs clone ${target}: it is not there`);
    return tree.guid;
  } catch (error) {
    made.forEach(discard);
    throw error;
  }
}

interface Cloning extends Wish {
  /** With its `@`; what is fixed has one already. */
  readonly taken: string | undefined;
  /** What was set on the dataset that is cloned. */
  readonly kept: ReadonlyMap<string, string> | undefined;
  readonly target: string;
  readonly own: readonly (readonly [string, string])[];
}

function clone(layout: Layout, of: Dataset, { readOnly, taken, kept, target, own }: Cloning): void {
  const snapshot = taken === undefined ? of.origin : `${of.name}${taken}`;
  if (snapshot === undefined) throw new Fault('STAGE_DAMAGED', `${of.name} is no clone any more.`);
  const properties = new Map([
    ...[...(kept ?? [])].filter(([property]) => isKept(property)),
    ...own,
    ...(readOnly ? [...fixingProperties(layout.root), [fixedProperty, 'yes'] as const] : []),
  ]);
  const options = [...properties].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  zfs('clone', ...options, snapshot, target);
}

/** Of the dataset and everything below it, at one moment; what belongs to no tree needs none. */
function takeSnapshot({ dataset, parts, others }: Tree, name: string): string {
  const taken = `${mark}${name}`;
  const snapshot = `${dataset.name}${taken}`;
  const flags = parts.length > 0 ? ['-r'] : [];
  try {
    zfs('snapshot', ...flags, snapshot);
  } catch (error) {
    if (!isAbout(error, /already exists/)) throw error;
    // It was made before a cut, and shows an earlier moment.
    zfs('destroy', '-r', snapshot);
    zfs('snapshot', ...flags, snapshot);
  }
  if (parts.length > 0) for (const other of others) zfs('destroy', `${other.name}${taken}`);
  return taken;
}

/** What of a tree could be made is removed; the reason why it could not be made counts for more than what happens here. */
function discard(name: string): void {
  try {
    zfs('destroy', '-r', name);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

const inherited = [
  'aclinherit', 'aclmode', 'acltype', 'atime', 'checksum', 'compression', 'copies', 'devices', 'direct', 'dnodesize', 'exec', 'logbias',
  'longname', 'nbmand', 'overlay', 'prefetch', 'primarycache', 'quota', 'recordsize', 'redundant_metadata', 'refquota', 'relatime',
  'secondarycache', 'setuid', 'snapdir', 'special_small_blocks', 'sync', 'xattr',
]; // prettier-ignore

/** A clone takes its properties from where it lies, not from what it is made of: what was set on that itself is set again. */
function isKept(property: string): boolean {
  const isUsers =
    property.includes(':') && !property.startsWith('org.understudy:') && property !== activeProperty;
  return isUsers || inherited.includes(property);
}
