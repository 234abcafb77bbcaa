/**
 * pacman's local database, read from the files of a tree: nothing is run, so it works on any root and as any user. Each
 * installed package is a folder `name-version` with `desc` and `files`; one that an interrupted run left lacks `desc`.
 */
import { createHash } from 'node:crypto';
import type { TreeView } from '../../environments/environment.js';
import { join, type RawPath } from '../../posix/raw-path.js';
import type { InstalledPackage } from '../package-manager.js';
import { treeFile } from '../tree-file.js';
import { configurationOf, isHeld } from './configuration.js';
import { fieldsIn, listOf, numberOf, valueOf } from './desc.js';

export const localPath = 'var/lib/pacman/local' as RawPath;

export interface LocalEntry extends InstalledPackage {
  /** The name of its folder. */
  readonly folder: string;
  readonly installedBytes: number;
  readonly provides: readonly string[];
  readonly conflicts: readonly string[];
}

/** pacman is a package itself; a machine that only has the program, to work on other trees, lists none. */
export function manages(view: TreeView): boolean {
  return folders(view).some((name) => name.startsWith('pacman-'));
}

/** Every package that is at least partly there, sorted by the name of its folder. */
export function localEntries(view: TreeView): LocalEntry[] {
  const configuration = configurationOf(view);
  return folders(view).map((folder) => {
    const fields = fieldsIn(treeFile(view, join(join(localPath, folder), 'desc'))?.toString('utf8') ?? '');
    const named = nameAndVersion(folder);
    const name = valueOf(fields, 'NAME') ?? named.name;
    return {
      folder,
      name,
      architecture: valueOf(fields, 'ARCH') ?? '',
      version: valueOf(fields, 'VERSION') ?? named.version,
      complete: fields.has('VERSION') && view.locate(join(join(localPath, folder), 'files')) !== undefined,
      held: isHeld(configuration, name, listOf(fields, 'GROUPS')),
      installedBytes: numberOf(fields, 'SIZE'),
      provides: listOf(fields, 'PROVIDES'),
      conflicts: listOf(fields, 'CONFLICTS'),
    };
  });
}

/** Neither a version nor a release has a dash of its own. */
export function nameAndVersion(folder: string): { readonly name: string; readonly version: string } {
  const [, name = folder, version = ''] = /^(.+)-([^-]+-[^-]+)$/.exec(folder) ?? [];
  return { name, version };
}

/** Everything that the package's own list names, or nothing when the package is unknown. Folders end with a slash there. */
export function filesOf(view: TreeView, name: string): RawPath[] {
  return listOf(filesFields(view, name), 'FILES').map((path) => path.replace(/\/$/, '') as RawPath);
}

/** The files of each package that are kept when the user changed them (`backup` in PKGBUILD(5)), with their owner. */
export function backupOwners(view: TreeView): Map<RawPath, string> {
  return new Map(
    folders(view).flatMap((folder) => {
      const { name } = nameAndVersion(folder);
      return listOf(filesIn(view, folder), 'BACKUP').map(
        (line) => [line.replace(/\t.*$/, '') as RawPath, name] as const,
      );
    }),
  );
}

/** Everything that decides what is installed and what an upgrade would do; the lists of files follow from it. */
export function databaseDigest(view: TreeView): string {
  const hash = createHash('sha256');
  for (const folder of folders(view)) {
    const desc = treeFile(view, join(join(localPath, folder), 'desc'));
    hash.update(`${folder} ${desc?.length ?? -1}\n`, 'latin1').update(desc ?? '');
  }
  const { ignoredPackages, ignoredGroups } = configurationOf(view);
  return hash.update(JSON.stringify([ignoredPackages, ignoredGroups])).digest('hex');
}

function filesFields(view: TreeView, name: string): ReturnType<typeof fieldsIn> {
  const folder = folders(view).find((candidate) => nameAndVersion(candidate).name === name);
  return folder === undefined ? new Map() : filesIn(view, folder);
}

function filesIn(view: TreeView, folder: string): ReturnType<typeof fieldsIn> {
  return fieldsIn(treeFile(view, join(join(localPath, folder), 'files'))?.toString('latin1') ?? '');
}

/** Beside the packages' folders lies the version of the database's form. */
function folders(view: TreeView): string[] {
  return (view.list(localPath) ?? []).filter((name) => /-[^-]+-[^-]+$/.test(name));
}
