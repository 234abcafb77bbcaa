/**
 * An errand of the ways to switch: switches in the way that /mnt/task names first, and says at the start that comes of it, in the same run of the
 * machine, what became of that. Where the task goes on with `rollback`, the system is then taken back. `look` only says what is.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, facts, journal, openTransactions, say, understudy, until } from './guest-system.js';

const [way = '', ...then] = readFileSync('/mnt/task', 'utf8').trim().split(' ');
const asked = '/var/lib/understudy/interruption.json';

say({
  began: ask('systemctl', 'is-system-running', '--wait'),
  ...facts(),
  kernel: ask('uname', '-r'),
  boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  modules: ask('modprobe', '--verbose', '--show-depends', 'dummy').includes('insmod'),
  /** Of the user: before the staging ended, and after it. */
  own: ['/etc/hosts', '/etc/eve.conf', '/etc/late.conf'].map((path) =>
    existsSync(path) ? readFileSync(path, 'utf8') : null,
  ),
  account: ask('getent', 'passwd', 'eve'),
  root: ask('findmnt', '--noheadings', '--output', 'SOURCE,FSROOT', '/'),
  open: openTransactions(),
});
const isFirst = journal().at(-1)?.transaction.startsWith('stage') ?? false;
if (way !== 'look' && isFirst) {
  writeFileSync('/etc/late.conf', 'of the last minute\n');
  say({ activated: understudy('activate', '--how', way, '--yes') });
  // The restart ends it.
  await pause(10 * 60_000);
  throw new Error('nothing was restarted');
}
say({ measured: await until(() => !existsSync(asked), 300_000) });
say({ status: understudy('status'), history: understudy('history') });
if (then.includes('rollback')) say({ rollback: understudy('rollback', '--yes') });
if (way !== 'look')
  say({ complaints: ask('journalctl', '--boot', '--priority=err', '--no-pager', '--output=cat') });
