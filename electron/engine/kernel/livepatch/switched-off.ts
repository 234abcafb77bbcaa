/** What switches all of it off: a parameter of the kernel, for a machine that does not come up otherwise, or a file of root's. */
import type { LivepatchOff } from '../../../../shared/livepatch.js';
import { Fault } from '../../fault.js';
import { bigStatusOf } from '../../files/attributes.js';
import { kernelWords, livepatchOffWord } from '../../inspect/kernel-words.js';
import { join } from '../../posix/raw-path.js';
import { machineOf, type System } from '../../system.js';

/** Relative to the root. The units of systemd ask for it too. */
export const offFile = 'etc/understudy/livepatch-off';

export function switchedOffBy(system: System): LivepatchOff | null {
  if (system.isRunning && kernelWords(machineOf(system)).includes(livepatchOffWord))
    return 'kernel-parameter';
  return bigStatusOf(join(system.root, offFile)) === undefined ? null : 'file';
}

/** Throws `LIVEPATCH_OFF`. */
export function requireOn(system: System): void {
  const off = switchedOffBy(system);
  if (off !== null)
    throw new Fault(
      'LIVEPATCH_OFF',
      off === 'file' ? `the file /${offFile}` : `the parameter ${livepatchOffWord} of the kernel`,
    );
}
