/**
 * What a user can type wrong: a root that is none, a root with an odd name (which has to work), ids that are unknown, stale or made to
 * lead elsewhere; and a user who is not root.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../shared/plan.js';
import { command, startCommand } from '../../lab/bad-input-command.js';
import { badInputSystem, type BadInputSystem } from '../../lab/bad-input-system.js';
import { leftovers } from '../../lab/leftovers.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { inTree } from '../../lab/practice-system.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

const impossible = await debianRootImpossible();

describe.skipIf(impossible)(`words that lead nowhere (${impossible ?? 'runs'})`, { timeout: 60_000 }, () => {
  let system: BadInputSystem;
  let folder = '';

  beforeAll(async () => {
    system = await badInputSystem();
    folder = mkdtempSync(join(tmpdir(), 'understudy-words-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await (system as BadInputSystem | undefined)?.dispose();
  });

  describe('a root', () => {
    const none: readonly (readonly [what: string, make: (place: string) => void])[] = [
      ['is not there', () => undefined],
      ['is a file', (place) => writeFileSync(place, 'no folder')],
      ['is empty', (place) => mkdirSync(place)],
      ['holds usr alone', (place) => mkdirSync(join(place, 'usr'), { recursive: true })],
      [
        'holds files of these names',
        (place) => {
          mkdirSync(place);
          for (const name of ['usr', 'etc', 'var']) writeFileSync(join(place, name), '');
        },
      ],
      ['is a link to nowhere', (place) => symlinkSync('/nowhere/at/all', place)],
      ['is a link to itself', (place) => symlinkSync(basename(place), place)],
      ['is a device', (place) => symlinkSync('/dev/null', place)],
    ];
    it.each(none)('that %s', async (_what, make) => {
      const place = join(folder, 'none');
      make(place);
      try {
        for (const words of [
          ['stage'],
          ['plan'],
          ['activate', '--yes'],
          ['rollback', '--yes'],
          ['recover'],
          ['inspect'],
          ['check'],
          ['history'],
        ]) {
          const answer = await command(place, ...words);
          expect(answer.summary, words.join(' ')).toBe('NOT_A_ROOT_TREE, exit 2');
          expect(answer.problem?.details.join('\n')).toContain(place);
        }
        expect(existsSync(join(place, 'var/lib/understudy'))).toBe(false);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    });

    it('whose name is too long, or empty', async () => {
      expect((await command(`/${'a'.repeat(300)}`, 'inspect')).summary).toBe('NOT_A_ROOT_TREE, exit 2');
      expect((await command(`/${'a/'.repeat(4000)}`, 'inspect')).summary).toBe('NOT_A_ROOT_TREE, exit 2');
      expect((await command('', 'inspect')).summary).toBe('USAGE, exit 2');
    });

    it('without a package manager', async () => {
      const place = join(folder, 'bare');
      for (const name of ['usr', 'etc', 'var/lib']) mkdirSync(join(place, name), { recursive: true });
      expect((await command(place, 'stage')).summary).toBe('UNSUPPORTED_SYSTEM, exit 1');
      expect(existsSync(join(place, 'var/lib/understudy'))).toBe(false);
      expect((await command(place, 'inspect')).exitCode).toBe(0);
    });

    const odd = ['with space', 'a,b:c=d', 'with\nnewline', 'täglich-日本', '-a\\b "q" \'q\' $HOME %s'];
    it.each(odd)('in a folder with the name %j works', async (name) => {
      const place = join(folder, name);
      renameSync(system.root, place);
      try {
        system.offer(['understudy-practice-settings', 'understudy-practice-capability']);
        const before = await manifestOf(place);
        expect((await command(place, 'stage')).summary).toBe('ok, exit 0');
        expect(await differences(before, await manifestOf(place))).toEqual([]);
        const activated = await command(place, 'activate', '--how', 'live', '--yes');
        expect(activated.summary, JSON.stringify(activated.problem)).toBe('ok, exit 0');
        expect((await differences(before, await manifestOf(place))).length).toBeGreaterThan(5);
        expect((await command(place, 'rollback', '--yes')).summary).toBe('ok, exit 0');
        expect(await differences(before, await manifestOf(place))).toEqual([]);
        expect(leftovers(folder)).toEqual([]);
      } finally {
        renameSync(place, system.root);
      }
    });

    it('that is given relative to the current folder, with dots and slashes', async () => {
      const above = dirname(system.root);
      for (const name of ['root', './root', `../${basename(above)}/root//`, relative(above, system.root)]) {
        const answer = await startCommand(name, ['history'], { cwd: above }).answer;
        expect(answer.summary, name).toBe('ok, exit 0');
      }
    });

    it('that is given through a link is the same one: its journal and its lock are those of the folder itself', async () => {
      const link = join(folder, 'link');
      symlinkSync(system.root, link);
      system.offer(['understudy-practice-settings']);
      expect((await command(link, 'stage')).summary).toBe('ok, exit 0');
      expect((await command(system.root, 'activate', '--how', 'live', '--yes')).summary).toBe('ok, exit 0');
      expect((await command(link, 'rollback', '--yes')).summary).toBe('ok, exit 0');
      expect(await system.changed()).toEqual([]);
    });
  });

  describe('an id', () => {
    const wrong = [
      'plan-0000000000000000',
      'stage-20260101-000000-aaaaaa',
      '../../etc/passwd',
      '/etc/passwd',
      '..',
      'a\nb $(reboot)',
      'x'.repeat(10_000),
      '',
    ];
    it.each(wrong.map((id) => [id.slice(0, 40), id] as const))(
      '%j is unknown, of a plan, a stage and a restore point',
      async (_shown, id) => {
        system.forget();
        const expected = [
          [['stage', '--', id], 'PLAN_UNKNOWN, exit 2'],
          [['activate', '--yes', '--', id], 'STAGE_UNKNOWN, exit 2'],
          [['review', '--', id], 'STAGE_UNKNOWN, exit 2'],
          [['rollback', '--yes', '--', id], 'RESTORE_POINT_UNKNOWN, exit 2'],
        ] as const;
        for (const [words, summary] of expected) {
          const answer = await command(system.root, ...words);
          expect(answer.summary, words[0]).toBe(summary);
          expect(JSON.stringify(answer.problem).length).toBeLessThan(11_000);
        }
        expect(await system.changed()).toEqual([]);
      },
    );

    it('with a NUL never comes through a command line, and the engine refuses it', async () => {
      const { openSystem } = await import('../../../electron/engine/system.js');
      const { stage } = await import('../../../electron/engine/stage.js');
      const { activate } = await import('../../../electron/engine/activate.js');
      const { rollback } = await import('../../../electron/engine/rollback.js');
      const opened = openSystem(system.root);
      for (const id of ['plan-1\0', '\0', '../x', 'x'.repeat(10_000)]) {
        expect(await stage(opened, { plan: id })).toMatchObject({ problem: { code: 'PLAN_UNKNOWN' } });
        expect(await activate(opened, { stage: id })).toMatchObject({ problem: { code: 'STAGE_UNKNOWN' } });
        expect(await rollback(opened, { restorePoint: id })).toMatchObject({
          problem: { code: 'RESTORE_POINT_UNKNOWN' },
        });
      }
    });

    it('of a plan that went stale, because a package was installed since', async () => {
      system.forget();
      system.offer(['understudy-practice-settings', 'understudy-practice-service']);
      const plan = (await command(system.root, 'plan')).value as Plan;
      const status = join(system.root, 'var/lib/dpkg/status');
      const content = readFileSync(status);
      await inTree(system.root, ['dpkg', '--force-all', '--purge', 'understudy-practice-service']);
      const changed = await manifestOf(system.root);
      expect((await command(system.root, 'stage', plan.id)).summary).toBe('PLAN_STALE, exit 1');
      expect(await differences(changed, await manifestOf(system.root))).toEqual([]);
      expect(readFileSync(status).equals(content)).toBe(false);
      await system.remember();
    });

    it('of a stage that went stale, because a package was removed since', async () => {
      system.forget();
      system.offer(['understudy-practice-settings']);
      const { stage: id } = (await command(system.root, 'stage')).value as { stage: string };
      await inTree(system.root, ['dpkg', '--force-all', '--purge', 'understudy-practice-capability']);
      await system.remember();
      expect((await command(system.root, 'activate', id, '--how', 'live', '--yes')).summary).toBe(
        'STAGE_STALE, exit 3',
      );
      expect(await system.changed()).toEqual([]);
    });

    it('of a plan whose record was altered by hand: what is carried out is what the archive offers, or nothing', async () => {
      system.forget();
      const { id } = (await command(system.root, 'plan')).value as Plan;
      const record = join(system.store, 'plans', `${id}.json`);
      const text = readFileSync(record, 'utf8');
      writeFileSync(record, text.replaceAll('understudy-practice-settings', 'understudy-practice-nothing'));
      const answer = await command(system.root, 'stage', id);
      if (answer.ok)
        expect(JSON.stringify((await command(system.root, 'review')).value)).not.toContain(
          'understudy-practice-nothing',
        );
      expect(await system.changed()).toEqual([]);
      writeFileSync(record, text.slice(0, 100));
      expect((await command(system.root, 'stage', id)).summary).toBe('PLAN_UNKNOWN, exit 2');
    });
  });

  describe('without root', () => {
    const nobody = 65_534;

    it('every altering verb says so, and those that read work', async () => {
      system.forget();
      chmodSync(dirname(system.root), 0o755);
      const asNobody = (...words: string[]) => startCommand(system.root, words, { uid: nobody }).answer;
      for (const words of [
        ['plan'],
        ['stage'],
        ['activate', '--yes'],
        ['rollback', '--yes'],
        ['prune', '--yes'],
      ]) {
        expect((await asNobody(...words)).summary, words.join(' ')).toBe('NOT_ROOT, exit 1');
      }
      expect((await asNobody('inspect')).summary).toBe('ok, exit 0');
      expect([0, 4]).toContain((await asNobody('check')).exitCode);
      expect(existsSync(system.store)).toBe(false);
      // Once there is something that only root may read, the reading verbs still answer in words.
      expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
      for (const words of [['stage'], ['activate', '--yes'], ['rollback', '--yes'], ['recover']]) {
        expect((await asNobody(...words)).summary, words.join(' ')).toBe('NOT_ROOT, exit 1');
      }
      expect((await asNobody('inspect')).summary).toBe('ok, exit 0');
      expect([0, 4]).toContain((await asNobody('check')).exitCode);
      const seen = await asNobody('history');
      expect(seen.summary).toBe('ok, exit 0');
      expect(seen.value).toMatchObject({
        entries: [],
        restorePoints: [],
        staged: [],
        unseen: [{ what: expect.stringContaining(system.store) as string, why: 'This needs root.' }],
      });
      expect((await asNobody('review')).summary).toBe('NOT_ROOT, exit 1');
      expect(await system.changed()).toEqual([]);
    });

    it('a root that may not be entered is told in words', async () => {
      chmodSync(dirname(system.root), 0o700);
      const answer = await startCommand(system.root, ['inspect'], { uid: nobody }).answer;
      expect(answer.ok).toBe(false);
      expect(answer.problem?.code).toBe('NOT_ROOT');
      expect(answer.problem?.details.join('\n')).toContain(system.root);
    });

    it('nothing of all this was left in the folder of temporary files of the store', () => {
      expect(readdirSync(join(system.store)).filter((name) => name.endsWith('.new'))).toEqual([]);
    });
  });
});
