/**
 * The libraries that an update takes from programs that it does not touch: names that were there and are gone, or that now
 * stand for another ABI or define fewer symbol versions. Only when there are such is the rest of the tree searched.
 */
import { lstatSync } from 'node:fs';
import type { TreeView } from '../../environments/environment.js';
import { bytes, join, nameOf, type RawPath } from '../../posix/raw-path.js';
import { sameAbi, type ElfReading } from '../elf/elf-file.js';
import type { TreeChange } from '../tree-change.js';
import type { LibraryTree } from './library-tree.js';

/** File names of libraries that programs elsewhere may no longer find as they need them. */
export function lostLibraries(
  before: LibraryTree,
  after: LibraryTree,
  changes: readonly TreeChange[],
): Set<string> {
  const lost = new Set<string>();
  for (const change of changes) {
    const name = nameOf(change.path);
    if (change.kind === 'added' || !name.includes('.so') || isExempt(change.path)) continue;
    const old = before.read(change.path);
    if (old?.kind === 'elf' && !stillServes(old, after.read(change.path))) lost.add(name);
  }
  const kept = new Set(after.configured);
  for (const folder of before.configured) {
    if (kept.has(folder)) continue;
    for (const name of before.folder(folder)?.names ?? []) if (name.includes('.so')) lost.add(name);
  }
  return lost;
}

function stillServes(old: ElfReading & { kind: 'elf' }, now: ElfReading | undefined): boolean {
  if (now?.kind !== 'elf' || !sameAbi(old.file.abi, now.file.abi)) return false;
  for (const version of old.file.versionsDefined) if (!now.file.versionsDefined.has(version)) return false;
  return true;
}

const programFolders = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'libexec', 'games'];
/** Folders of the distribution, and those that are the user's own. */
export const ownFolders = ['usr/local', 'opt'] as RawPath[];
export const distributionFolders = [
  ...programFolders,
  ...programFolders.map((name) => `usr/${name}`),
] as RawPath[];

/** Files that may be programs or libraries below the given folders: executable, or with a library's name. */
export function* programsBelow(view: TreeView, folders: readonly RawPath[]): Generator<RawPath> {
  const pending = [...folders];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const name of isFolder(view, folder) ? (view.list(folder) ?? []) : []) {
      const path = join(folder, name);
      if (isExempt(path)) continue;
      const onHost = view.locate(path);
      const stat = onHost === undefined ? undefined : lstatSync(bytes(onHost), { throwIfNoEntry: false });
      if (stat?.isDirectory()) pending.push(path);
      else if (stat?.isFile() && ((stat.mode & 0o111) !== 0 || name.includes('.so'))) yield path;
    }
  }
}

function isFolder(view: TreeView, path: RawPath): boolean {
  const onHost = view.locate(path);
  return onHost !== undefined && lstatSync(bytes(onHost), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Detached debugging symbols and kernel modules look like programs and are none. */
export function isExempt(path: RawPath): boolean {
  return /^(usr\/)?lib\/(debug|modules|firmware)(\/|$)|\.(debug|ko|ko\.\w+)$|\/\.debug\//.test(path);
}
