/** The boot loader of a system, where it is one that can try another system. */
import { bootLoaderOf } from '../inspect/boot-loader.js';
import { plainView } from '../environments/plain-view.js';
import { join, raw, type RawPath } from '../posix/raw-path.js';
import { machineOf, type System } from '../system.js';
import type { BootLoader } from './boot-loader.js';
import { grub } from './grub/grub.js';
import { systemdBoot } from './systemd-boot/systemd-boot.js';

export function bootLoaderFor(system: System): BootLoader | undefined {
  const sources = machineOf(system);
  const view = plainView(system.root);
  const first = (paths: readonly string[], sign: string): RawPath | undefined => {
    const found = paths.find((path) => view.resolve(raw(`${path}/${sign}`)) !== undefined);
    return found === undefined ? undefined : join(system.root, found);
  };
  switch (kindOf(() => bootLoaderOf(system, view, sources, false))) {
    case 'grub': {
      const folder = first(['boot/grub', 'boot/grub2'], 'grub.cfg');
      return folder === undefined ? undefined : grub(system, sources, folder);
    }
    case 'systemd-boot': {
      // An extended boot loader partition comes before the EFI system partition: there are the kernels.
      const top = first(['boot', 'efi', 'boot/efi'], 'loader/entries');
      return top === undefined ? undefined : systemdBoot(system, sources, top);
    }
    case 'none':
    case 'unknown':
      return undefined;
  }
}

/** What cannot be read is none that we know: a recovery must not fail over it. */
function kindOf(look: () => ReturnType<typeof bootLoaderOf>): ReturnType<typeof bootLoaderOf> {
  try {
    return look();
  } catch {
    return 'unknown';
  }
}
