/** Room on `/boot` for one more kernel with its initramfs: often a small partition of its own. */
import { installedKernels, largestPair } from '../inspect/kernels.js';
import { thisMachine } from '../inspect/sources.js';
import { raw } from '../posix/raw-path.js';
import { always, block, defineCheck, pass, warn } from './check.js';
import { fileSystemOf, roomOn } from './file-systems.js';
import { size } from './words.js';

/** An initramfs grows a little from one kernel to the next. */
const growth = 1.1;

export const bootRoom = defineCheck({
  id: 'boot-room',
  title: 'Room for a new kernel',
  when: always,
  async examine({ system, view, plan, sources = thisMachine }) {
    if (plan === undefined) return pass('A plan will tell whether a new kernel comes.', 'no plan');
    if (!plan.changes.some(({ kernel, action }) => kernel && action !== 'remove')) {
      return pass('No new kernel comes with this update.', 'no kernel in the plan');
    }
    const boot = view.resolve(raw('boot'));
    if (boot === undefined) return pass('The system has no /boot.', 'no /boot');
    const need = Math.max(plan.needs.boot, Math.ceil(largestPair(view, installedKernels(view)) * growth));
    const on = fileSystemOf(system, boot, sources);
    const { freeBytes } = await roomOn(on);
    const measured = `${size(freeBytes)} free, ${size(need)} needed on ${on.name}`;
    const remedy = 'Remove a kernel that is no longer used, never the running one.';
    if (freeBytes < need)
      return block('There is not enough room for the new kernel and its initramfs.', measured, remedy);
    if (freeBytes < 2 * need)
      return warn('There is room for this kernel, but not for another one.', measured, remedy);
    return pass('There is room for the new kernel and its initramfs.', measured);
  },
});
