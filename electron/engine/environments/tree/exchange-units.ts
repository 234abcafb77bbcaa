/** Which folders of a system can be exchanged as a whole, in one atomic step. */
import { isWithin, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { statusOf } from './overlay-view.js';
import { volumesOf } from './places.js';

/**
 * Folders that can be exchanged as a whole: the candidates that are real directories on the volume of the root's own
 * trees, with no other volume mounted inside. Says why not where the first (`/usr`) is none.
 */
export function exchangeUnits(
  system: System,
  candidates: readonly RawPath[],
): { readonly units: readonly RawPath[]; readonly reason: string | undefined } {
  const volumes = volumesOf(system);
  const obstacle = (unit: RawPath): string | undefined => {
    if (!statusOf(join(system.root, unit))?.isDirectory()) return `/${unit} is not a directory`;
    const inside = volumes.find((volume) => volume.mount !== '' && isWithin(volume.mount, unit));
    if (inside)
      return inside.mount === unit
        ? `/${unit} is a mount of its own`
        : `/${inside.mount} is mounted inside /${unit}`;
    return undefined;
  };
  const [first, ...others] = candidates;
  if (first === undefined) return { units: [], reason: undefined };
  const reason = obstacle(first) ?? unmerged(system);
  if (reason !== undefined) return { units: [], reason };
  return { units: [first, ...others.filter((unit) => obstacle(unit) === undefined)], reason: undefined };
}

/** Programs outside /usr would be old beside a new /usr: the exchange is whole only where /usr is merged. */
function unmerged(system: System): string | undefined {
  for (const name of ['bin', 'sbin', 'lib']) {
    const status = statusOf(join(system.root, name));
    if (status?.isDirectory()) return `/${name} is a directory of its own: this system has no merged /usr`;
  }
  return undefined;
}
