/**
 * Records that were damaged, altered or taken away by hand: of the journal, of a staged environment, of a restore point. What is
 * damaged is named with its place and never guessed over; every altering verb refuses, and the system is as it was.
 */
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { command } from '../../lab/bad-input-command.js';
import { badInputSystem, type BadInputSystem } from '../../lab/bad-input-system.js';
import { leftovers } from '../../lab/leftovers.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

const impossible = await debianRootImpossible();

describe.skipIf(impossible)(
  `records that were damaged (${impossible ?? 'runs'})`,
  { timeout: 60_000 },
  () => {
    let system: BadInputSystem;
    let backup = '';
    /** Of the two stages that the journal tells about, the newer one, which is there. */
    let stageId = '';
    const journal = (): string => join(system.store, 'journal');
    const files = (): string[] => readdirSync(journal()).sort();
    const file = (place: number): string => join(journal(), files().at(place) ?? '');

    /** The store with a journal of several transactions and one stage. */
    beforeAll(async () => {
      system = await badInputSystem();
      backup = join(system.root, '../store');
      system.offer(['understudy-practice-settings', 'understudy-practice-service']);
      expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
      expect((await command(system.root, 'activate', '--how', 'live', '--yes')).summary).toBe('ok, exit 0');
      expect((await command(system.root, 'rollback', '--yes')).summary).toBe('ok, exit 0');
      expect(await system.changed()).toEqual([]);
      const staged = await command(system.root, 'stage');
      stageId = (staged.value as { stage: string }).stage;
      await runOrFault(['cp', '-a', system.store, backup], { timeoutMs: 60_000 });
    });
    beforeEach(async () => {
      for (const name of readdirSync(system.store))
        rmSync(join(system.store, name), { recursive: true, force: true });
      await runOrFault(['cp', '-a', `${backup}/.`, system.store], { timeoutMs: 60_000 });
    });
    afterAll(async () => {
      await (system as BadInputSystem | undefined)?.dispose();
    });

    describe('the journal', () => {
      /** Every verb that alters refuses, with the place of the damage; those that read go on; nothing is touched, nor cleared away. */
      async function refusesAll(...places: readonly string[]): Promise<void> {
        const before = snapshot(system.store);
        for (const words of [
          ['stage'],
          ['activate', '--how', 'live', '--yes'],
          ['rollback', '--yes'],
          ['prune', '--keep', '1', '--yes'],
          ['recover'],
        ]) {
          const answer = await command(system.root, ...words);
          expect(answer.summary, words.join(' ')).toBe('JOURNAL_DAMAGED, exit 1');
          for (const place of places)
            expect(answer.problem?.details.join('\n'), words.join(' ')).toContain(place);
        }
        expect((await command(system.root, 'inspect')).exitCode).toBe(0);
        expect((await command(system.root, 'check')).problem?.code).not.toBe('INTERNAL');
        expect(snapshot(system.store)).toEqual(before);
        expect(await system.changed()).toEqual([]);
        expect(leftovers(system.root)).toEqual([]);
      }

      it('whose last line is torn is normal: it is read without it', async () => {
        const content = readFileSync(file(-1));
        const lastLine = content.lastIndexOf(10, content.length - 2) + 1;
        truncateSync(file(-1), lastLine + 40);
        // The record that is lost was the end of the staging, so the staging counts as interrupted.
        const answer = await command(system.root, 'recover');
        expect(answer.summary).toBe('ok, exit 0');
        expect(answer.value).toMatchObject({
          transactions: [{ transaction: stageId, outcome: 'rolled-back' }],
        });
        expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
        expect(await system.changed()).toEqual([]);
      });

      it('whose last line is torn stops an altering verb once, with the news of it', async () => {
        const content = readFileSync(file(-1));
        truncateSync(file(-1), content.lastIndexOf(10, content.length - 2) + 40);
        expect((await command(system.root, 'stage')).summary).toBe('RECOVERED, exit 5');
        expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
        expect(await system.changed()).toEqual([]);
      });

      it.each([0, 3])('with a flipped byte in file %d', async (place) => {
        const target = file(place);
        const content = readFileSync(target);
        const second = content.indexOf(10) + 60;
        content.writeUInt8(content.readUInt8(second) ^ 0x04, second);
        writeFileSync(target, content);
        await refusesAll(files()[place] ?? '', 'line 2');
      });

      it('with a line taken out of the middle', async () => {
        const lines = readFileSync(file(-1), 'utf8').split('\n');
        writeFileSync(file(-1), lines.filter((_, index) => index !== 1).join('\n'));
        await refusesAll(files().at(-1) ?? '', 'line 2');
      });

      it('with a line that was written by hand', async () => {
        appendFileSync(file(-1), '0123456789abcdef {"version":1}\n{"version":1}\n');
        await refusesAll(files().at(-1) ?? '');
      });

      it.each([0, 1, -1])('without file %d', async (place) => {
        rmSync(file(place));
        await refusesAll('missing');
      });

      it('that is gone as a whole, while a stage is there', async () => {
        rmSync(journal(), { recursive: true });
        await refusesAll(stageId);
      });

      it('that is a file, or has a folder in the place of a file', async () => {
        const target = file(1);
        rmSync(target);
        mkdirSync(target);
        await refusesAll(files()[1] ?? '');
        rmSync(journal(), { recursive: true });
        writeFileSync(journal(), 'no folder');
        await refusesAll('journal');
      });

      it('that is a link to somewhere else is not followed when it is written', async () => {
        const elsewhere = join(system.root, '../elsewhere');
        const target = file(-1);
        writeFileSync(elsewhere, '');
        rmSync(target);
        symlinkSync(elsewhere, target);
        const answer = await command(system.root, 'stage');
        expect(answer.ok).toBe(false);
        expect(answer.problem?.code).toBe('JOURNAL_DAMAGED');
        expect(readFileSync(elsewhere, 'utf8')).toBe('');
        expect(await system.changed()).toEqual([]);
      });

      it('with files of other names in it goes on without them', async () => {
        for (const name of ['notes.txt', '00000001-.jsonl', '.swp', '99999999-x.jsonl~', 'a\nb'])
          writeFileSync(join(journal(), name), 'x\n');
        expect((await command(system.root, 'recover')).summary).toBe('ok, exit 0');
        expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
        expect(existsSync(join(journal(), 'notes.txt'))).toBe(true);
        expect(await system.changed()).toEqual([]);
      });

      it('whose newest file is empty, as after a cut in its first moment', async () => {
        const records = files()
          .map((name) => readFileSync(join(journal(), name), 'utf8').trimEnd().split('\n').length)
          .reduce((sum, count) => sum + count, 0);
        const name = `${String(records + 1).padStart(8, '0')}-stage-20261120-000000-abcdef.jsonl`;
        writeFileSync(join(journal(), name), '');
        expect((await command(system.root, 'recover')).value).toMatchObject({ transactions: [] });
        expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
        expect((await command(system.root, 'recover')).value).toMatchObject({ transactions: [] });
        expect(await system.changed()).toEqual([]);
      });

      it('without the file of a switch that was cut off: what the switch left is not cleared away', async () => {
        expect((await command(system.root, 'activate', '--how', 'live', '--yes')).summary).toBe('ok, exit 0');
        const [point = ''] = readdirSync(join(system.store, 'restore-points'));
        const record = join(system.store, 'restore-points', point, 'point.json');
        const lost = file(-1);
        const aside = join(system.root, '../aside');
        // As a cut after the commit point leaves it, whose journal is then lost.
        renameSync(record, `${aside}.json`);
        renameSync(lost, `${aside}.jsonl`);
        const before = snapshot(system.store);
        const answer = await command(system.root, 'recover');
        renameSync(`${aside}.json`, record);
        const after = snapshot(system.store);
        renameSync(`${aside}.jsonl`, lost);
        expect((await command(system.root, 'rollback', '--yes')).summary).toBe('ok, exit 0');
        expect(answer.summary).toBe('JOURNAL_DAMAGED, exit 1');
        expect(answer.problem?.details.join('\n')).toContain(point);
        expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
        expect(await system.changed()).toEqual([]);
      });
    });

    describe('a staged environment', () => {
      const upper = (): string => join(system.store, 'stages', stageId, 'upper');
      const settings = (): string => join(upper(), 'etc/understudy-practice/untouched.conf');

      const damages: readonly (readonly [what: string, damage: () => void])[] = [
        ['with a changed file', () => appendFileSync(settings(), 'level = 3\n')],
        [
          'with a changed file of the same size and time',
          () => {
            const { atime, mtime } = { atime: new Date(), mtime: new Date(Date.now() - 86_400_000) };
            utimesSync(settings(), atime, mtime);
            const content = readFileSync(settings());
            writeFileSync(
              settings(),
              content.map((byte) => byte ^ 1),
            );
            utimesSync(settings(), atime, mtime);
          },
        ],
        ['with another mode', () => chmodSync(settings(), 0o600)],
        [
          'with a file that was added',
          () => writeFileSync(join(upper(), 'etc/intruder'), '#!/bin/sh\n', { mode: 0o755 }),
        ],
        ['with a file that was removed', () => rmSync(settings())],
        [
          'with a link in the place of a file',
          () => {
            rmSync(settings());
            symlinkSync('/etc/shadow', settings());
          },
        ],
        ['half deleted', () => rmSync(join(upper(), 'usr'), { recursive: true })],
        ['without its files', () => rmSync(upper(), { recursive: true })],
        [
          'without its record of the system before',
          () => rmSync(join(system.store, 'stages', stageId, 'base.mtree')),
        ],
        [
          'with a cut record of the system before',
          () => truncateSync(join(system.store, 'stages', stageId, 'base.mtree'), 5000),
        ],
        [
          'without the record of its folders',
          () => rmSync(join(system.store, 'stages', stageId, 'clone.json')),
        ],
        [
          'with a garbled record of its folders',
          () => writeFileSync(join(system.store, 'stages', stageId, 'clone.json'), '{"version":1'),
        ],
        [
          'with folders that lie elsewhere',
          () => {
            const path = join(system.store, 'stages', stageId, 'clone.json');
            writeFileSync(
              path,
              readFileSync(path, 'utf8').replace(/"folder":"[^"]*"/, '"folder":"../../etc"'),
            );
          },
        ],
      ];
      it.each(damages)('%s is refused, and the next one is made from the start', async (what, damage) => {
        damage();
        const answer = await command(system.root, 'activate', stageId, '--how', 'live', '--yes');
        expect(answer.summary, JSON.stringify(answer.problem)).toBe('STAGE_DAMAGED, exit 1');
        expect(await system.changed()).toEqual([]);
        expect((await command(system.root, 'review', stageId)).problem?.code, 'review').not.toBe('INTERNAL');
        if (what === 'half deleted' || what.startsWith('without')) {
          expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
          expect(await system.changed()).toEqual([]);
        }
      });

      it.each([
        ['garbled', (path: string) => writeFileSync(path, '{"version":1,')],
        [
          'of another version',
          (path: string) =>
            writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 1', '"version": 99')),
        ],
      ] as const)('whose own record is %s', async (_what, damage) => {
        damage(join(system.store, 'stages', stageId, 'stage.json'));
        const answer = await command(system.root, 'activate', stageId, '--how', 'live', '--yes');
        expect(['STAGE_DAMAGED, exit 1', 'STAGE_UNKNOWN, exit 2']).toContain(answer.summary);
        expect(await system.changed()).toEqual([]);
      });
    });

    describe('a restore point', () => {
      const damages: readonly (readonly [what: string, damage: (folder: string) => void])[] = [
        [
          'without its old programs',
          (folder) => renameSync(join(folder, 'units/0'), join(folder, 'units/gone')),
        ],
        [
          'with other programs',
          (folder) => {
            renameSync(join(folder, 'units/0'), join(folder, 'units/gone'));
            mkdirSync(join(folder, 'units/0'));
          },
        ],
        ['without its old files', (folder) => renameSync(join(folder, 'saved'), join(folder, 'gone'))],
        ['without its list', (folder) => renameSync(join(folder, 'backward.jsonl'), join(folder, 'gone'))],
        ['with a garbled record', (folder) => writeFileSync(join(folder, 'switch.json'), '{')],
      ];
      it.each(damages)('%s is refused', async (_what, damage) => {
        expect((await command(system.root, 'activate', '--how', 'live', '--yes')).summary).toBe('ok, exit 0');
        const points = join(system.store, 'restore-points');
        const folder = join(points, readdirSync(points)[0] ?? '');
        const saved = join(system.root, '../aside');
        for (const name of ['backward.jsonl', 'switch.json']) cpSync(join(folder, name), `${saved}.${name}`);
        const updated = await manifestOf(system.root);
        damage(folder);
        const answer = await command(system.root, 'rollback', '--yes');
        expect(answer.summary, JSON.stringify(answer.problem)).toBe('RESTORE_POINT_DAMAGED, exit 1');
        expect(await differences(updated, await manifestOf(system.root))).toEqual([]);
        // Repaired by hand, it can be used.
        for (const name of ['backward.jsonl', 'switch.json'])
          renameSync(`${saved}.${name}`, join(folder, name));
        if (existsSync(join(folder, 'units/gone'))) {
          rmSync(join(folder, 'units/0'), { recursive: true, force: true });
          renameSync(join(folder, 'units/gone'), join(folder, 'units/0'));
        }
        if (!existsSync(join(folder, 'saved'))) renameSync(join(folder, 'gone'), join(folder, 'saved'));
        expect((await command(system.root, 'rollback', '--yes')).summary).toBe('ok, exit 0');
        expect(await system.changed()).toEqual([]);
      });
    });
  },
);

/** Names and contents of the journal and what the store holds: to see that nothing was touched. */
function snapshot(store: string): Record<string, string> {
  const journal = join(store, 'journal');
  const entries: Record<string, string> = {};
  for (const name of ['stages', 'restore-points']) {
    if (existsSync(join(store, name)))
      for (const id of readdirSync(join(store, name)))
        entries[`${name}/${id}`] = readdirSync(join(store, name, id))
          .sort()
          .join(' ');
  }
  try {
    for (const name of readdirSync(journal)) {
      try {
        entries[name] = readFileSync(join(journal, name), 'utf8');
      } catch {
        entries[name] = 'a folder';
      }
    }
  } catch {
    entries['journal'] = 'no folder';
  }
  return entries;
}
