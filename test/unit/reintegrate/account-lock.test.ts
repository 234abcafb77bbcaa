/** The lock of lckpwdf(3): kept from others while it is held, waited for, and told of when it is not let go. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tryLock } from '../../../electron/engine/posix/lock.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { withAccountsLock } from '../../../electron/engine/reintegrate/accounts/account-lock.js';
import { openSystem } from '../../../electron/engine/system.js';

let root = '';
const file = (): string => join(root, 'etc/.pwd.lock');
/** What another program finds, asking as lckpwdf(3) does (fcntl(2): F_SETLK of a write lock on the whole file). */
const askedByPerl = (): string => {
  const program =
    'use Fcntl; open(my $f, "+>>", $ARGV[0]) or die; my $l = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0); print fcntl($f, F_SETLK, $l) ? "free" : "taken"';
  return spawnSync('perl', ['-e', program, file()], { encoding: 'utf8' }).stdout;
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'understudy-account-lock-'));
  for (const name of ['usr', 'etc', 'var/lib']) mkdirSync(join(root, name), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('keeps every other program out while it is held', async () => {
  const time = statSync(join(root, 'etc')).mtimeMs;
  const during = await withAccountsLock(openSystem(root), () => Promise.resolve(askedByPerl()));
  expect([during, askedByPerl()]).toEqual(['taken', 'free']);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(root, 'etc')).mtimeMs).toBe(time);
});

it('waits until it is let go, and not for ever', async () => {
  const other = tryLock(raw(file()));
  if (!('held' in other)) throw new Error('it is taken');
  const body = (): Promise<string> => Promise.resolve('done');
  await expect(withAccountsLock(openSystem(root), body, 120)).rejects.toMatchObject({
    problem: { code: 'BUSY_ACCOUNTS', details: [`process ${process.pid}`] },
  });
  const waiting = withAccountsLock(openSystem(root), body);
  other.held.release();
  expect(await waiting).toBe('done');
});

it('is given up when the work is cancelled', async () => {
  const other = tryLock(raw(file()));
  const system = openSystem(root, { signal: AbortSignal.abort() });
  await expect(withAccountsLock(system, () => Promise.resolve(1))).rejects.toMatchObject({
    name: 'AbortError',
  });
  if ('held' in other) other.held.release();
});
