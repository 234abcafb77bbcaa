/** Where the modules of kernels lie in a root, and where Understudy keeps its own names of them (`build/hooks/modules`). */
import { Fault } from '../../fault.js';
import { bigStatusOf } from '../../files/attributes.js';
import { foldersIn } from '../../files/entries.js';
import { display, join, type RawPath } from '../../posix/raw-path.js';

export interface ModulePlaces {
  /** A folder a release. */
  readonly top: RawPath;
  /** Understudy's own, which package managers and depmod(8) pass over. */
  readonly own: RawPath;
  /** While a package manager is at work. */
  readonly kept: RawPath;
  /** Put aside. */
  readonly old: RawPath;
}

/** Throws `NO_MODULES` where a root has none, such as that of a container; `COMMAND_FAILED` where a link would lead elsewhere. */
export function modulePlaces(root: RawPath): ModulePlaces {
  // Without merged /usr they are in /lib.
  const top = ['usr/lib/modules', 'lib/modules'].map((path) => join(root, path)).find(isFolder);
  if (top === undefined) throw new Fault('NO_MODULES');
  const own = join(top, '.understudy');
  const places = { top, own, kept: join(own, 'kept'), old: join(own, 'old') };
  const strange = [own, places.kept, places.old].find(
    (path) => bigStatusOf(path) !== undefined && !isFolder(path),
  );
  if (strange !== undefined) throw new Fault('COMMAND_FAILED', `${display(strange)} is no folder.`);
  return places;
}

/** The releases of which a folder holds modules, without names that begin with a dot. */
export function releasesIn(folder: RawPath): string[] {
  return foldersIn(folder).filter((name) => !name.startsWith('.'));
}

export function isFolder(path: RawPath): boolean {
  return bigStatusOf(path)?.isDirectory() ?? false;
}
