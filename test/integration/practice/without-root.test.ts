/** Practice as an ordinary user: in a user namespace where there is a range of accounts, and else with the reason. */
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launcher, run } from '../cli/start.js';

const nobody = 65_534;
const tools = ['/usr/bin/newuidmap', '/usr/bin/setpriv', '/var/lib/dpkg/status'];
const canTry = process.getuid?.() === 0 && tools.every((path) => existsSync(path));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-nobody-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the launcher as nobody, with `ranges` as /etc/subuid and /etc/subgid in a private mount namespace. */
function asNobody(ranges: string, ...parameters: readonly string[]) {
  writeFileSync(join(folder, 'ranges'), ranges);
  const script = [
    'set -e',
    `mount --bind '${folder}/ranges' /etc/subuid`,
    `mount --bind '${folder}/ranges' /etc/subgid`,
    `exec setpriv --reuid ${nobody} --regid ${nobody} --clear-groups --inh-caps=-all '${launcher}' practice "$@"`,
  ].join('\n');
  const argv = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
    'sh',
    ...parameters,
  ] as const;
  return run(argv, { HOME: join(folder, 'home') });
}

describe.skipIf(!canTry)('practice without root (needs root to try, uidmap and setpriv)', () => {
  beforeEach(() => {
    if (!existsSync('/etc/subuid')) throw new Error('the package uidmap always brings /etc/subuid');
  });

  it('does the whole job in a user namespace and leaves nothing', { timeout: 240_000 }, async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    chownSync(home, nobody, nobody);
    const practice = join(home, 'practice');
    const { exitCode, stdout } = await asNobody(
      'nobody:200000:65536\n',
      '--offline',
      '--json',
      '--folder',
      practice,
    );
    expect(exitCode, stdout.slice(-2000)).toBe(0);
    expect(stdout).toContain('a program with a capability');
    expect(readdirSync(home)).toEqual([]);
  });

  it('names the line that is missing in /etc/subuid', async () => {
    const { exitCode, stderr } = await asNobody('someone:100000:65536\n', '--offline');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('PRACTICE_IMPOSSIBLE');
    expect(stderr).toContain('/etc/subuid gives this user no range of 65536 accounts');
    expect(stderr).toContain('"nobody:100000:65536"');
  });

  it('keeps nothing that could not be used afterwards', async () => {
    const { exitCode, stderr } = await asNobody('nobody:200000:65536\n', '--offline', '--keep');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('run it with sudo to keep it');
  });
});
