/**
 * A switch for later, with a helper that lives: set for a moment it happens then and not before, once, also when nobody is connected; taken back it
 * does not happen; and a moment that passed while no helper lived is missed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leftovers } from '../../lab/leftovers.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { privateFolder, startHelper, type HelperProcess } from '../../lab/helper-process.js';
import { UserProcess } from '../../lab/helper-user-process.js';
import { inTree, practiceSystem } from '../../lab/practice-system.js';

const user = 61_001;
const impossible = await debianRootImpossible();
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe.skipIf(impossible !== undefined)(`a switch for later (${impossible ?? 'runs'})`, () => {
  let root = '';
  let folder: ReturnType<typeof privateFolder>;
  let helper: HelperProcess;
  let app: UserProcess;

  const begin = async (): Promise<void> => {
    helper = await startHelper({ root, runtime: join(folder.path, 'run'), forUid: user, idleSeconds: 5 });
    await come();
  };
  const come = async (): Promise<void> => {
    app = new UserProcess(helper.socket, user);
    await app.connected();
    await app.until('nothing runs', () => app.state?.status?.run === null && app.state.status.last !== null);
  };
  const staged = () => app.state?.status?.staged;
  const program = (): Promise<string> =>
    inTree(root, ['dpkg-query', '-W', '-f', '${Version}', 'understudy-practice-program']);

  beforeAll(async () => {
    root = await practiceSystem();
    folder = privateFolder();
    await begin();
    const { ready } = await app.value('stage', { scope: 'all' });
    expect(ready).toBe(true);
    const { conflicts } = await app.value('review', {});
    const decisions = conflicts.map(({ id }) => ({ conflict: id, choice: 'mine' as const }));
    if (decisions.length > 0) await app.value('decide', { stage: staged()?.id ?? '', decisions });
    await app.end();
    await helper.stop();
  }, 300_000);
  beforeEach(begin);
  afterEach(async () => {
    await app.end();
    await helper.stop();
    expect(helper.complaints()).toBe('');
  });
  afterAll(() => {
    expect(leftovers(root)).toEqual([]);
    removeRoot(root);
    folder.remove();
  });

  it('refuses a moment that has passed or is far away', { timeout: 60_000 }, async () => {
    for (const at of [inMs(-60_000), inMs(8 * 24 * 3_600_000)])
      expect(await app.call('activate', { how: 'live', at })).toMatchObject({
        problem: { code: 'HOUR_OUT_OF_RANGE' },
      });
    expect(staged()).toMatchObject({ scheduled: false });
  });

  it('is taken back', { timeout: 60_000 }, async () => {
    const at = inMs(3_600_000);
    expect(await app.value('activate', { how: 'live', at })).toMatchObject({
      scheduled: true,
      at,
      restorePoint: null,
    });
    await app.until('it is set', () => staged()?.scheduledAt === at);
    expect(app.state?.update).toMatchObject({ state: 'staged', scheduled: true, scheduledAt: at });
    expect(await app.value('unschedule', {})).toEqual({ stage: staged()?.id });
    await app.until('it is not set', () => staged()?.scheduled === false);
    expect(app.state?.update).toMatchObject({ state: 'staged', scheduled: false, missed: null });
  });

  it('is missed when nobody was there at the moment, and not made up for', { timeout: 60_000 }, async () => {
    const at = inMs(3_600_000);
    await app.value('activate', { how: 'live', at });
    await app.end();
    await helper.stop();
    // An hour later and a little more, as the record has it.
    const past = inMs(-600_000);
    const file = join(root, 'var/lib/understudy/schedule.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(at, past));
    await begin();
    expect(app.state?.update).toMatchObject({
      state: 'staged',
      scheduled: false,
      missed: { at: past, problem: null },
    });
    expect(await program()).toBe('1.0-1');
    await app.value('acknowledge', {});
    await app.until(
      'it was seen',
      () => app.state?.update.state === 'staged' && app.state.update.missed === null,
    );
  });

  it('happens at the moment, though nobody is connected, and only once', { timeout: 120_000 }, async () => {
    const at = inMs(8_000);
    await app.value('activate', { how: 'live', at });
    expect(await program()).toBe('1.0-1');
    await app.end();
    // It stays for the moment, though it ends after some seconds without anyone; and ends then.
    await helper.ended;
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(at));
    expect(await program()).toBe('1.1-1');
    await begin();
    expect(app.state?.status).toMatchObject({ staged: null, latest: { kind: 'activate', outcome: 'done' } });
    const { entries } = await app.value('history', {});
    expect(entries.filter(({ kind }) => kind === 'activate')).toHaveLength(1);
  });
});
