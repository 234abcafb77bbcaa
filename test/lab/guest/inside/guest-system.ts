/** What the scripts in a guest share: how they answer, how they ask as another user, and what they look at. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export const socket = '/run/understudy/helper.socket';
export const helper = 'understudy-helper.service';

const timeout = 120_000;

/** One line of JSON for the test. */
export function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Waits for a line of the test's. A stream would hold on to its next read, and with it the end of the process. */
export function wordTold(): string {
  const buffer = Buffer.alloc(256);
  let line = '';
  while (!line.endsWith('\n')) {
    const length = readSync(0, buffer);
    if (length === 0) throw new Error('nobody tells anything any more');
    line += buffer.toString('utf8', 0, length);
  }
  return line.trim();
}

/** Standard output, whatever the exit code; some of these commands answer with both. */
export function ask(program: string, ...words: readonly string[]): string {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync(program, [...words], { encoding: 'utf8', stdio, timeout }).trim();
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : String(error);
  }
}

/** The last document of the command's answer. On a busy machine a switch in a guest takes minutes. */
export function understudy(...words: readonly string[]): unknown {
  return understudyWithin(10, ...words);
}

export function understudyWithin(minutes: number, ...words: readonly string[]): unknown {
  const options = { encoding: 'utf8', timeout: minutes * 60_000, maxBuffer: 2 ** 26 } as const;
  const { stdout, stderr } = spawnSync('/usr/bin/understudy', [...words, '--json'], options);
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return `${stdout}${stderr}`;
  }
}

/** A property of the helper's unit. */
export function ofHelper(property: string): string {
  return ask('systemctl', 'show', '--value', '--property', property, helper);
}

/** Waits until something is so; false when it took too long. */
export async function until(isSo: () => boolean, milliseconds = 60_000): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!isSo()) {
    if (Date.now() > end) return false;
    await pause(200);
  }
  return true;
}

/** Runs a script that lies in /mnt as a user, with that user's environment and nothing else, and passes on what it says. */
export function asUser(user: string, script: string, ...words: readonly string[]): Promise<number | null> {
  const argv = ['--user', user, '--', '/usr/bin/node', `/mnt/${script}`, ...words];
  const child = spawn('/usr/sbin/runuser', argv, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environmentOf(user),
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status));
  });
}

export function environmentOf(user: string): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: `/home/${user}`, USER: user, LANG: 'C.UTF-8' };
}

/** What an update changes, and what it may not. */
export function facts(): object {
  return {
    versions: ask(
      'dpkg-query',
      '-W',
      '-f',
      '${Package} ${Version} ${db:Status-Status}\n',
      'understudy-*',
    ).split('\n'),
    program: ask('/usr/bin/understudy-practice-listen'),
    settings: readFileSync('/etc/understudy-practice/untouched.conf', 'utf8'),
    edited: readFileSync('/etc/understudy-practice/settings.conf', 'utf8'),
    account: readFileSync('/etc/passwd', 'utf8').includes('understudy-practice:'),
    audit: ask('dpkg', '--audit'),
    system: ask('systemctl', 'is-system-running'),
    failed: ask('systemctl', 'list-units', '--failed', '--plain', '--no-legend'),
  };
}

/** A digest of the package database, and of names, sizes, times and contents of everything that Understudy keeps. */
export function traces(): string {
  const listing = ask('find', '/var/lib/understudy', '-printf', '%p %s %T@ %m\n');
  const records = journal().map((record) => JSON.stringify(record));
  const parts = [readFileSync('/var/lib/dpkg/status', 'latin1'), listing, ...records];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

interface JournalRecord {
  readonly transaction: string;
  readonly type: string;
  readonly step: string;
}

/** What the journal says now, in its order. */
export function journal(): JournalRecord[] {
  const folder = '/var/lib/understudy/journal';
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names
    .flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').split('\n'))
    .flatMap((line) => {
      // Before the record stands its checksum; a line that is just being written has no end.
      const start = line.indexOf('{');
      return start < 0 || !line.endsWith('}') ? [] : [JSON.parse(line.slice(start)) as JournalRecord];
    });
}

/** The transactions without an end: what a power cut leaves, and `recover` settles. */
export function openTransactions(): string[] {
  const records = journal();
  const ended = new Set(records.filter(({ type }) => type === 'end').map(({ transaction }) => transaction));
  return [...new Set(records.map(({ transaction }) => transaction))].filter((id) => !ended.has(id));
}
