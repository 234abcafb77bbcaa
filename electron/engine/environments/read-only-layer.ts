/** Mounts a staged layer to be looked at: read-only, without setuid, devices and programs. */
import { readMountTable } from '../inspect/mount-table.js';
import { thisMachine } from '../inspect/sources.js';
import { bind, detach, mount, mountFlags } from '../posix/mount.js';
import { isWithin, join, type RawPath } from '../posix/raw-path.js';
import { mountOverlay } from './session/mount-overlay.js';
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
  // As in a session: its upper folder may lie in the lower one, so that both cannot be lower ones.
  mountOverlay({ lower, upper, work }, place, {
    source: sourceName(id),
    flags: lookOnly,
    isVolatile: false,
    userNamespace: inUserNamespace(),
  });
}

/** Where a clone is mounted to be looked at: the topmost folders. */
export function layerMounts(id: string): RawPath[] {
  const places = readMountTable(thisMachine)
    .entries.filter(({ fileSystem, source }) => fileSystem === 'overlay' && source === sourceName(id))
    .map(({ mountPoint }) => mountPoint);
  return places.filter((place) => !places.some((other) => other !== place && isWithin(place, other)));
}

const sourceName = (id: string): string => `understudy-${id}`;
