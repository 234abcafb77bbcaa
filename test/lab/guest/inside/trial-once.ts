/**
 * An errand of the trials: waits for the health check of this start, says what runs and what Understudy says of it, then does what /mnt/task says:
 * `activate`, which ends in a restart, `return`, which takes the system back and restarts, or nothing (`look`).
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, facts, openTransactions, say, understudy, until } from './guest-system.js';

const task = readFileSync('/mnt/task', 'utf8').trim();
const health = (property: string): string =>
  ask('systemctl', 'show', '--value', `--property=${property}`, 'understudy-health.service');
const text = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);
const settings = '/etc/understudy-practice/settings.conf';
const conflicting = '/etc/understudy-practice/untouched.conf';
const doomed = '/etc/doomed.conf';

await until(() => health('ActiveState') !== 'activating', 10 * 60_000);
// A start that is on its way out says nothing: the machine restarts by itself.
if (health('Result') !== 'success') await pause(10 * 60_000);
say({
  ...facts(),
  words: readFileSync('/proc/cmdline', 'utf8').trim(),
  kernel: ask('uname', '-r'),
  modules:
    ask('modprobe', '--dry-run', '--verbose', 'btrfs').includes('insmod') || existsSync('/sys/module/btrfs'),
  root: ask('findmnt', '--noheadings', '--output', 'FSROOT', '/'),
  eve: ask('id', 'eve'),
  password: ask('getent', 'shadow', 'root').split(':')[1],
  doomed: existsSync(doomed),
  later: text('/etc/later.conf'),
  checked: health('ConditionResult'),
  open: openTransactions(),
  history: understudy('history'),
  status: understudy('status'),
  left: ['/boot/grub/understudy.env', '/boot/grub/custom.cfg', '/boot/understudy'].filter((path) =>
    existsSync(path),
  ),
  watchdog: ask('systemctl', 'is-active', 'understudy-trial-watchdog.timer'),
});

switch (task) {
  case 'activate':
    appendFileSync(settings, 'size = 7\n');
    writeFileSync(conflicting, 'level = 7\n');
    ask('useradd', '--create-home', '--shell', '/bin/sh', 'eve');
    ask('usermod', '--password', '$y$changed', 'root');
    rmSync(doomed);
    say({ did: 'activate', answer: understudy('activate', '--how', 'reboot', '--yes') });
    // The answer is a whole review, which no line has room for.
    say({ did: 'decide', ok: (understudy('decide', 'mine', conflicting) as { ok?: unknown }).ok });
    say({ did: 'activate', answer: understudy('activate', '--how', 'reboot', '--yes') });
    await pause(10 * 60_000);
    break;
  case 'return':
    writeFileSync('/etc/later.conf', 'of the new system\n');
    say({ did: 'rollback', answer: understudy('rollback', '--yes') });
    ask('systemctl', 'reboot');
    await pause(10 * 60_000);
    break;
  case 'look':
    break;
  default:
    throw new Error(`an unknown task: ${task}`);
}
