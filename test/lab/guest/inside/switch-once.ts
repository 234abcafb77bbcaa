/**
 * An errand of the power cuts: says what the start of the system made of what was before, entry by entry, then does what it is told: `activate`,
 * `activate-at-start`, `rollback`, or nothing (`end`). The switch is announced, so that the power can be cut in it.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { ask, facts, openTransactions, say, understudy, wordTold } from './guest-system.js';

say({ began: ask('systemctl', 'is-system-running', '--wait'), ...facts() });
say({
  /** That it was started, and what came of it. */
  recovery: ['ConditionResult', 'Result'].map((property) =>
    ask('systemctl', 'show', '--value', `--property=${property}`, 'understudy-recover.service'),
  ),
  open: openTransactions(),
  status: understudy('status'),
});
const entries = entriesOf(['usr', 'etc', 'boot', 'var/lib/dpkg', 'var/lib/apt']).join('\n');
// In pieces, since a line has a greatest length.
for (const piece of gzipSync(entries)
  .toString('base64')
  .match(/.{1,8000}/g) ?? [])
  say({ entries: piece });
say({ entries: '' });

const task = wordTold();
switch (task) {
  case 'activate':
  case 'activate-at-start': {
    const how = task === 'activate' ? 'live' : 'reboot';
    say({ switching: task });
    say({ did: understudy('activate', '--how', how, '--yes') });
    break;
  }
  case 'rollback':
    say({ switching: task });
    say({ did: understudy('rollback', '--yes') });
    break;
  case 'end':
    break;
  default:
    throw new Error(`an unknown task: ${task}`);
}

/** One line an entry: what it is, and for files of moderate size what they hold. Times of folders and of what is rebuilt are left out. */
function entriesOf(tops: readonly string[]): string[] {
  const lines: string[] = [];
  const walk = (path: string): void => {
    if (isLeftOut(path)) return;
    const status = lstatSync(`/${path}`);
    const { mode, uid, gid, size } = status;
    const what = [mode.toString(8), uid, gid];
    if (status.isDirectory()) {
      lines.push([path, ...what].join('\t'));
      for (const name of readdirSync(`/${path}`).sort()) walk(`${path}/${name}`);
    } else if (status.isSymbolicLink()) lines.push([path, ...what, readlinkSync(`/${path}`)].join('\t'));
    else lines.push([path, ...what, size, isBig(path, size) ? status.mtimeMs : digestOf(path)].join('\t'));
  };
  for (const top of tops) walk(top);
  return lines;
}

/** Programs and libraries are told by size and time; reading them all would take a guest minutes. */
function isBig(path: string, size: number): boolean {
  return size > 65_536 || (path.startsWith('usr/') && !path.includes('understudy-practice'));
}

function digestOf(path: string): string {
  return createHash('sha256')
    .update(readFileSync(`/${path}`))
    .digest('hex')
    .slice(0, 16);
}

/** What no environment keeps, or what differs from start to start. */
function isLeftOut(path: string): boolean {
  return [
    'etc/.pwd.lock',
    'etc/understudy',
    'usr/lib/understudy',
    'var/lib/apt/lists',
    'var/lib/apt/periodic',
  ].includes(path);
}
