/**
 * An errand of the live patches: says what this start brought back, then does what it is told, a word a line, until it is told to `end` or the power
 * goes. After each word it says what is so.
 */
import { readFileSync } from 'node:fs';
import { ask, say, understudy, wordTold } from './guest-system.js';

const of = (unit: string, property: string): string =>
  ask('systemctl', 'show', '--value', `--property=${property}`, unit);
const facts = (): object => ({
  commandLine: readFileSync('/proc/cmdline', 'utf8').trim(),
  status: understudy('livepatch'),
});

say({
  began: ask('systemctl', 'is-system-running', '--wait'),
  unit: ['ConditionResult', 'Result'].map((property) => of('understudy-livepatch.service', property)),
  /** Microseconds since the kernel began. */
  loading: ['ExecMainStartTimestampMonotonic', 'ExecMainExitTimestampMonotonic'].map((property) =>
    Number(of('understudy-livepatch.service', property)),
  ),
  network: Number(of('network-pre.target', 'ActiveEnterTimestampMonotonic')),
  ...facts(),
});

const words: Readonly<Record<string, () => unknown>> = {
  add: () => understudy('livepatch', 'add', '/mnt/shown.ko', '--fixes', 'what /proc/cmdline says'),
  load: () => understudy('livepatch', 'load', 'shown'),
  unload: () => understudy('livepatch', 'unload', 'shown'),
  undo: () => understudy('livepatch', 'undo'),
  history: () => understudy('history'),
  held: () => understudy('livepatch', 'held', '--now'),
  trial: () => of('understudy-livepatch-held.service', 'ActiveState'),
  'install-off': () => understudy('settings', 'installOnReboot=no'),
  'install-on': () => understudy('settings', 'installOnReboot=yes'),
  'upgrade-on': () => understudy('settings', 'upgradeOnReboot=yes'),
  'add-crash': () => understudy('livepatch', 'add', '/mnt/crashes.ko'),
  'load-crash': () => understudy('livepatch', 'load', 'crashes'),
};

for (let word = wordTold(); word !== 'end'; word = wordTold()) {
  const action = words[word];
  if (!action) throw new Error(`an unknown word: ${word}`);
  say({ did: word, answer: action(), ...facts() });
}
