/** Another Understudy at work, or one that was interrupted and has not been recovered. */
import { join } from '../posix/raw-path.js';
import { lockHolder } from '../posix/lock.js';
import { thisMachine } from '../inspect/sources.js';
import { always, block, defineCheck, pass } from './check.js';
import { processName } from './process-name.js';

export const openTransaction = defineCheck({
  id: 'open-transaction',
  title: 'No other Understudy transaction',
  when: always,
  examine({ system, openTransaction, sources = thisMachine }) {
    const holder = lockHolder(join(system.store, 'lock'));
    if (holder !== undefined) {
      return block(
        'Another Understudy is working on this system.',
        processName(holder, sources),
        'Wait until it is done, or cancel it there.',
      );
    }
    const open = openTransaction();
    if (open !== undefined) {
      return block(
        'An earlier transaction was interrupted and is still open.',
        `transaction ${open}`,
        'Run "understudy recover": it completes the transaction or takes it back.',
      );
    }
    return pass('No other transaction is open.', 'none open');
  },
});
