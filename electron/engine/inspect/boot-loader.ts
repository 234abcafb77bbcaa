/** Which boot loader starts the tree, by what it installs on the boot and EFI partitions. */
import type { Machine } from '../../../shared/machine.js';
import type { TreeView } from '../environments/environment.js';
import { join, raw } from '../posix/raw-path.js';
import type { System } from '../system.js';
import { isAbsence, readStart } from './read.js';
import type { MachineSources } from './sources.js';

type BootLoader = Machine['bootLoader'];

/** The vendor id is systemd's own: Boot Loader Interface, `LoaderInfo`. */
const loaderInfo = 'firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

/**
 * `none` when the tree has neither a boot loader nor a kernel, as in a container; `unknown` when it has a kernel but no
 * boot loader that we know. Throws when a folder cannot be read that could hold one and none was found elsewhere.
 */
export function bootLoaderOf(
  system: System,
  view: TreeView,
  sources: MachineSources,
  hasKernel: boolean,
): BootLoader {
  if (system.isRunning && startedBySystemdBoot(sources)) return 'systemd-boot';
  let unreadable: unknown;
  const has = (path: string): boolean => {
    try {
      return view.resolve(raw(path)) !== undefined;
    } catch (error) {
      unreadable ??= error;
      return false;
    }
  };
  if (has('boot/grub/grub.cfg') || has('boot/grub2/grub.cfg')) return 'grub';
  const partitions = ['efi', 'boot/efi', 'boot'];
  if (partitions.some((top) => has(`${top}/EFI/systemd`) || has(`${top}/loader/loader.conf`)))
    return 'systemd-boot';
  if (unreadable !== undefined) throw unreadable instanceof Error ? unreadable : new Error('unreadable');
  return hasKernel ? 'unknown' : 'none';
}

/** The loader leaves its name in an EFI variable: four bytes of attributes, then UTF-16. */
function startedBySystemdBoot(sources: MachineSources): boolean {
  try {
    return readStart(join(sources.sys, loaderInfo), 256)
      .subarray(4)
      .toString('utf16le')
      .startsWith('systemd-boot');
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}
