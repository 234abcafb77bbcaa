/**
 * `understudy environments` where environments are no snapshots: what is listed before and after, what can be looked at, what is removed and in which
 * order, and what is refused; and a removal that is cut at every step.
 */
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { destroyEnvironment } from '../../../electron/engine/destroy-environment.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { scheduleAtShutdown } from '../../../electron/engine/records/schedule.js';
import { recover } from '../../../electron/engine/recover.js';
import { openSystem } from '../../../electron/engine/system.js';
import { environmentsSchema, type EnvironmentEntry } from '../../../shared/environments.js';
import { command, startCommand, type Answer } from '../../lab/bad-input-command.js';
import { badInputSystem, type BadInputSystem } from '../../lab/bad-input-system.js';
import { debianRootImpossible } from '../../lab/debian-root.js';

const impossible = await debianRootImpossible();
const library = 'usr/share/understudy-practice/program';

describe.skipIf(impossible)(`environments (${impossible ?? 'runs'})`, { timeout: 120_000 }, () => {
  let system: BadInputSystem;
  let look = '';

  const environments = (...words: string[]): Promise<Answer> =>
    command(system.root, 'environments', ...words);
  const summary = async (...words: string[]): Promise<string> => (await environments(...words)).summary;
  const list = async (): Promise<EnvironmentEntry[]> =>
    environmentsSchema.parse((await environments()).value).environments;
  const idsOf = async (state: string): Promise<string[]> =>
    (await list()).flatMap((one) => (one.state === state ? [one.id] : []));
  const succeed = async (...words: string[]): Promise<void> => {
    const answer = await command(system.root, ...words);
    expect(answer.summary, JSON.stringify(answer.problem)).toBe('ok, exit 0');
  };
  const update = async (name: string): Promise<void> => {
    system.offer([name]);
    await succeed('stage');
    await succeed('activate', '--how', 'live', '--yes');
  };

  beforeAll(async () => {
    system = await badInputSystem();
    look = mkdtempSync(join(tmpdir(), 'understudy-look, with: a comma-'));
    await update('understudy-practice-settings');
    await update('understudy-practice-service');
    system.offer(['understudy-practice-program', 'understudy-practice-library']);
    await succeed('stage');
  });
  afterAll(async () => {
    rmSync(look, { recursive: true, force: true });
    await (system as BadInputSystem | undefined)?.dispose();
  });

  it('lists what runs, what is staged and what was, newest first', async () => {
    const all = await list();
    expect(all.map(({ state, usable }) => [state, usable])).toEqual([
      ['current', true],
      ['staged', true],
      ['previous', true],
      ['previous', true],
    ]);
    const [, staged, newer, older] = all;
    expect(staged?.title).toBe('With 2 packages updated');
    expect(newer?.title).toBe('Before updating 1 package');
    expect((newer?.created ?? '') > (older?.created ?? '')).toBe(true);
    for (const one of [staged, newer, older]) expect(one?.bytes).toBeGreaterThan(0);
  });

  it('who may not read the records is told so', async () => {
    chmodSync(dirname(system.root), 0o755);
    const answer = await startCommand(system.root, ['environments'], { uid: 65_534 }).answer;
    expect(answer.summary).toBe('ok, exit 0');
    expect(answer.value).toMatchObject({ environments: [], foreign: [] });
    expect((answer.value as { unseen: unknown[] }).unseen).toHaveLength(1);
    for (const words of [
      ['rename', 'point-1', 'title'],
      ['mount', 'point-1', look],
      ['unmount', look],
      ['destroy', 'point-1', '--yes'],
    ]) {
      const refused = await startCommand(system.root, ['environments', ...words], { uid: 65_534 }).answer;
      expect(refused.summary, words.join(' ')).toBe('NOT_ROOT, exit 1');
    }
  });

  it('mounts what is staged read-only, through an overlay of its own', async () => {
    const [id = ''] = await idsOf('staged');
    const before = readFileSync(join(system.root, library), 'utf8');
    expect(await summary('mount', id, look)).toBe('ok, exit 0');
    expect(readFileSync(join(look, library), 'utf8')).not.toBe(before);
    expect(readFileSync(join(look, 'etc/passwd'), 'utf8')).toContain('root:');
    expect(() => writeFileSync(join(look, 'etc/new'), '')).toThrow(/EROFS/);
    const { stdout } = await runOrFault(['findmnt', '--noheadings', '--output', 'OPTIONS', look], {
      timeoutMs: 10_000,
    });
    for (const option of ['ro', 'nosuid', 'nodev', 'noexec']) expect(stdout.split(',')).toContain(option);
    expect((await list())[1]?.mountedAt).toEqual([look]);
    expect(await summary('mount', id, look)).toBe('MOUNT_FOLDER_UNFIT, exit 2');
    expect(await summary('destroy', id, '--yes')).toBe('ENVIRONMENT_IN_USE, exit 1');
    expect(await summary('unmount', look)).toBe('ok, exit 0');
    expect(await summary('unmount', look)).toBe('ENVIRONMENT_NOT_MOUNTED, exit 2');
    expect(readdirSync(look)).toEqual([]);
    expect(readFileSync(join(system.root, library), 'utf8')).toBe(before);
  });

  it('a restore point is no whole tree, and is not mounted', async () => {
    const [newer = ''] = await idsOf('previous');
    expect(await summary('mount', newer, look)).toBe('ENVIRONMENT_PARTIAL, exit 1');
    expect(await summary('mount', 'current', look)).toBe('ENVIRONMENT_CURRENT, exit 1');
    expect(readdirSync(look)).toEqual([]);
  });

  it('the oldest restore point goes first, the only one never, and the way back stays', async () => {
    const [newer = '', older = ''] = await idsOf('previous');
    expect(await summary('destroy', newer, '--yes')).toBe('RESTORE_POINT_NEEDED, exit 1');
    const dry = (await list()).find(({ id }) => id === older);
    const removed = await environments('destroy', older, '--yes');
    expect(removed.value).toMatchObject({ id: older, freedBytes: dry?.bytes });
    expect(await idsOf('previous')).toEqual([newer]);
    expect(readdirSync(join(system.store, 'restore-points'))).toEqual([newer]);
    expect(await summary('destroy', newer, '--yes')).toBe('RESTORE_POINT_NEEDED, exit 1');
    expect(await summary('rename', newer, 'Vor dem Dienst')).toBe('ok, exit 0');
    await succeed('rollback', '--yes');
    expect((await list()).map(({ state }) => state)).toEqual(['current', 'staged']);
  });

  it('a removal that is cut at any step is completed, and a staged one takes its schedule along', async () => {
    const [id = ''] = await idsOf('staged');
    const backup = join(system.root, '../store');
    await runOrFault(['cp', '-a', system.store, backup], { timeoutMs: 60_000 });
    const steps: string[] = [];
    const cut = (dieAt: number) =>
      destroyEnvironment(
        openSystem(system.root, {
          onStep(name) {
            steps.push(name);
            if (steps.length === dieAt) throw new Error('cut');
          },
        }),
        { id, dryRun: false },
      );
    let cuts = 0;
    for (let dieAt = 1; ; dieAt += 1) {
      steps.length = 0;
      scheduleAtShutdown(openSystem(system.root), id);
      const outcome = await cut(dieAt);
      if (outcome.ok) break;
      expect(outcome.problem.details.join(), outcome.problem.sentence).toContain('cut');
      cuts += 1;
      const recovered = await recover(openSystem(system.root));
      // Its end was written before the last cut.
      const expected =
        steps.at(-1) === 'prune:end:done' ? [] : [{ kind: 'prune', outcome: 'rolled-forward' }];
      expect(recovered, steps.join()).toMatchObject({
        ok: true,
        value: { transactions: expected, cleaned: [] },
      });
      expect(await idsOf('staged')).toEqual([]);
      expect(readdirSync(system.store)).not.toContain('schedule.json');
      rmSync(system.store, { recursive: true });
      await runOrFault(['cp', '-a', backup, system.store], { timeoutMs: 60_000 });
    }
    rmSync(backup, { recursive: true });
    expect(cuts).toBe(3);
    expect(await idsOf('staged')).toEqual([]);
    expect(readdirSync(system.store)).not.toContain('schedule.json');
    expect(readdirSync(join(system.store, 'stages'))).toEqual([]);
    expect(await summary('destroy', id, '--yes')).toBe('ENVIRONMENT_UNKNOWN, exit 2');
  });
});
