/**
 * How a btrfs root is laid out, and from that how the next start finds its root.
 *
 * - Ubuntu, Mint, Debian, Arch, timeshift: `@`; Fedora: `root`. The boot entry names the subvolume (`rootflags=subvol=@`, which GRUB's
 *   own scripts write), so only what lies under that name can change: the new tree and the old one exchange places in one step.
 * - openSUSE (`@/.snapshots/1/snapshot`), and whoever set a default subvolume: the boot entry names none, so the default decides.
 * - The top level itself: the same, but it can neither be moved nor removed; it stays as it was.
 */
import { readFileSync } from 'node:fs';
import { readMountTable, type MountEntry } from '../../inspect/mount-table.js';
import { usualWords } from '../../inspect/kernel-words.js';
import { thisMachine, type MachineSources } from '../../inspect/sources.js';
import { bytes, isWithin, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { inUserNamespace } from '../tree/clone.js';
import type { Way } from '../snapshots/snapshot-driver.js';
import { defaultOf, listSubvolumes, subvolumeAt, topLevel } from './subvolumes.js';

/** The subvolume of Understudy in the top level: the store, and in it the trees. */
export const ownSubvolume = '@understudy' as RawPath;

export interface Layout {
  /** A device of the file system. */
  readonly source: RawPath;
  readonly id: number;
  /** From the top level; empty for the top level itself. */
  readonly path: RawPath;
  readonly way: Way;
}

/** Why the root cannot have environments, a sentence; or how it is laid out. What only root can read is not looked at without. */
export function layoutOf(
  system: System,
  sources: MachineSources = thisMachine,
): Layout | { obstacle: string } {
  const mount = rootMount(system, sources);
  const holder = mount ?? readMountTable(sources).holding(system.root);
  if (holder?.fileSystem !== 'btrfs')
    return { obstacle: `The root file system is ${holder?.fileSystem ?? 'not known'}, not btrfs.` };
  if (!mount) return { obstacle: 'The root is a folder inside a subvolume, not a file system of its own.' };
  if (mount.readOnly) return { obstacle: 'The root file system is mounted read-only.' };
  const here = subvolumeAt(system.root);
  if (!here) return { obstacle: 'The root is a folder inside a subvolume, not a subvolume of its own.' };
  if (here.readOnly) return { obstacle: 'The root is a read-only snapshot: start the system itself.' };
  // What the kernel calls it now, also after it was renamed below the mount.
  const path = mount.origin.slice(1) as RawPath;
  if (process.geteuid?.() !== 0) return { source: mount.source, id: here.id, path, way: { by: 'default' } };
  if (inUserNamespace()) return { obstacle: 'In a user namespace no subvolumes can be looked for.' };
  const flags = system.isRunning ? commandLineFlags(system.machine ?? sources) : fstabFlags(system);
  // Also beside a name: the kernel mounts it only where both mean the same one (EINVAL).
  if (flags.id !== undefined && Number(flags.id) !== topLevel)
    return {
      obstacle: `The boot entry names the root by its number (subvolid=${flags.id}), which no other subvolume can take: name it by "subvol=" alone.`,
    };
  const name = flags.name;
  if (name !== undefined && isWithin(name, ownSubvolume))
    return {
      obstacle: `The system was started from ${name}, an environment for one start: start the usual one.`,
    };
  const byDefault = defaultOf(system.root);
  // Also while a switch of ours waits for its start: then another one is the default already.
  const isDefault =
    byDefault === here.id ||
    isWithin(path, ownSubvolume) ||
    isWithin(pathOf(system, byDefault), ownSubvolume);
  if (name === '' || (path === '' && name === undefined && !isDefault))
    return {
      obstacle:
        'The boot entry names the top level of the file system as the root, which nothing else can become: leave "subvol=" out of it.',
    };
  const way: Way = name === undefined && isDefault ? { by: 'default' } : { by: 'name', name: name ?? path };
  return { source: mount.source, id: here.id, path, way };
}

/** From the top level, without a leading slash. */
export function pathOf(system: System, id: number): RawPath {
  return (
    id === topLevel ? '' : (listSubvolumes(system.root).find((one) => one.id === id)?.path ?? '')
  ) as RawPath;
}

export function rootMount(system: System, sources: MachineSources = thisMachine): MountEntry | undefined {
  return readMountTable(sources).at(system.root);
}

interface RootFlags {
  readonly name?: RawPath | undefined;
  readonly id?: string | undefined;
}

/** What the boot entry asked the initramfs for: dracut.cmdline(7), initramfs-tools(7). */
function commandLineFlags(sources: MachineSources): RootFlags {
  return flagsIn(rootFlags(usualWords(sources)) ?? '');
}

function rootFlags(words: readonly string[]): string | undefined {
  return words.findLast((word) => word.startsWith(rootFlagsWord))?.slice(rootFlagsWord.length);
}

const rootFlagsWord = 'rootflags=';

/** What makes the kernel take another subvolume as its root than the usual words say: of a word that comes twice the last one counts. */
export function wordsForRoot(system: System, id: number, usual: readonly string[]): string[] {
  const others = (rootFlags(usual) ?? '')
    .split(',')
    .filter((one) => one !== '' && !/^subvol(id)?=/.test(one));
  return [`${rootFlagsWord}${[...others, `subvol=/${pathOf(system, id)}`].join(',')}`];
}

/** A tree that does not run has no command line; what it says of itself is the next best. */
function fstabFlags(system: System): RootFlags {
  let text: string;
  try {
    text = readFileSync(bytes(join(system.root, 'etc/fstab')), 'latin1');
  } catch {
    return {};
  }
  const root = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([source, place]) => source !== undefined && !source.startsWith('#') && place === '/');
  const { name } = flagsIn(root?.[3] ?? '');
  return { name };
}

function flagsIn(options: string): RootFlags {
  const value = (key: string): string | undefined =>
    options
      .split(',')
      .findLast((option) => option.startsWith(`${key}=`))
      ?.slice(key.length + 1);
  return { name: value('subvol')?.replace(/^\/+|\/+$/g, '') as RawPath | undefined, id: value('subvolid') };
}
