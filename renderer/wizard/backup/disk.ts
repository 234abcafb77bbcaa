/** The disk that restore points lie on: the one that holds the programs, which a restore point shares its files with. */
import type { Machine, Mount } from '../../../shared/machine.js';

/** Mount points are as the system itself calls them. */
export function diskOf({ mounts }: Machine): Mount | null {
  return (
    mounts.find(({ mountPoint }) => mountPoint === '/usr') ??
    mounts.find(({ mountPoint }) => mountPoint === '/') ??
    null
  );
}
