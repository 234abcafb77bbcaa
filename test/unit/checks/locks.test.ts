/** The checks of what others do at the same time: lock-held and open-transaction. The locks are held by real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holderInList, lockHeld } from '../../../electron/engine/checks/lock-held.js';
import { openTransaction } from '../../../electron/engine/checks/open-transaction.js';
import { processName } from '../../../electron/engine/checks/process-name.js';
import { thisMachine } from '../../../electron/engine/inspect/sources.js';
import { tryLock } from '../../../electron/engine/posix/lock.js';
import { tryLockFile } from '../../../electron/engine/posix/lock-file.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { afterwards, fixture, type Fixture } from '../inspect/fixture.js';
import { context } from './context.js';
import { packages } from './packages.js';

const holdLock = `
  use Fcntl;
  open(my $file, "+<", $ARGV[0]) or die "open: $!";
  my $lock = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0); # struct flock
  fcntl($file, F_SETLK, $lock) or die "fcntl: $!";
  $| = 1;
  print "held\\n";
  <STDIN>;
`;

/** A process that holds the write lock of a file, as dpkg does (fcntl(2), F_SETLK), until the test ends. */
async function lockedBy(file: string): Promise<number> {
  const child = spawn('perl', ['-e', holdLock, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  afterwards(() => child.kill('SIGKILL'));
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('the holder of the lock is gone')));
  gone.catch(() => undefined); // it ends with the test
  await Promise.race([once(child.stdout, 'data'), gone]);
  return child.pid!;
}

const onThisKernel = (machine: Fixture): ReturnType<typeof context> =>
  context(machine, { sources: { ...machine.sources, proc: thisMachine.proc } });

describe('lock-held', () => {
  it('passes where the lock files are missing, or there and free', async () => {
    const machine = fixture();
    expect((await lockHeld.run(onThisKernel(machine), 'before-stage')).result).toBe('pass');
    machine.write('root/var/lib/dpkg/lock');
    expect((await lockHeld.run(onThisKernel(machine), 'before-stage')).result).toBe('pass');
  });

  it('blocks while another process holds one, and names it', async () => {
    const machine = fixture();
    const pid = await lockedBy(machine.write('root/var/lib/dpkg/lock'));
    const answer = await lockHeld.run(onThisKernel(machine), 'before-activation');
    expect(answer.result).toBe('block');
    expect(answer.measured).toMatch(/^\/var\/lib\/dpkg\/lock is locked by perl \(process \d+\): perl -e /);
    expect(answer.measured).toContain(`(process ${pid})`);
    expect(answer.remedy).toContain('Never delete');
  });

  it('is not disturbed by a lock of this very process', async () => {
    const machine = fixture();
    const attempt = tryLock(raw(machine.write('root/var/lib/dpkg/lock')));
    expect('held' in attempt).toBe(true);
    expect((await lockHeld.run(onThisKernel(machine), 'before-stage')).result).toBe('pass');
    if ('held' in attempt) attempt.held.release();
  });

  it('finds the holder of an unreadable lock in the kernel’s list', async () => {
    const machine = fixture();
    const file = machine.write('root/var/lib/dpkg/lock');
    expect(holderInList(raw(file), thisMachine)).toBeUndefined();
    const pid = await lockedBy(file);
    chmodSync(file, 0);
    expect(holderInList(raw(file), thisMachine)).toBe(pid);
  });
});

describe('lock-held, where the lock is a file that is there', () => {
  const byFile = (machine: Fixture): ReturnType<typeof context> => ({
    ...onThisKernel(machine),
    packages: packages({ locking: 'existence', locks: [raw('var/lib/pacman/db.lck')] }),
  });

  it('passes where it is not there, or is our own', async () => {
    const machine = fixture();
    expect((await lockHeld.run(byFile(machine), 'before-stage')).result).toBe('pass');
    machine.write('root/var/lib/pacman/local/ALPM_DB_VERSION', '9\n');
    tryLockFile(raw(join(machine.base, 'root/var/lib/pacman/db.lck')));
    expect((await lockHeld.run(byFile(machine), 'before-stage')).result).toBe('pass');
  });

  it('names the process that has it open', async () => {
    const machine = fixture();
    const pid = await lockedBy(machine.write('root/var/lib/pacman/db.lck'));
    const answer = await lockHeld.run(byFile(machine), 'before-stage');
    expect(answer.result).toBe('block');
    expect(answer.measured).toContain(`(process ${pid})`);
  });

  it('says so where nobody has it open', async () => {
    const machine = fixture();
    machine.write('root/var/lib/pacman/db.lck');
    const answer = await lockHeld.run(byFile(machine), 'before-stage');
    expect(answer).toMatchObject({ result: 'block', sentence: 'The package manager is locked.' });
    expect(answer.remedy).toContain('cut short');
  });
});

describe('open-transaction', () => {
  it('passes where nobody is at work', async () => {
    expect((await openTransaction.run(onThisKernel(fixture()), 'before-stage')).result).toBe('pass');
  });

  it('blocks while another process holds the lock of the store', async () => {
    const machine = fixture();
    const pid = await lockedBy(machine.write('root/var/lib/understudy/lock'));
    const answer = await openTransaction.run(onThisKernel(machine), 'before-stage');
    expect(answer).toMatchObject({
      result: 'block',
      sentence: 'Another Understudy is working on this system.',
    });
    expect(answer.measured).toContain(`perl (process ${pid})`);
  });

  it('blocks on a transaction that was interrupted, and names the remedy', async () => {
    const interrupted = { ...onThisKernel(fixture()), openTransaction: () => 'activate-77' };
    const answer = await openTransaction.run(interrupted, 'before-stage');
    expect(answer).toMatchObject({ result: 'block', measured: 'transaction activate-77' });
    expect(answer.remedy).toContain('understudy recover');
  });
});

describe('the name of a process', () => {
  it('is read from /proc, cut when it is long, and made when it is gone', () => {
    const machine = fixture();
    machine.write('proc/7/comm', 'apt-get\n');
    machine.write('proc/7/cmdline', 'apt-get\0dist-upgrade\0');
    expect(processName(7, machine.sources)).toBe('apt-get (process 7): apt-get dist-upgrade');
    machine.write('proc/7/cmdline', 'x\x1b[31m'.repeat(100));
    expect(processName(7, machine.sources)).not.toContain('\x1b');
    expect(processName(7, machine.sources)).toMatch(/…$/);
    mkdirSync(join(machine.base, 'proc/9'));
    expect(processName(9, machine.sources)).toBe('a program (process 9)');
    expect(processName(-1, machine.sources)).toBe('a process outside this container');
  });
});
