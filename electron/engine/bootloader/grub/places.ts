/**
 * Where GRUB reads its menu at the next start, and where it can write down that it tried: it overwrites a file by its blocks, without the help of
 * a file system (grub2 manual, "Environment block").
 *
 * - /boot lies on a file system that allows it: all lies beside grub.cfg.
 * - /boot on btrfs, whose blocks are shared and checksummed: the note lies on the EFI system partition. Where /boot is inside the root's subvolume,
 *   GRUB finds it by the name of that, as its boot entries do: the menu is that of the tree which has the name at the start, and what is kept for
 *   the way back lies in the subvolume of Understudy, which keeps its name whatever the trees do.
 */
import { existsSync, statSync } from 'node:fs';
import { layoutOf } from '../../environments/btrfs/layout.js';
import { topOf } from '../../environments/btrfs/top.js';
import { readMountTable, type MountEntry, type MountTable } from '../../inspect/mount-table.js';
import { nameInTree, realRoot } from '../../inspect/mounts.js';
import type { MachineSources } from '../../inspect/sources.js';
import { bytes, display, isWithin, join, parentOf, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { keptOn } from '../kept-files.js';

export interface GrubPlaces {
  /** Of grub.cfg and custom.cfg, as the next start reads them. */
  readonly menu: RawPath;
  /** Of the environment block. */
  readonly note: RawPath;
  /** The file system of the note, where it is another than that of the menu. */
  readonly noteMount: MountEntry | undefined;
  readonly kept: RawPath;
  /** What GRUB reads kernels from. */
  readonly mount: MountEntry | undefined;
  /** As GRUB names a file: from the top of that file system. Undefined for what lies elsewhere. */
  pathOn(file: RawPath): string | undefined;
  /** Why GRUB cannot note a trial, a sentence. */
  readonly obstacle: string | undefined;
}

const writable = new Set(['ext2', 'ext3', 'ext4', 'vfat', 'xfs']);

/** `folder`: where grub.cfg of the running tree lies, absolute. */
export function placesOf(system: System, sources: MachineSources, folder: RawPath): GrubPlaces {
  const table = readMountTable(sources);
  const mount = table.holding(folder);
  const beside: GrubPlaces = {
    menu: folder,
    note: folder,
    noteMount: undefined,
    kept: keptOn(mount?.mountPoint ?? folder),
    mount,
    pathOn: (file) => pathFromTop(table, mount, file),
    obstacle: undefined,
  };
  const isInRoot = !mount || nameInTree(realRoot(system), mount.mountPoint) === '/';
  if (mount?.fileSystem !== 'btrfs')
    return {
      ...beside,
      kept: isInRoot ? keptOn(parentOf(folder)) : beside.kept,
      obstacle: mount
        ? noteObstacle(sources, mount, folder)
        : `Nothing is known of the file system of ${display(folder)}.`,
    };
  const onEsp = { ...beside, ...noteOnEsp(system, sources, folder) };
  if (!isInRoot) return onEsp;
  const layout = layoutOf(system, sources);
  if ('obstacle' in layout) return { ...onEsp, obstacle: layout.obstacle };
  if (layout.way.by !== 'name')
    return {
      ...onEsp,
      obstacle: `No boot entry names the subvolume in which ${display(folder)} lies: GRUB would go on reading the menu of the system that it was installed from.`,
    };
  const top = topOf(layout.source);
  const inTree = folder.slice(mount.mountPoint.length).replace(/^\/+/, '');
  return {
    ...onEsp,
    menu: join(join(top, layout.way.name), inTree),
    kept: join(system.store, 'kernels'),
    // The top level is mounted for this process alone: no table tells of it.
    pathOn: (file) => (isWithin(file, top) ? file.slice(top.length) : beside.pathOn(file)),
  };
}

/** The partition that firmware reads: FAT, mounted where distributions mount it. */
function noteOnEsp(
  system: System,
  sources: MachineSources,
  folder: RawPath,
): Pick<GrubPlaces, 'note' | 'noteMount' | 'obstacle'> {
  const root = realRoot(system);
  const places = ['boot/efi', 'efi'].map((path) => join(root, path));
  // A look into it: what is mounted only when it is used is so then.
  const used = places.filter((place) => existsSync(bytes(join(place, 'EFI'))));
  const table = readMountTable(sources);
  const found = used.flatMap((place) => {
    const mount = table.at(place);
    return mount?.fileSystem === 'vfat' ? [{ place, mount }] : [];
  })[0];
  if (!found)
    return {
      note: folder,
      noteMount: undefined,
      obstacle: `GRUB can read btrfs, on which ${display(folder)} lies, but not write to it, and there is no EFI system partition to which it could write.`,
    };
  return {
    note: keptOn(found.place),
    noteMount: found.mount,
    obstacle: noteObstacle(sources, found.mount, found.place),
  };
}

function noteObstacle(sources: MachineSources, mount: MountEntry, place: RawPath): string | undefined {
  const named = display(place);
  if (!writable.has(mount.fileSystem))
    return `GRUB can read ${mount.fileSystem}, on which ${named} lies, but not write to it.`;
  if (mount.readOnly) return `${named} lies on a file system that is mounted read-only.`;
  return isAssembled(sources, mount)
    ? `${named} lies on a logical volume, a RAID or an encrypted disk, to which GRUB cannot write.`
    : undefined;
}

/** The device mapper and md have folders of their own in sysfs. */
function isAssembled(sources: MachineSources, { device }: MountEntry): boolean {
  const folder = join(sources.sys, `dev/block/${device}`);
  return ['dm', 'md'].some((name) => statSync(bytes(join(folder, name)), { throwIfNoEntry: false }));
}

/** Of a file on the file system of `mount`, through whichever mount of it. */
function pathFromTop(table: MountTable, mount: MountEntry | undefined, file: RawPath): string | undefined {
  const holder = table.holding(file);
  if (!holder || !mount || holder.device !== mount.device) return undefined;
  const inside = file.slice(holder.mountPoint.length).replace(/^\/+/, '');
  return `${holder.origin === '/' ? '' : holder.origin}/${inside}`;
}
