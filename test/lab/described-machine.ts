/** A machine that a test describes by files in a folder: what the kernel says of itself, and programs that answer for the service manager and others. */
import { join } from 'node:path';
import { thisMachine, type MachineSources } from '../../electron/engine/inspect/sources.js';
import { raw } from '../../electron/engine/posix/raw-path.js';

export function describedMachine(folder: string, release: () => string): MachineSources {
  const none: [string] = [join(folder, 'none')];
  return {
    ...thisMachine,
    proc: raw(folder),
    sys: raw(join(folder, 'sysfs')),
    kexec: [join(folder, 'kexec')],
    insmod: [join(folder, 'insmod')],
    rmmod: [join(folder, 'rmmod')],
    busctl: none,
    nmcli: none,
    systemctl: [join(folder, 'systemctl')],
    kernelRelease: release,
  };
}
