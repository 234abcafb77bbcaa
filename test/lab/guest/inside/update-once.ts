/**
 * An errand of the measure of interruptions: gives the one command that /mnt/task names, which updates the system and in the end may restart it, and
 * says at each start when the login prompt stood on the console. What can be done before anyone is interrupted, such as fetching, is done before.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, say, understudy, until } from './guest-system.js';

const way = readFileSync('/mnt/task', 'utf8').trim();
const given = '/var/lib/update-once';
const measured = '/var/lib/understudy/interruption.json';
const keepOwn = ['confdef', 'confold'].flatMap((how) => ['-o', `Dpkg::Options::=--force-${how}`]);

say({ login: secondsSincePrompt(), program: program(), kernel: ask('uname', '-r'), boot: bootId() });
if (existsSync(given)) await tellWhatCame();
else {
  say({ began: ask('systemctl', 'is-system-running', '--wait') });
  if (way === 'apt') must('apt-get', 'update');
  if (way === 'packagekit') await prepareOffline();
  writeFileSync(given, '');
  ask('sync');
  say({ command: way });
  await give();
}

async function give(): Promise<void> {
  if (way === 'apt') {
    must('apt-get', '-y', ...keepOwn, 'dist-upgrade');
    say({ updated: program() });
    must('systemctl', 'reboot');
  } else if (way === 'packagekit') {
    must('pkcon', '--plain', 'offline-trigger');
    must('systemctl', 'reboot');
  } else {
    const activated = understudy('activate', '--how', way, '--yes');
    say({ activated, program: program() });
    if (way === 'live') return;
  }
  // The restart ends it.
  await pause(10 * 60_000);
  throw new Error('nothing was restarted');
}

async function tellWhatCame(): Promise<void> {
  if (way === 'apt' || way === 'packagekit') return;
  await until(() => !existsSync(measured), 300_000);
  say({ history: understudy('history') });
}

/** PackageKit fetches nothing, not even from a folder, while the machine has no way to anywhere: it gets one that leads nowhere. */
async function prepareOffline(): Promise<void> {
  must('systemctl', 'start', 'systemd-networkd.service');
  await until(() => readFileSync('/proc/net/route', 'utf8').includes('\t00000000\t'));
  must('pkcon', '--plain', '--noninteractive', 'refresh', 'force');
  must('pkcon', '--plain', '--noninteractive', 'update', '--only-download');
  say({ prepared: ask('pkcon', '--plain', 'offline-get-prepared') });
}

/** From the moment when users may log in and the prompt is there, whichever came last: systemd.exec(5) counts with CLOCK_MONOTONIC. */
function secondsSincePrompt(): number {
  const units = ['serial-getty@ttyS0.service', 'systemd-user-sessions.service'];
  const stood = units.map((unit) =>
    Number(ask('systemctl', 'show', '--value', '--property=ActiveEnterTimestampMonotonic', unit)),
  );
  return Number(process.hrtime.bigint()) / 1e9 - Math.max(...stood) / 1e6;
}

function program(): string {
  return ask('/usr/bin/understudy-practice-listen');
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function must(command: string, ...words: readonly string[]): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { encoding: 'utf8', timeout: 10 * 60_000, env: environment } as const;
  const { status, stdout, stderr } = spawnSync(command, words, options);
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stdout}${stderr}`);
}
