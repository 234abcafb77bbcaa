/**
 * Where live patches lie: a folder a kernel release, in it a folder a patch, all private to root. What names a folder here is of the few letters
 * that releases and modules have, so that no name leads elsewhere.
 */
import { kernelReleaseSchema, livepatchNameSchema } from '../../../../shared/livepatch.js';
import { foldersIn } from '../../files/entries.js';
import { join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';

export const storeName = 'livepatches';
export const recordName = 'livepatch.json';

export function livepatchStore({ store }: System): RawPath {
  return join(store, storeName);
}

export function releaseFolder(system: System, release: string): RawPath {
  return join(livepatchStore(system), kernelReleaseSchema.parse(release));
}

export function patchFolder(system: System, release: string, name: string): RawPath {
  return join(releaseFolder(system, release), livepatchNameSchema.parse(name));
}

export function moduleIn(folder: RawPath, name: string): RawPath {
  return join(folder, `${name}.ko`);
}

/** The releases for which there is a folder. Throws `EACCES` for who may not look. */
export function releasesOf(system: System): string[] {
  return foldersIn(livepatchStore(system)).filter((name) => kernelReleaseSchema.safeParse(name).success);
}

/** The patches of a release, by the names of their folders. */
export function namesOf(system: System, release: string): string[] {
  return foldersIn(releaseFolder(system, release)).filter(
    (name) => livepatchNameSchema.safeParse(name).success,
  );
}
