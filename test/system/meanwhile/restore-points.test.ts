/** Restore points that something happened to: refused with nothing changed, and named in the history. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recover } from '../../../electron/engine/recover.js';
import { rollback } from '../../../electron/engine/rollback.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';
import {
  activated,
  at,
  current,
  done,
  fresh,
  impossible,
  refusal,
  restorePoints,
  rolledBack,
  withStagedSystem,
} from './fixture.js';

describe.skipIf(impossible !== undefined)(`what happens meanwhile (${impossible ?? 'runs'})`, () => {
  withStagedSystem();

  describe('with a restore point', () => {
    let point = '';
    const folderOf = (): string => at(`var/lib/understudy/restore-points/${point}`);
    /** Refused, named as unusable in the history, and left where it is. */
    const isRefused = async (code: string): Promise<void> => {
      const problem = await refusal(() => rollback(current.system));
      expect(problem.code).toBe(code);
      expect(await restorePoints()).toMatchObject([{ id: point, usable: false }]);
      expect((await restorePoints())[0]?.problems.join()).not.toBe('');
      expect(done(await recover(current.system))).toEqual({ transactions: [], cleaned: [] });
      expect((await refusal(() => rollback(current.system, { restorePoint: point }))).code).toBe(code);
    };
    /** Does something to a file or folder, has it refused, and undoes it. */
    const broken = async (path: string, code: string, alter: (path: string) => void): Promise<void> => {
      const aside = join(current.folder, 'aside');
      await runOrFault(['cp', '-a', '--', path, aside], { timeoutMs: 10_000 });
      alter(path);
      await isRefused(code);
      rmSync(path, { recursive: true, force: true });
      renameSync(aside, path);
    };
    const torn = (path: string): void => writeFileSync(path, readFileSync(path).subarray(0, 60));

    it('that is damaged or incomplete, refuses it', async () => {
      await fresh();
      const old = await manifestOf(current.root);
      point = (await activated()).restorePoint;
      for (const name of ['backward.jsonl', 'exchanged.jsonl', 'switch.json', 'after.mtree', 'point.json']) {
        await broken(join(folderOf(), name), 'RESTORE_POINT_DAMAGED', torn);
        await broken(join(folderOf(), name), 'RESTORE_POINT_DAMAGED', (path) => rmSync(path));
      }
      await broken(join(folderOf(), 'saved/0'), 'RESTORE_POINT_DAMAGED', (path) => rmSync(path));
      const unit = join(folderOf(), 'units/0');
      renameSync(unit, `${unit}.gone`);
      await isRefused('RESTORE_POINT_DAMAGED');
      mkdirSync(unit);
      await isRefused('RESTORE_POINT_DAMAGED');
      rmSync(unit, { recursive: true });
      renameSync(`${unit}.gone`, unit);
      await rolledBack();
      expect(await differences(old, await manifestOf(current.root))).toEqual([]);
    });

    it('whose kernel lost what it needs, refuses it', async () => {
      await fresh();
      const release = '6.1.0-1-practice';
      point = (await activated()).restorePoint;
      const unfit = async (path: string, alter: (path: string) => void): Promise<void> => {
        const aside = join(current.folder, 'aside');
        mkdirSync(dirname(aside), { recursive: true });
        await runOrFault(['cp', '-a', '--', path, aside], { timeoutMs: 10_000 });
        alter(path);
        await isRefused('RESTORE_POINT_UNFIT');
        rmSync(path, { recursive: true, force: true });
        await runOrFault(['cp', '-a', '--', aside, path], { timeoutMs: 10_000 });
        rmSync(aside, { recursive: true, force: true });
      };
      const remove = (path: string): void => rmSync(path, { recursive: true });
      await unfit(at(`boot/initrd.img-${release}`), remove);
      await unfit(at(`boot/initrd.img-${release}`), (path) => writeFileSync(path, ''));
      await unfit(at(`boot/vmlinuz-${release}`), remove);
      await unfit(join(folderOf(), `units/0/lib/modules/${release}`), remove);
      await unfit(join(folderOf(), `units/0/lib/modules/${release}/modules.dep`), remove);
      await rolledBack();
    });
  });
});
