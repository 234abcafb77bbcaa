/** Mounts a staged layer to be looked at: read-only, without setuid, devices and programs. */
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { readMountTable } from '../inspect/mount-table.js';
import { thisMachine } from '../inspect/sources.js';
import { bind, detach, mount, mountFlags } from '../posix/mount.js';
import { bytes, isWithin, join, type RawPath } from '../posix/raw-path.js';
import { inUserNamespace, type TreeClone } from './tree/clone.js';

const { readOnly, noDevices, noExecute, noSetuid, bind: bindFlag, remount } = mountFlags;

/** What nobody may do in an environment that is only looked at. */
export const lookOnly = readOnly | noDevices | noExecute | noSetuid;

/** All layers or none; each at its place below `folder`. */
export function mountLayers(id: string, layers: TreeClone['layers'], folder: RawPath): void {
  const mounted: RawPath[] = [];
  try {
    for (const layer of layers) {
      const place = join(folder, layer.mount);
      mountLayer(id, layer, place);
      mounted.push(place);
    }
  } catch (error) {
    for (const place of mounted.reverse()) detach(place);
    throw error;
  }
}

function mountLayer(
  id: string,
  { kind, lower, upper, work }: TreeClone['layers'][number],
  place: RawPath,
): void {
  if (kind === 'copy') {
    bind(upper, place, true);
    mount(upper, place, null, bindFlag | remount | lookOnly);
    return;
  }
  // As in a session, whose mark would refuse this; and its upper folder lies in the lower one, so that both cannot be lower ones.
  rmSync(bytes(join(work, 'work/incompat')), { recursive: true, force: true });
  // A path with a comma or colon cannot be written in the option string.
  const folders = [lower, upper, work].map((path) =>
    openSync(bytes(path), constants.O_RDONLY | constants.O_DIRECTORY),
  );
  const [base, changed, scratch] = folders.map((fd) => `/proc/self/fd/${fd}`);
  const own = inUserNamespace() ? 'userxattr' : 'redirect_dir=nofollow,metacopy=off,index=off,xino=off';
  const options = `lowerdir=${base},upperdir=${changed},workdir=${scratch},${own}`;
  try {
    mount(sourceName(id), place, 'overlay', lookOnly, options);
  } finally {
    for (const fd of folders) closeSync(fd);
  }
}

/** Where a clone is mounted to be looked at: the topmost folders. */
export function layerMounts(id: string): RawPath[] {
  const places = readMountTable(thisMachine)
    .entries.filter(({ fileSystem, source }) => fileSystem === 'overlay' && source === sourceName(id))
    .map(({ mountPoint }) => mountPoint);
  return places.filter((place) => !places.some((other) => other !== place && isWithin(place, other)));
}

const sourceName = (id: string): string => `understudy-${id}`;
