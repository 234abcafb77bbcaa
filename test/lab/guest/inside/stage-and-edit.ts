/** An errand: rehearses the update in the guest, then the user changes files and accounts beside it. */
import { addAccount, editFiles, setPassword } from './edits.js';
import { ask, say, understudyWithin } from './guest-system.js';

say({ began: ask('systemctl', 'is-system-running', '--wait'), staged: understudyWithin(25, 'stage') });
editFiles('');
for (const [program, ...words] of [addAccount, setPassword]) say({ [program]: ask(program, ...words) });
say({
  datasets: ask('zfs', 'list', '-H', '-o', 'name,canmount,mountpoint,mounted', '-t', 'all').split('\n'),
});
