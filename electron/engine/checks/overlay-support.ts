/** Whether a clone can be made here at all, and whether the switch can be made in one step. */
import { treeSupport } from '../inspect/backends.js';
import { thisMachine } from '../inspect/sources.js';
import { always, block, defineCheck, pass, warn } from './check.js';

export const overlaySupport = defineCheck({
  id: 'overlay-support',
  title: 'The system can be cloned',
  when: always,
  examine({ system, sources = thisMachine }) {
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
