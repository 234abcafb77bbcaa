/**
 * The main job by an ordinary user: the app's services stage, review, decide, activate and roll back a real system through a helper that
 * runs as root, with progress all the way; and whoever comes later, or goes early, loses nothing.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { editedConffile } from '../../../electron/engine/practice/archive/practice-updates.js';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { leftovers } from '../../lab/leftovers.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { privateFolder, startHelper, type HelperProcess } from '../../lab/helper-process.js';
import { UserProcess } from '../../lab/helper-user-process.js';
import { WireClient } from '../../lab/helper-wire.js';
import { inTree, practiceSystem } from '../../lab/practice-system.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

const user = 61_001;
const impossible = await debianRootImpossible();

describe.skipIf(impossible !== undefined)(
  `the main job of an ordinary user (${impossible ?? 'runs'})`,
  () => {
    let root = '';
    let folder: ReturnType<typeof privateFolder>;
    let helper: HelperProcess;
    let marker = '';
    let before: ManifestEntry[] = [];
    const users: UserProcess[] = [];

    const newUser = async (): Promise<UserProcess> => {
      const made = new UserProcess(helper.socket, user);
      users.push(made);
      await made.connected();
      return made;
    };
    const leftBehind = (): string[] =>
      leftovers(root).filter((line) => !line.startsWith(`process ${helper.pid}:`));
    const runOver = (who: UserProcess): Promise<void> =>
      who.until('no run', () => who.state?.status?.run === null && who.state.status.last !== null);

    beforeAll(async () => {
      root = await practiceSystem();
      before = await manifestOf(root);
      folder = privateFolder();
      marker = join(folder.path, 'marker');
      helper = await startHelper({
        root,
        runtime: join(folder.path, 'run'),
        forUid: user,
        environment: trappedEnvironment(folder.path, marker),
      });
    }, 300_000);
    afterEach(async () => {
      for (const each of users.splice(0)) await each.end();
    });
    afterAll(async () => {
      await helper.stop();
      expect(helper.complaints()).toBe('');
      expect(leftBehind()).toEqual([]);
      removeRoot(root);
      folder.remove();
    }, 60_000);

    it('stages, reviews, decides, activates and rolls back', { timeout: 300_000 }, async () => {
      const app = await newUser();
      expect(app.state?.status?.helper).toMatchObject({ privileged: true, practice: false });

      const planned = await app.value('plan', { scope: 'all' });
      expect(planned.changes.length).toBeGreaterThan(3);
      await app.until('a plan waits', () => app.state?.update.state === 'planned');

      // Where nothing was fetched yet it is read where the source has it, afterwards in the clone.
      const news = { name: 'understudy-practice-settings', version: '1.1-1' };
      expect(await app.value('changelog', news)).toMatchObject({ from: '1.0-1', source: 'package' });

      const staging = app.value('stage', { plan: planned.id });
      await app.until('it stages', () => app.state?.status?.run?.kind === 'stage');
      const staged = await staging;
      expect(staged.ready).toBe(true);
      expect(await differences(before, await manifestOf(root))).toEqual([]);
      const phases = new Set(
        app.progress.filter(({ type }) => type === 'phase-ended').map(({ phase }) => phase),
      );
      for (const phase of ['check', 'download', 'clone', 'rehearse', 'verify'] as const)
        expect(phases).toContain(phase);
      expect(app.progress.some(({ type, text }) => type === 'log' && text !== undefined)).toBe(true);

      const { text, source } = await app.value('changelog', news);
      expect(source).toBe('staged');
      expect(text).toMatch(/^understudy-practice-settings \(1\.1-1\) practice;/);
      expect(text).not.toContain('(1.0-1)');
      expect(await app.call('changelog', { ...news, name: 'no-such-package' })).toMatchObject({
        problem: { code: 'CHANGELOG_UNAVAILABLE' },
      });

      const review = await app.value('review', {});
      const conflict = review.conflicts.find(({ path }) => path === editedConffile);
      expect(conflict).toMatchObject({ decided: false });
      const decided = await app.value('decide', {
        stage: staged.stage,
        decisions: [{ conflict: conflict!.id, choice: 'theirs' }],
      });
      expect(decided.conflicts.find(({ path }) => path === editedConffile)).toMatchObject({
        decided: true,
        kept: 'theirs',
      });
      await app.until('nothing is undecided', () => app.state?.status?.staged?.undecided === 0);

      const activated = await app.value('activate', { stage: staged.stage, how: 'live' });
      expect(activated).toMatchObject({ stage: staged.stage, scheduled: false });
      expect((await inTree(root, ['dpkg', '--audit'])).trim()).toBe('');
      expect(readFileSync(join(root, editedConffile), 'utf8')).toBe(conflict!.theirs);
      await runOver(app);
      expect(app.state?.status).toMatchObject({
        staged: null,
        restorePoint: { id: activated.restorePoint },
        latest: { kind: 'activate', outcome: 'done' },
      });

      const preview = await app.value('preview', {});
      expect(preview).toMatchObject({ dryRun: true, restorePoint: activated.restorePoint });
      const back = await app.value('rollback', { restorePoint: activated.restorePoint! });
      expect(back.restorePoint).toBe(activated.restorePoint);
      expect(await differences(before, await manifestOf(root))).toEqual([]);
      const history = await app.value('history', {});
      expect(history.entries.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual(
        expect.arrayContaining(['stage done', 'activate done', 'rollback done']),
      );
    });

    it('nothing that was run for it ran into what its surroundings held', () => {
      const caught = readFileSync(marker, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      expect(caught).toEqual([`module ${helper.pid}`]);
    });

    it(
      'who comes in the middle sees the truth of that moment first, and cannot begin anything else',
      { timeout: 120_000 },
      async () => {
        const first = await newUser();
        void first.call('stage', { scope: 'all' });
        await first.until('it rehearses', () => first.progress.some(({ phase }) => phase === 'rehearse'));
        const second = await newUser();
        const shown = second.events.find((event) => event.kind === 'state' && event.state.status !== null);
        expect(shown).toMatchObject({
          state: {
            status: {
              run: {
                kind: 'stage',
                uid: user,
                progress: expect.objectContaining({ type: expect.any(String) }),
              },
            },
          },
        });
        const refused = await second.call('plan', { scope: 'all' });
        expect(refused).toMatchObject({ ok: false, problem: { code: 'BUSY_UNDERSTUDY' } });
        expect(refused.ok ? '' : refused.problem.details[0]).toContain(`"stage"`);
        const log = await second.value('log', {});
        expect(log.lines.length).toBeGreaterThan(0);
        await first.end(); // the window that asked for it is closed
        await runOver(second);
        expect(second.state?.status?.last).toMatchObject({ kind: 'stage', problem: null });
        expect(second.state?.status?.staged).toMatchObject({ ready: true });
      },
    );

    it(
      'a client that dies in the middle of its request takes nothing with it',
      { timeout: 120_000 },
      async () => {
        const app = await newUser();
        const raw = await WireClient.greeted(helper.socket, user);
        raw.request('stage', { scope: 'all' });
        await app.until('it stages', () => app.state?.status?.run?.kind === 'stage');
        raw.close();
        await runOver(app);
        expect(app.state?.status?.last).toMatchObject({ kind: 'stage', problem: null });
      },
    );

    it('a run is stopped by its own id alone, and cleanly', { timeout: 120_000 }, async () => {
      const app = await newUser();
      const staging = app.call('stage', { scope: 'all' });
      await app.until('it rehearses', () => app.state?.status?.run?.progress?.phase === 'rehearse');
      const id = app.state!.status!.run!.id;
      expect(await app.call('cancel', { run: 'run-00000000-00000000' })).toMatchObject({
        problem: { code: 'RUN_UNKNOWN' },
      });
      expect(app.state?.status?.run?.cancelling).toBe(false);
      expect(await app.call('cancel', { run: id })).toMatchObject({ ok: true });
      expect(await staging).toMatchObject({ ok: false, problem: { code: 'CANCELLED' } });
      await runOver(app);
      expect(app.state?.status?.last).toMatchObject({ id, problem: { code: 'CANCELLED' } });
      expect(await differences(before, await manifestOf(root))).toEqual([]);
      expect(leftBehind()).toEqual([]);
    });

    it('a helper that is told to end takes a rehearsal back first', { timeout: 120_000 }, async () => {
      const app = await newUser();
      const staging = app.call('stage', { scope: 'all' });
      await app.until('it rehearses', () => app.state?.status?.run?.progress?.phase === 'rehearse');
      expect(await helper.stop()).toBe(0);
      const outcome = await staging;
      expect(outcome).toMatchObject({ ok: false });
      expect(await differences(before, await manifestOf(root))).toEqual([]);
      expect(leftBehind()).toEqual([]);
      expect(existsSync(helper.socket)).toBe(false);
      helper = await startHelper({ root, runtime: join(folder.path, 'run'), forUid: user });
      await app.connected();
      expect(app.state?.status).toMatchObject({ run: null, recovered: [], interrupted: null });
    });
  },
);

/** Programs, a module and variables that no command of the helper may ever meet. */
function trappedEnvironment(folder: string, marker: string): NodeJS.ProcessEnv {
  writeFileSync(marker, '');
  chmodSync(marker, 0o666);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  chmodSync(bin, 0o755);
  const names = [
    'apt-get',
    'apt-config',
    'dpkg',
    'dpkg-deb',
    'dpkg-query',
    'unshare',
    'mount',
    'sh',
    'systemd-inhibit',
  ];
  for (const name of [...names, 'systemd-analyze', 'fuser', 'chroot', 'gpgv', 'find', 'cp']) {
    rmSync(join(bin, name), { force: true });
    writeFileSync(join(bin, name), `#!/bin/sh\necho "program ${name}" >> ${marker}\nexit 1\n`, {
      mode: 0o755,
    });
  }
  const module = join(folder, 'trap.cjs');
  writeFileSync(
    module,
    `require('fs').appendFileSync(${JSON.stringify(marker)}, 'module ' + process.pid + '\\n');`,
  );
  return {
    PATH: `${bin}:${process.env['PATH']}`,
    NODE_OPTIONS: `--require=${module}`,
    APT_CONFIG: module,
    DPKG_ROOT: folder,
    DPKG_FORCE: 'all',
    DEBIAN_FRONTEND: 'gnome',
    TMPDIR: folder,
    LD_LIBRARY_PATH: folder,
  };
}
