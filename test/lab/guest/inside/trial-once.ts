/**
 * An errand of the trials: waits for the health check of this start, says what runs and what Understudy says of it, then does what /mnt/task says:
 * `background`, which waits until the timer has updates rehearsed, and edits meanwhile, `activate`, which ends in a restart, `return`, which takes the
 * system back and restarts, or nothing (`look`).
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
ask('systemctl', 'is-system-running', '--wait');
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
  case 'background': {
    // Nothing is rehearsed by itself without a network; this one leads nowhere.
    ask('systemctl', 'start', 'systemd-networkd.service');
    const ofStaging = (property: string): string =>
      ask('systemctl', 'show', '--value', `--property=${property}`, 'understudy-stage.service');
    const nice = new Set<number>();
    let wasEdited = false;
    await until(() => {
      const packaging = unpacking();
      for (const each of packaging) nice.add(each);
      // In the clone: what is changed now is changed beside the rehearsal.
      if (packaging.length > 0 && !wasEdited) {
        edit();
        wasEdited = !isStaged();
      }
      return ofStaging('ActiveState') === 'inactive' && isStaged();
    }, 50 * 60_000);
    // An overlay shows what lies below: earlier, dpkg would take it for a change from before the update.
    writeFileSync(conflicting, 'level = 7\n');
    const { value } = understudy('status') as {
      value?: { status: { staged: unknown; automatic: unknown } };
    };
    say({
      background: ofStaging('Result'),
      triggered: ofStaging('TriggeredBy'),
      shares: ['Nice', 'CPUWeight', 'IOSchedulingClass'].map(ofStaging),
      nice: [...nice],
      staged: value?.status.staged,
      automatic: value?.status.automatic,
      wasEdited,
      complaints: ask(
        'journalctl',
        '--boot',
        '--no-pager',
        '--output=cat',
        '--unit=understudy-stage.service',
      ),
    });
    break;
  }
  case 'activate':
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

function edit(): void {
  appendFileSync(settings, 'size = 7\n');
  ask('useradd', '--create-home', '--shell', '/bin/sh', 'eve');
  ask('usermod', '--password', '$y$changed', 'root');
  rmSync(doomed);
}

function isStaged(): boolean {
  const stages = '/var/lib/understudy/stages';
  return existsSync(stages) && readdirSync(stages).some((id) => existsSync(`${stages}/${id}/stage.json`));
}

/** How nice the processes are that unpack packages, one a process (proc(5): the nineteenth field of stat). */
function unpacking(): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      if (!words[0]?.endsWith('dpkg') || !words.includes('--unpack')) return [];
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return [Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])];
    } catch {
      return []; // it ended
    }
  });
}
