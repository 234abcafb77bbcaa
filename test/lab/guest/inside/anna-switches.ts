/**
 * The errands after the first: looks at what the start of the system made of what was before, then lets anna do what /mnt/task says, while it
 * watches the steps in the journal and the lock against shutdown and sleep.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, asUser, facts, helper, journal, openTransactions, say } from './guest-system.js';

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
  let steps = journal().length;
  let lock: string | undefined;
  while (!isDone) {
    if (lock === undefined) {
      lock = lockHeld();
      if (lock !== undefined) say({ lock });
    } else {
      // From now on nothing else keeps this from seeing the steps, which can be short.
      for (const { type, step } of journal().slice(steps)) {
        steps += 1;
        say({ step, type });
      }
    }
    await pause(20);
  }
})();
for (const task of readFileSync('/mnt/task', 'utf8').trim().split(' ')) {
  await asUser('anna', 'through-services.js', task, 'history');
  say({ after: task, ...facts() });
}
isDone = true;
await watching;
say({
  lockLeft: lockHeld() ?? null,
  complaints: ask('journalctl', '-b', '--no-pager', '--output=cat', `--unit=${helper}`, '--priority=warning'),
});

function lockHeld(): string | undefined {
  const lines = ask('systemd-inhibit', '--list', '--no-legend', '--no-pager').split('\n');
  return lines.find((one) => one.startsWith('Understudy'))?.replace(/\s+/g, ' ');
}
