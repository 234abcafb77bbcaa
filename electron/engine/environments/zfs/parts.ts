/**
 * Datasets below a root's own. Those that hold a part of the system (`/var/lib`, `/usr/local`) belong to the tree: they are cloned with it, and
 * initramfs-tools mounts them with whichever root it mounts (contrib/initramfs of OpenZFS), so they need not mount by themselves. Those of
 * services and people (`/srv`, `/var/log`, `/var/lib/docker`) belong to no tree: they stay where they are and mount at every start.
 */
import { display, isWithin, join, raw, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { classify } from '../areas.js';
import { exists } from '../plain-view.js';
import { systemAreas } from '../tree/places.js';
import type { Dataset } from './datasets.js';

/** On parts of trees that Understudy made: where in the root they are mounted, whatever their mount point says meanwhile. */
export const placeProperty = 'org.understudy:place';
export const nowhere = 'none';

const initramfsScript = 'usr/share/initramfs-tools/scripts/zfs';

export interface Part {
  readonly dataset: Dataset;
  /** Relative to the root; `undefined` for one that only holds others and is mounted nowhere. */
  readonly mount: RawPath | undefined;
}

export interface Below {
  /** In the order in which they are mounted. */
  readonly parts: readonly Part[];
  readonly others: readonly Dataset[];
}

/** `all`: at least the root's dataset and everything below it. */
export function partsOf(system: System, top: Dataset, all: readonly Dataset[]): Below {
  const below = all.filter(({ name, kind }) => kind !== 'snapshot' && name.startsWith(`${top.name}/`));
  const mounts = new Map(below.map((dataset) => [dataset, mountIn(system, top, dataset)]));
  const isPart = (dataset: Dataset): boolean => {
    const mount = mounts.get(dataset);
    return mount !== undefined && isOfSystem(mount);
  };
  const isHolder = ({ name, values }: Dataset): boolean =>
    values.get('canmount')?.value === 'off' &&
    below.some((inner) => inner.name.startsWith(`${name}/`) && isPart(inner));
  const parts = below
    .filter((dataset) => isPart(dataset) || isHolder(dataset))
    .map((dataset) => ({ dataset, mount: mounts.get(dataset) }))
    .sort((a, b) => (a.dataset.name < b.dataset.name ? -1 : 1));
  const chosen = new Set(parts.map(({ dataset }) => dataset));
  return { parts, others: below.filter((dataset) => !chosen.has(dataset)) };
}

/** Why the datasets below a root's cannot follow it, or stay as they should; a sentence. `mounted`: where each is, relative to the root. */
export function partsObstacle(
  system: System,
  top: Dataset,
  { parts, others }: Below,
  mounted: ReadonlyMap<string, RawPath>,
): string | undefined {
  const [first] = parts;
  if (first && system.isRunning && !exists(join(system.root, initramfsScript)))
    return `${first.dataset.name} lies below the dataset of the root, where initramfs-tools alone mounts it with another root: keep it beside.`;
  for (const { dataset } of parts) {
    const above = dataset.name.slice(0, dataset.name.lastIndexOf('/'));
    if (above !== top.name && !parts.some((part) => part.dataset.name === above))
      return `${dataset.name} is a part of the system, but what it lies in is not: keep it beside.`;
  }
  for (const { name, values } of others) {
    const place = mounted.get(name);
    if (place === undefined) continue;
    if (isOfSystem(place))
      return `/${display(place)} is the dataset ${name} below that of the root, which no other root would bring along: let it have that mount point, or keep it beside.`;
    // What has no mount point is mounted by the system's own fstab, which every root has.
    if (values.get('mountpoint')?.value.startsWith('/') && values.get('canmount')?.value !== 'on')
      return `${name} is mounted with this root alone: run "zfs set canmount=on ${name}".`;
  }
  return undefined;
}

/** Where a dataset is mounted in the root of its tree. */
function mountIn(system: System, top: Dataset, { kind, values }: Dataset): RawPath | undefined {
  if (kind !== 'filesystem' || values.get('canmount')?.value === 'off') return undefined;
  const noted = values.get(placeProperty);
  if (noted?.source === 'local') return noted.value === nowhere ? undefined : raw(noted.value);
  const place = values.get('mountpoint')?.value;
  if (place === undefined || !place.startsWith('/')) return undefined;
  const ofTop = top.values.get('mountpoint')?.value ?? '';
  const path = [ofTop, display(system.root), '/'].find(
    (root) => root.startsWith('/') && (root === '/' || isWithin(place, root)),
  );
  return path === undefined ? undefined : raw(place.slice(path === '/' ? 1 : path.length + 1));
}

/** What only services and people keep something in is no part of a tree. */
export function isOfSystem(mount: RawPath): boolean {
  return systemAreas.some((area) => isWithin(mount, area)) && ['system', 'derived'].includes(classify(mount));
}
