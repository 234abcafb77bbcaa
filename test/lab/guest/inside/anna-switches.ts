/**
 * The errands after the first: looks at what the start of the system made of what was before, then lets anna do what /mnt/task says, while it
 * watches which locks against shutdown and sleep are held.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, asUser, facts, helper, openTransactions, say } from './guest-system.js';

const recovery = 'understudy-recover.service';
const property = (unit: string, name: string): string =>
  ask('systemctl', 'show', '--value', `--property=${name}`, unit);

say({ began: ask('systemctl', 'is-system-running', '--wait'), ...facts() });
say({
  recovery: property(recovery, 'Result'),
  /** Before anything that ordinary services rely on, and before any helper. */
  wasFirst:
    Number(property(recovery, 'ExecMainExitTimestampMonotonic')) > 0 &&
    Number(property(recovery, 'ExecMainExitTimestampMonotonic')) <=
      Number(property('sysinit.target', 'ActiveEnterTimestampMonotonic')) &&
    property(helper, 'ExecMainStartTimestampMonotonic') === '0',
  open: openTransactions(),
});

let isDone = false;
const watching = (async () => {
  const seen = new Set<string>();
  while (!isDone) {
    for (const line of ask('systemd-inhibit', '--list', '--no-legend', '--no-pager').split('\n')) {
      const lock = line.replace(/\s+/g, ' ');
      if (lock.startsWith('Understudy') && !seen.has(lock)) say({ lock });
      seen.add(lock);
    }
    await pause(100);
  }
})();
for (const task of readFileSync('/mnt/task', 'utf8').trim().split(' ')) {
  await asUser('anna', 'through-services.js', task, 'history');
  say({ after: task, ...facts() });
}
isDone = true;
await watching;
say({
  locksLeft: ask('systemd-inhibit', '--list', '--no-legend', '--no-pager').includes('Understudy'),
  complaints: ask(
    ...([
      'journalctl',
      '--boot',
      '--no-pager',
      '--output=cat',
      `--unit=${helper}`,
      '--priority=warning',
    ] as const),
  ),
});
