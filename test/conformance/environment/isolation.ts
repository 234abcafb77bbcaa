/** Sessions: nothing that runs in one sees, reaches or survives outside it. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clone, Session } from '../../../electron/engine/environments/environment.js';
import { forbidden } from '../../../electron/engine/posix/capabilities.js';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import type { RunResult } from '../../../electron/engine/process/run.js';
import { freshId, shell, type Workbench } from './fixture.js';

const holder = new URL('../../../dist/test/conformance/environment/session-holder.js', import.meta.url)
  .pathname;

export function sessionsAreIsolated(bench: Workbench): void {
  let clone: Clone;
  let session: Session;
  const open = (binds: Parameters<typeof bench.environment.session>[2]['binds'] = []): Promise<Session> =>
    bench.environment.session(bench.system, clone, { network: 'none', binds });
  const attempt = (script: string): Promise<RunResult> =>
    session.run(['sh', '-c', script], { timeoutMs: 30_000 });

  beforeAll(async () => {
    clone = bench.environment.clone(bench.system, freshId('stage'));
    session = await open();
  });
  afterAll(async () => {
    await session.close();
    bench.environment.destroy(bench.system, clone.id);
  });

  it('have namespaces of their own', async () => {
    for (const name of ['pid', 'mnt', 'net', 'ipc', 'uts']) {
      const inside = await shell(session, `readlink /proc/self/ns/${name}`);
      expect(inside.trim(), name).not.toBe(readlinkSync(`/proc/self/ns/${name}`));
    }
  });

  it('see no process but their own', async () => {
    const pids = (await shell(session, 'cd /proc; ls -d [0-9]*')).trim().split('\n').map(Number);
    expect(pids.length).toBeLessThan(12);
    expect(Math.max(...pids)).toBeLessThan(1000);
    expect(await shell(session, `tr '\\0' ' ' < /proc/1/cmdline`)).toContain('inside.js');
  });

  it('have no network, and cannot make one', async () => {
    const devices = (await shell(session, 'cat /proc/net/dev')).split('\n').slice(2).filter(Boolean);
    expect(devices.map((line) => line.split(':')[0]?.trim()).filter((name) => name !== 'lo')).toEqual([]);
    expect((await attempt('exec 3<>/dev/tcp/127.0.0.1/22')).status).not.toBe(0);
    expect(await shell(session, 'cat /proc/net/route | tail -n +2')).toBe('');
  });

  it('cannot rename the machine', async () => {
    await attempt('hostname understudy-was-here');
    expect(hostname()).not.toBe('understudy-was-here');
  });

  it('lack every capability that reaches the running system', async () => {
    const status = await shell(session, 'cat /proc/self/status');
    for (const field of ['CapEff', 'CapPrm', 'CapBnd', 'CapInh', 'CapAmb']) {
      const bits = BigInt(`0x${new RegExp(`${field}:\\s*(\\w+)`).exec(status)?.[1]}`);
      const held = Object.entries(forbidden).filter(([, number]) => (bits >> BigInt(number)) & 1n);
      expect(
        held.map(([name]) => name),
        field,
      ).toEqual([]);
    }
  });

  it.each([
    '/proc/sys/kernel/domainname',
    '/proc/sys/vm/drop_caches',
    '/proc/sysrq-trigger',
    '/sys/kernel/mm/ksm/run',
  ])('cannot write to %s', async (path) => {
    const before = existsSync(path) && path.includes('domainname') ? readFileSync(path, 'utf8') : '';
    expect((await attempt(`test ! -e ${path} || echo h > ${path}`)).stderr).toMatch(
      /Read-only|denied|not permitted|^$/,
    );
    const written = await attempt(`test -e ${path} && echo h > ${path}`);
    expect(written.status).not.toBe(0);
    if (before) expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('find /run, /tmp and /var/tmp empty, whatever the system has there', async () => {
    expect(
      (await shell(session, 'find /run -mindepth 1 -maxdepth 1')).split('\n').filter(Boolean).sort(),
    ).toEqual(['/run/lock', '/run/understudy']);
    expect(await shell(session, 'find /tmp /var/tmp -mindepth 1')).toBe('');
  });

  it('have a minimal /dev', async () => {
    const names = (await shell(session, 'ls /dev')).trim().split('\n').sort();
    expect(names).toEqual(
      [
        'fd',
        'full',
        'null',
        'ptmx',
        'pts',
        'random',
        'shm',
        'stderr',
        'stdin',
        'stdout',
        'tty',
        'urandom',
        'zero',
      ].sort(),
    );
    expect(
      await shell(
        session,
        'head -c 4 /dev/zero | od -An -tx1; echo gone > /dev/null; head -c 2 /dev/urandom | wc -c',
      ),
    ).toBe(' 00 00 00 00\n2\n');
  });

  it.each([
    '/',
    '/dev',
    '/dev/shm',
    '/dev/pts',
    '/run',
    '/run/lock',
    '/tmp',
    '/var/tmp',
    '/usr/share/conformance',
  ])('can use no device that they make in %s', async (folder) => {
    const made = await attempt(`mknod ${folder}/reach c 1 5 && head -c 1 ${folder}/reach`);
    await attempt(`rm -f ${folder}/reach`);
    expect(made.status).not.toBe(0);
    expect(made.stdout).toBe('');
  });

  it('can use no device in what is bound into them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-bound-'));
    const other = await open([{ from: raw(folder), to: 'run/bound' as RawPath, readOnly: false }]);
    const made = await other.run(['sh', '-c', 'mknod /run/bound/reach c 1 5 && head -c 1 /run/bound/reach'], {
      timeoutMs: 10_000,
    });
    await other.close();
    rmSync(folder, { recursive: true, force: true });
    expect(made).toMatchObject({ stdout: '' });
    expect(made.status).not.toBe(0);
  });

  it.each([
    'mount -t tmpfs none /mnt',
    'mount -o remount,rw /sys',
    'mount -o remount,rw,bind /proc/sys',
    'mount --bind / /mnt',
    'umount /proc/sys',
    'umount /var/lib/understudy',
    'unshare --mount true',
    'unshare --net true',
    // Root in a user namespace of one's own has all capabilities there, but no power over these mounts.
    'unshare --user --map-root-user --mount umount /var/lib/understudy',
    'unshare --user --map-root-user --mount mount -o remount,rw,bind /proc/sys',
    'unshare --user --map-root-user --mount sh -c "mknod /dev/zero2 c 1 5 && head -c 1 /dev/zero2"',
    'nsenter --target 1 --mount true',
    'nsenter --target 1 --net true',
  ])('are refused: %s', async (command) => {
    expect((await attempt(command)).status).not.toBe(0);
  });

  it('cannot look into or stop their first process', async () => {
    for (const command of [
      'ls /proc/1/root/',
      'ls /proc/1/cwd/',
      'head -c 1 /proc/1/environ',
      'head -c 1 /proc/1/mem',
    ])
      expect((await attempt(command)).stderr, command).toContain('Permission denied');
    const files =
      'for file in /proc/1/exe /proc/1/fd/*; do readlink $file || head -c 1 $file && echo reached; done; true';
    expect(await shell(session, files)).toBe('');
    await attempt(
      'kill -9 1; kill -STOP 1; kill -TERM 1; kill -INT 1; kill -HUP 1; kill -USR1 1; kill -USR2 1; kill -QUIT 1',
    );
    expect((await attempt('echo alive')).stdout).toBe('alive\n');
    // SIGUSR1 makes node listen for a debugger, through which anyone could run code with the first process' rights.
    expect(
      await shell(session, 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -c " 0A " || true'),
    ).toBe('0\n');
  });

  it('cannot climb out of their root', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'understudy-outside-'));
    writeFileSync(join(outside, 'secret'), 'secret');
    const climb = `mkdir("/tmp/cell"); chroot("/tmp/cell") or exit 3; chdir("..") for 1..64; chroot("."); print -e "${outside}/secret" ? "out" : "in"`;
    expect(await shell(session, 'perl -e "$1"', climb)).toBe('in');
    const roots = (await shell(session, 'cat /proc/self/mountinfo'))
      .split('\n')
      .map((line) => line.split(' ')[4]);
    expect(roots.filter((place) => place?.startsWith(bench.system.root))).toEqual([]);
    rmSync(outside, { recursive: true, force: true });
  });

  it('do not see the folder of Understudy, and cannot write there', async () => {
    expect(readdirSync(bench.system.store)).toContain('stages');
    expect(await shell(session, 'find /var/lib/understudy -mindepth 1')).toBe('');
    expect((await attempt('echo x > /var/lib/understudy/x')).status).not.toBe(0);
    expect((await attempt('rm -rf /var/lib/understudy')).status).not.toBe(0);
    expect(readdirSync(bench.system.store)).toContain('stages');
  });

  it('start no service and touch no boot loader, and leave nothing of that behind', async () => {
    const other = await open();
    expect((await other.run(['/usr/sbin/policy-rc.d', 'any', 'start'], { timeoutMs: 10_000 })).status).toBe(
      101,
    );
    const loader = await other.run(['update-grub'], { timeoutMs: 10_000 });
    expect(loader).toMatchObject({
      status: 0,
      stderr: 'understudy: /run/understudy/bin/update-grub is left to the activation\n',
    });
    await other.close();
    expect(bench.environment.changes(clone)).toEqual([]);
    expect(existsSync(join(bench.system.root, 'usr/sbin/policy-rc.d'))).toBe(false);
  });

  it('bind what they are told, read-only where told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-bound-'));
    writeFileSync(join(folder, 'given'), 'given');
    const from = raw(folder);
    const other = await open([
      { from, to: 'run/fixed' as RawPath, readOnly: true },
      { from, to: 'run/open' as RawPath, readOnly: false },
    ]);
    const script = 'cat /run/fixed/given; echo x > /run/open/written; echo x > /run/fixed/refused';
    const result = await other.run(['sh', '-c', script], { timeoutMs: 10_000 });
    await other.close();
    expect(result.stdout).toBe('given');
    expect(result.status).not.toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['given', 'written']);
    rmSync(folder, { recursive: true, force: true });
  });

  it('end all that a command left in the background when they close', { timeout: 30_000 }, async () => {
    const other = await open();
    const mark = `3${process.pid}.25`;
    await other.run(
      ['sh', '-c', 'setsid sleep $1 & (setsid setsid nohup sleep $1 >/dev/null 2>&1 &)', 'sh', mark],
      { timeoutMs: 20_000 },
    );
    expect(processesWith(mark).length).toBeGreaterThanOrEqual(2);
    await other.close();
    expect(processesWith(mark)).toEqual([]);
    expect((await other.run(['true'], { timeoutMs: 1000 })).ended).toBe('cancelled');
  });

  it('stop a command that takes too long, is silent for too long, or is cancelled', async () => {
    const abort = new AbortController();
    const runs = [
      session.run(['sleep', '60'], { timeoutMs: 300 }),
      session.run(['sleep', '60'], { timeoutMs: 60_000, idleTimeoutMs: 300 }),
      session.run(['sleep', '60'], { timeoutMs: 60_000, signal: abort.signal }),
    ];
    abort.abort();
    expect((await Promise.all(runs)).map(({ ended }) => ended)).toEqual(['timeout', 'idle', 'cancelled']);
    expect((await session.run(['no-such-command'], { timeoutMs: 1000 })).ended).toBe('not-found');
  });

  it('are gone with every process and mount when the engine is killed', { timeout: 60_000 }, async () => {
    const mark = `4${process.pid}.75`;
    const engine = spawn(process.execPath, [holder, bench.system.root, clone.id, mark], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      engine.stdout.once('data', () => resolve());
      engine.once('exit', (code) => reject(new Error(`the holder ended with ${code}`)));
    });
    await expect.poll(() => processesWith(mark).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    const theirs = processesWith(mark);
    const spaces = new Set(theirs.map((pid) => readlinkSync(`/proc/${pid}/ns/mnt`)));
    engine.kill('SIGKILL');
    await new Promise((resolve) => engine.once('close', resolve));
    await expect
      .poll(() => [...processesWith(mark), ...processesIn(spaces)], { timeout: 10_000 })
      .toEqual([]);
    // Where trees are mounted by themselves, as on ZFS, they stay so with or without a session.
    const trees = `${bench.system.store}/environments/`;
    const left = readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .filter((line) => line.includes(clone.id) && !line.split(' ')[4]?.startsWith(trees));
    expect(left).toEqual([]);
  });
}

/** Processes `sleep mark`. */
function processesWith(mark: string): number[] {
  return processes().filter((pid) => read(`/proc/${pid}/cmdline`) === `sleep\0${mark}\0`);
}

function processesIn(spaces: ReadonlySet<string>): number[] {
  return processes().filter((pid) => {
    try {
      return spaces.has(readlinkSync(`/proc/${pid}/ns/mnt`));
    } catch {
      return false;
    }
  });
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
