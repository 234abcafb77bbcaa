/** The package managers that Understudy knows. A tree is managed by the first that says so; some trees have the program of another as well. */
import type { TreeView } from '../environments/environment.js';
import { Fault } from '../fault.js';
import { apt } from './apt/apt.js';
import { pacman } from './pacman/pacman.js';
import type { PackageManager } from './package-manager.js';

export const packageManagers: readonly PackageManager[] = [pacman, apt];

/** Throws `UNSUPPORTED_SYSTEM` when no known package manager manages the tree. */
export function packageManagerOf(view: TreeView): PackageManager {
  const found = packageManagers.find((manager) => manager.manages(view));
  if (!found)
    throw new Fault(
      'UNSUPPORTED_SYSTEM',
      `looked for: ${packageManagers.map(({ name }) => name).join(', ')}`,
    );
  return found;
}
