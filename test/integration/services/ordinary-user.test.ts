/**
 * An ordinary user's app and a helper that runs as root, on a real Debian tree with real packages: the whole way of an update and
 * back, and what is left when the app, the helper, or both are killed.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { historySchema } from '../../../shared/history.js';
import type { Outcome } from '../../../shared/errors.js';
import { mayFollow } from '../../../shared/state.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { privateFolder, startHelper, type HelperProcess } from '../../lab/helper-process.js';
import { inTree, practiceSystem } from '../../lab/practice-system.js';
import { startUserApp, type UserApp } from './ordinary-user.js';

const impossible = await debianRootImpossible();
const user = 61_003;
const limit = { timeout: 240_000 };

describe.skipIf(impossible)(`an ordinary user’s app (${impossible ?? 'runs'})`, () => {
  let root = '';
  let folder: ReturnType<typeof privateFolder>;
  let helper: HelperProcess | undefined;
  let app: UserApp | undefined;
  const apps: UserApp[] = [];

  const startRoots = async (): Promise<HelperProcess> =>
    (helper = await startHelper({ root, runtime: join(folder.path, 'run'), forUid: user }));
  const startApp = (name = 'files'): UserApp => {
    const socket = join(folder.path, 'run', String(user), 'helper.socket');
    app = startUserApp(user, { socket, folder: join(folder.path, name) });
    apps.push(app);
    return app;
  };
  const version = async (name: string): Promise<string> =>
    (await inTree(root, ['dpkg-query', '--show', '--showformat=${Version}', name])).trim();

  beforeAll(async () => {
    folder = privateFolder();
    root = await practiceSystem();
  }, 300_000);
  afterEach(async () => {
    for (const one of apps.splice(0)) await one.kill();
    await helper?.stop();
    helper = undefined;
  });
  afterAll(() => {
    folder.remove();
    removeRoot(root);
  });

  function good<T>(outcome: Outcome<T>): T {
    expect(outcome).toMatchObject({ ok: true });
    if (!outcome.ok) throw new Error(outcome.problem.code);
    return outcome.value;
  }

  it('checks, plans, rehearses, reviews, decides, switches and goes back, with progress', limit, async () => {
    await startRoots();
    const { call, until, events, pid } = startApp();
    expect(readFileSync(`/proc/${pid}/status`, 'latin1')).toMatch(
      new RegExp(`^Uid:\\t${user}\\t${user}\\t`, 'm'),
    );
    await until(({ update }) => update.state === 'idle');

    expect(good(await call('check', { moment: 'before-stage' })).result).not.toBe('block');
    expect(events.filter(({ kind }) => kind === 'checked').length).toBeGreaterThan(5);
    const plan = good(await call('plan', { scope: 'all' }));
    await until(({ update }) => update.state === 'planned');
    const [change] = plan.changes.filter(({ action }) => action === 'upgrade');
    const name = change?.name ?? '';
    expect(await version(name)).toBe(change?.from);

    const staged = good(await call('stage', { plan: plan.id }));
    expect(staged.ready).toBe(true);
    const review = good(await call('review', { stage: staged.stage }));
    expect(review.conflicts).toHaveLength(1);
    await until(({ update }) => update.state === 'needs-decision');
    const decisions = review.conflicts.map(({ id }) => ({ conflict: id, choice: 'mine' as const }));
    good(await call('decide', { stage: staged.stage, decisions }));
    await until(({ update }) => update.state === 'staged');

    const activated = good(await call('activate', { stage: staged.stage, how: 'live' }));
    expect(await version(name)).toBe(change?.to);
    await until(({ update }) => update.state === 'done');
    good(await call('rollback', { restorePoint: activated.restorePoint ?? undefined }));
    expect(await version(name)).toBe(change?.from);
    await until(({ update }) => update.state === 'rolled-back');

    const phases = new Set(events.flatMap((event) => (event.kind === 'progress' ? [event.event.phase] : [])));
    for (const phase of ['resolve', 'clone', 'rehearse', 'verify', 'switch'] as const)
      expect([...phases]).toContain(phase);
    const states = events.flatMap((event) => (event.kind === 'state' ? [event.state.update.state] : []));
    for (const [index, state] of states.slice(1).entries())
      expect(mayFollow(states[index]!, state), `${states[index]} → ${state}`).toBe(true);
    for (const state of ['planning', 'staging', 'switching', 'rolling-back'] as const)
      expect(states).toContain(state);
  });

  it('keeps the history that the journal tells', limit, async () => {
    await startRoots();
    const { call, until } = startApp();
    await until(({ status, historyRebuilt }) => status !== null && !historyRebuilt);
    const told = good(await call('history', {}));
    expect(told.entries.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['rollback', 'activate', 'stage']),
    );
    const file = join(folder.path, 'files/history.json');
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { history: unknown };
    expect(historySchema.parse(kept.history)).toEqual(told);

    await app?.kill();
    rmSync(file);
    const again = startApp();
    await again.until(({ historyRebuilt }) => historyRebuilt);
    expect((JSON.parse(readFileSync(file, 'utf8')) as { history: unknown }).history).toEqual(kept.history);
  });

  it('settings with values out of range do not get anywhere; good ones hold', limit, async () => {
    await startRoots();
    const { call } = startApp();
    const wrong = await call('change', { settings: { keepRestorePoints: 0 } });
    expect(wrong).toMatchObject({ ok: false, problem: { code: 'BAD_REQUEST' } });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const changed = good(await call('change', { settings: { automatic: { pausedUntil: until } } }));
    expect(changed.automatic.pausedUntil).toBe(until);
    expect(good(await call('settings', {}))).toEqual(changed);
  });

  it('a cancel is clean', limit, async () => {
    await startRoots();
    const { call, until } = startApp();
    const staging = call('stage', { scope: 'all' });
    const { update } = await until(
      (state) => state.update.state === 'staging' && state.update.progress?.phase === 'rehearse',
    );
    good(await call('cancel', { run: update.state === 'staging' ? update.run : '' }));
    expect(await staging).toMatchObject({ ok: false, problem: { code: 'CANCELLED' } });
    await until((state) => state.update.state === 'planned');
  });

  it(
    'killed in the middle of a rehearsal, another one sees the same run go on to its end',
    limit,
    async () => {
      await startRoots();
      const first = startApp();
      const staging = first.call('stage', { scope: 'all' });
      void staging.catch(() => undefined);
      await first.until(({ update }) => update.state === 'staging');
      await first.kill();
      const second = startApp();
      expect((await second.until(({ status }) => status !== null)).update.state).toBe('staging');
      const { update } = await second.until((state) =>
        ['staged', 'needs-decision'].includes(state.update.state),
      );
      const told = good(await second.call('history', {}));
      expect(told.staged.map(({ id }) => id)).toContain('stage' in update ? update.stage : '');
    },
  );

  it.each(['the helper', 'app and helper'] as const)(
    '%s killed in the middle: what is shown afterwards is what the journal says',
    limit,
    async (victim) => {
      const roots = await startRoots();
      const first = startApp();
      const staging = first.call('stage', { scope: 'all' });
      await first.until(
        (state) => state.update.state === 'staging' && state.update.progress?.phase === 'rehearse',
      );
      await roots.kill();
      if (victim === 'app and helper') await first.kill();
      else {
        expect(await staging).toMatchObject({ ok: false, problem: { code: 'HELPER_LOST' } });
        await first.until(
          ({ update, connection }) => update.state === 'unknown' && connection.state !== 'connected',
        );
      }
      await startRoots();
      const after = victim === 'app and helper' ? startApp() : first;
      const { update } = await after.until((state) => state.update.state === 'recovered');
      expect(update).toMatchObject({ kind: 'stage', outcome: 'rolled-back' });
      const told = good(await after.call('history', {}));
      expect(told.entries[0]).toMatchObject({
        transaction: update.state === 'recovered' ? update.transaction : '',
        outcome: 'rolled-back',
      });
      expect(good(await after.call('acknowledge', {})).update.state).not.toBe('recovered');
    },
  );
});
