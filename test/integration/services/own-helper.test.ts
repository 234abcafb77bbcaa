/** What an ordinary user’s app does by itself: a helper that only reads, and a practice system, both with no right that it has not. */
import { mkdirSync, chownSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privateFolder } from '../../lab/helper-process.js';
import { startUserApp, type UserApp } from './ordinary-user.js';
import type { UserAppOptions } from './user-app.js';

const isRoot = process.getuid?.() === 0;
const user = 61_004;
const isInstalled = existsSync('/run/understudy/helper.socket');

describe.skipIf(!isRoot)('without any helper of root’s (needs root, to be another user)', () => {
  let folder: ReturnType<typeof privateFolder>;
  let app: UserApp | undefined;
  beforeEach(() => {
    folder = privateFolder();
    mkdirSync(join(folder.path, 'run'), { mode: 0o700 });
    chownSync(join(folder.path, 'run'), user, user);
  });
  afterEach(async () => {
    const pid = app?.state?.status?.helper.pid;
    await app?.kill();
    app = undefined;
    if (pid !== undefined) process.kill(pid, 'SIGTERM');
    await expect.poll(() => pid === undefined || !existsSync(`/proc/${pid}`), { timeout: 20_000 }).toBe(true);
    folder.remove();
  });

  const started = (mode: UserAppOptions['mode']): UserApp =>
    (app = startUserApp(
      user,
      { mode: mode ?? 'system', folder: join(folder.path, 'home') },
      { XDG_RUNTIME_DIR: join(folder.path, 'run'), LD_PRELOAD: '', NODE_OPTIONS: '--no-warnings' },
    ));

  it('a helper of its own reads, says what it could not see, and alters nothing', async (context) => {
    context.skip(isInstalled, 'needs a machine where Understudy is not installed');
    const { call, until } = started('system');
    const state = await until(
      ({ status, connection }) => status !== null && connection.state === 'read-only',
    );
    const pid = state.status?.helper.pid ?? 0;
    expect(readFileSync(`/proc/${pid}/status`, 'latin1')).toMatch(new RegExp(`^Uid:\\t${user}\\t`, 'm'));
    expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toMatch(/NODE_OPTIONS|LD_PRELOAD/);
    expect(state).toMatchObject({ schedule: { reason: 'no-right' }, can: { elevate: true } });

    expect(await call('inspect', {})).toMatchObject({ ok: true });
    expect(await call('settings', {})).toMatchObject({ ok: true });
    for (const refused of [
      await call('plan', { scope: 'all' }),
      await call('stage', {}),
      await call('activate', {}),
      await call('rollback', {}),
      await call('change', { settings: { keepRestorePoints: 5 } }),
    ])
      expect(refused).toMatchObject({ ok: false, problem: { code: 'NOT_ROOT' } });
    // Nobody is there who could be asked for a password, and that is said.
    expect(await call('connect', {})).toMatchObject({ ok: false, problem: { code: 'NO_GRAPHICAL_SESSION' } });
  });

  it('a second app finds the same helper', async (context) => {
    context.skip(isInstalled, 'needs a machine where Understudy is not installed');
    const first = started('system');
    const { status } = await first.until((state) => state.status !== null);
    await first.kill();
    const second = started('system');
    expect((await second.until((state) => state.status !== null)).status?.helper.pid).toBe(
      status?.helper.pid,
    );
  });
});
