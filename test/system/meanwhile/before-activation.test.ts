/** What people do between staging and activation, on a real system: nothing of theirs is lost, and what no longer fits is refused. */
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/errors.js';
import { activate } from '../../../electron/engine/activate.js';
import { stage } from '../../../electron/engine/stage.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { inTree } from '../../lab/practice-system.js';
import { byHand, installByHand } from '../../lab/second-archive.js';
import {
  activated,
  at,
  current,
  done,
  fresh,
  impossible,
  refusal,
  rolledBack,
  text,
  withStagedSystem,
} from './fixture.js';

describe.skipIf(impossible !== undefined)(`what happens meanwhile (${impossible ?? 'runs'})`, () => {
  withStagedSystem();

  describe('between staging and activation', () => {
    it('carries over all that the update does not touch', async () => {
      await fresh();
      const accountFile = 'usr/share/understudy-practice/mine';
      appendFileSync(at('etc/issue'), 'edited\n');
      writeFileSync(at('etc/mine.conf'), 'mine\n', { mode: 0o600 });
      mkdirSync(at('usr/local/share/mine'), { recursive: true });
      writeFileSync(at('usr/local/share/mine/file'), 'mine\n');
      symlinkSync('file', at('usr/local/share/mine/link'));
      writeFileSync(at(accountFile), 'in a folder that the update changes\n');
      rmSync(at('usr/share/common-licenses/GPL-1'));
      rmSync(at('etc/legal'), { force: true });
      chmodSync(at('usr/share/common-licenses/BSD'), 0o600);
      const { carried, restorePoint } = await activated();
      expect(carried).toEqual(
        expect.arrayContaining([
          '/etc/issue',
          '/etc/mine.conf',
          '/usr/local/share/mine',
          '/usr/local/share/mine/file',
          '/usr/local/share/mine/link',
          `/${accountFile}`,
          '/usr/share/common-licenses/GPL-1',
          '/usr/share/common-licenses/BSD',
        ]),
      );
      expect(text('etc/issue')).toMatch(/edited\n$/);
      expect(text('etc/mine.conf')).toBe('mine\n');
      expect(statSync(at('etc/mine.conf')).mode & 0o777).toBe(0o600);
      expect(text('usr/local/share/mine/link')).toBe('mine\n');
      expect(text(accountFile)).toContain('in a folder');
      expect(existsSync(at('usr/share/common-licenses/GPL-1'))).toBe(false);
      expect(statSync(at('usr/share/common-licenses/BSD')).mode & 0o777).toBe(0o600);
      expect(text('usr/share/understudy-practice/account')).toContain('1.1-1');
      expect((await inTree(current.root, ['dpkg', '--audit'])).trim()).toBe('');
      // All of it was there before the update: going back changes none of it.
      const { lost, kept } = await rolledBack();
      expect({ lost, kept }).toEqual({ lost: { packages: [], files: [] }, kept: [] });
      expect(restorePoint).toMatch(/^point-/);
      expect(text('usr/local/share/mine/link')).toBe('mine\n');
      expect(text(accountFile)).toContain('in a folder');
      expect(existsSync(at('usr/share/common-licenses/GPL-1'))).toBe(false);
    });

    it.each<[string, () => unknown, string[]]>([
      [
        'a file that the update changes was edited',
        () => appendFileSync(at('etc/understudy-practice/untouched.conf'), 'mine\n'),
        ['/etc/understudy-practice/untouched.conf'],
      ],
      [
        'a program that the update changes was edited',
        () => appendFileSync(at('usr/share/understudy-practice/account'), 'mine\n'),
        ['/usr/share/understudy-practice/account'],
      ],
      [
        'a file that the update changes was removed',
        () => rmSync(at('etc/understudy-practice/untouched.conf')),
        ['/etc/understudy-practice/untouched.conf'],
      ],
      [
        'a file that the update brings was made by someone else',
        () => writeFileSync(at('usr/lib/systemd/system/understudy-practice.timer'), 'mine\n'),
        ['/usr/lib/systemd/system/understudy-practice.timer'],
      ],
      [
        'a file was put into a folder that the update makes a file',
        () => writeFileSync(at('etc/shapes.d/mine'), 'mine\n'),
        ['/etc/shapes.d/mine'],
      ],
    ])('refuses when %s, and names it', async (_, change, paths) => {
      await fresh();
      await change();
      const { code, details } = await refusal(() => activate(current.system, { how: 'live' }));
      expect(code).toBe('CHANGED_MEANWHILE');
      expect(details).toEqual(expect.arrayContaining(paths));
      expect(details.length).toBeLessThanOrEqual(paths.length + 2);
    });

    it('goes on when both made the same of a file', async () => {
      await fresh();
      rmSync(at('etc/shapes'));
      mkdirSync(at('etc/shapes'));
      writeFileSync(at('etc/shapes/one'), 'in a folder\n');
      await activated();
      expect(text('etc/shapes/one')).toBe('in a folder\n');
    });

    it('refuses when a package was installed by hand, and stages again', async () => {
      await fresh();
      await installByHand(current.root, byHand);
      expect((await refusal(() => activate(current.system, { how: 'live' }))).code).toBe('STAGE_STALE');
      done(await stage(current.system, { scope: 'all' }));
      await activated();
      expect(text('usr/share/by-hand/file')).toBe('by hand\n');
      expect((await inTree(current.root, ['dpkg', '--audit'])).trim()).toBe('');
    });

    it('refuses a stage that was altered or half deleted by hand, and keeps out of the system', async () => {
      await fresh();
      const [id = ''] = readdirSync(at('var/lib/understudy/stages'));
      const stageFolder = at(`var/lib/understudy/stages/${id}`);
      const upper = join(stageFolder, 'upper');
      const attempt = (): Promise<Problem> => refusal(() => activate(current.system, { how: 'live' }));
      const altered = join(upper, 'usr/share/understudy-practice/account');
      const kept = readFileSync(altered);
      const { mtime } = statSync(altered);
      writeFileSync(altered, Buffer.from(kept).fill('x'));
      await runOrFault(['touch', '-d', mtime.toISOString(), altered], { timeoutMs: 5000 });
      expect((await attempt()).code).toBe('STAGE_DAMAGED');
      rmSync(altered);
      expect((await attempt()).code).toBe('STAGE_DAMAGED');
      rmSync(join(upper, 'usr'), { recursive: true });
      expect((await attempt()).code).toBe('STAGE_DAMAGED');
      rmSync(upper, { recursive: true });
      expect((await attempt()).code).toBe('STAGE_DAMAGED');
      copyFileSync(join(stageFolder, 'clone.json'), join(current.folder, 'clone.json'));
      writeFileSync(join(stageFolder, 'clone.json'), '{');
      expect((await attempt()).code).toBe('STAGE_DAMAGED');
      rmSync(join(stageFolder, 'clone.json'));
      expect((await attempt()).code).toMatch(/^STAGE_(DAMAGED|UNKNOWN)$/);
      writeFileSync(join(stageFolder, 'stage.json'), '{');
      expect((await refusal(() => activate(current.system, { how: 'live', stage: id }))).code).toMatch(
        /^STAGE_(DAMAGED|UNKNOWN)$/,
      );
      done(await stage(current.system, { scope: 'all' }));
      await activated();
    });

    it.each(['torn', 'removed'])('refuses a stage whose record of the system before was %s', async (how) => {
      await fresh();
      const [id = ''] = readdirSync(at('var/lib/understudy/stages'));
      const base = at(`var/lib/understudy/stages/${id}/base.mtree`);
      if (how === 'torn') writeFileSync(base, readFileSync(base).subarray(0, 5000));
      else rmSync(base);
      expect((await refusal(() => activate(current.system, { how: 'live' }))).code).toBe('STAGE_DAMAGED');
    });
  });
});
