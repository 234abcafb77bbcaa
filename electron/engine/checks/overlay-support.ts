/** Whether a clone can be made here at all, and whether the switch can be made in one step. */
import { backendsOf, treeSupport } from '../inspect/backends.js';
import { thisMachine } from '../inspect/sources.js';
import { always, block, defineCheck, pass, warn } from './check.js';

export const overlaySupport = defineCheck({
  id: 'overlay-support',
  title: 'The system can be cloned',
  when: always,
  examine({ system, sources = thisMachine }) {
    // Snapshots need neither an overlay of the root nor an exchange, and are taken where there are any.
    const snapshots = backendsOf(system, sources).find(({ name, usable }) => usable && name !== 'tree');
    if (snapshots) return pass(snapshots.reason, 'clone possible by snapshots');
    const support = treeSupport(system, sources);
    if (!support.usable) {
      return block(
        support.reason,
        'no clone possible',
        'See "understudy inspect" for the ways that each backend offers.',
      );
    }
    if (!support.exchange) {
      return warn(
        support.exchangeReason,
        'clone possible, exchange not',
        'Nothing to do: the switch is made at shutdown instead of in one step.',
      );
    }
    return pass(support.reason, 'clone and exchange possible');
  },
});
