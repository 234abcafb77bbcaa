/** An earlier update that waits for a reboot: what runs is not what is installed. */
import { installedKernels } from '../inspect/kernels.js';
import { pendingReboot as rebootOf } from '../inspect/reboot.js';
import { thisMachine } from '../inspect/sources.js';
import { always, defineCheck, pass, warn } from './check.js';
import { some } from './words.js';

export const pendingReboot = defineCheck({
  id: 'pending-reboot',
  title: 'No reboot pending',
  when: always,
  examine({ system, view, sources = thisMachine }) {
    const running = system.isRunning ? sources.kernelRelease() : null;
    const reboot = rebootOf(view, installedKernels(view), running);
    if (reboot === null) return pass('No earlier update waits for a reboot.', running ?? 'none pending');
    const measured = [
      ...(reboot.packages.length === 0 ? [] : [`asked for by ${some(reboot.packages)}`]),
      ...(reboot.kernel === null ? [] : [`kernel ${running ?? ''} runs, ${reboot.kernel} is installed`]),
    ];
    return warn(
      'An earlier update waits for a reboot.',
      measured.length === 0 ? 'reboot required' : measured.join('; '),
      'Reboot first if you can; else the next reboot brings both updates.',
    );
  },
});
