/** What people do between activation and rollback, on a real system: what cannot be kept in place is named before and kept aside. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { history } from '../../../electron/engine/history.js';
import { prune } from '../../../electron/engine/prune.js';
import { recover } from '../../../electron/engine/recover.js';
import { rollback } from '../../../electron/engine/rollback.js';
import { stage } from '../../../electron/engine/stage.js';
import { run } from '../../../electron/engine/process/run.js';
import { inTree } from '../../lab/practice-system.js';
import {
  buildInto,
  byHand,
  installByHand,
  laterSettings,
  offerSecond,
  withoutPracticeArchive,
} from '../../lab/second-archive.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';
import {
  activated,
  at,
  changedPaths,
  current,
  done,
  fresh,
  impossible,
  refusal,
  restorePoints,
  rolledBack,
  text,
  withStagedSystem,
} from './fixture.js';

describe.skipIf(impossible !== undefined)(`what happens meanwhile (${impossible ?? 'runs'})`, () => {
  withStagedSystem();

  describe('between activation and rollback', () => {
    it('says what a rollback would lose, loses only that, and keeps even that aside', async () => {
      await fresh();
      const old = await manifestOf(current.root);
      await activated();
      const change = (path: string, content: string): void => appendFileSync(at(path), content);
      const replace = (path: string, content: string): void => {
        writeFileSync(at(`${path}.new`), content);
        renameSync(at(`${path}.new`), at(path));
      };
      // in places that the update left alone
      mkdirSync(at('usr/local/share/mine/deep'), { recursive: true });
      writeFileSync(at('usr/local/share/mine/deep/file'), 'mine\n');
      symlinkSync('deep/file', at('usr/local/share/mine/link'));
      change('etc/issue', 'edited\n');
      writeFileSync(at('etc/mine.conf'), 'mine\n');
      change('usr/share/common-licenses/BSD', 'written in place\n');
      replace('usr/share/common-licenses/Artistic', 'replaced\n');
      rmSync(at('usr/share/common-licenses/GPL-1'));
      chmodSync(at('usr/local/etc'), 0o700);
      // in folders that the update brought
      mkdirSync(at('usr/lib/modules/6.1.0-2-practice/updates'));
      writeFileSync(at('usr/lib/modules/6.1.0-2-practice/updates/mine.ko'), 'module\n');
      writeFileSync(at('var/lib/understudy-practice/mine'), 'data\n');
      // in folders that the update made of files
      writeFileSync(at('etc/shapes/mine'), 'below a file\n');
      mkdirSync(at('etc/shapes/deep'));
      writeFileSync(at('etc/shapes/deep/mine'), 'deep below a file\n');
      writeFileSync(at('usr/share/shapes/thing/mine'), 'below a file in usr\n');
      // in what the update changed
      change('usr/share/understudy-practice/account', 'mine\n');
      change('etc/understudy-practice/untouched.conf', 'mine\n');
      // packages
      await installByHand(current.root, byHand);
      await inTree(current.root, ['dpkg', '--remove', 'understudy-practice-capability']);

      const lostFiles = [
        '/etc/shapes/deep/mine',
        '/etc/shapes/mine',
        '/etc/understudy-practice/untouched.conf',
        '/usr/share/shapes/thing/mine',
        '/usr/share/understudy-practice/account',
      ];
      const untouched = await manifestOf(current.root);
      const dry = await rolledBack({ dryRun: true });
      expect(await differences(untouched, await manifestOf(current.root))).toEqual([]);
      expect([...dry.lost.files].sort()).toEqual(lostFiles);
      expect([...dry.lost.packages].sort()).toEqual([
        'understudy-by-hand 1 (installed since)',
        'understudy-practice-capability 1.1-1 (removed since)',
      ]);
      expect([...dry.kept].sort()).toEqual([
        '/etc/issue',
        '/etc/mine.conf',
        '/usr/lib/modules/6.1.0-2-practice/updates',
        '/usr/lib/modules/6.1.0-2-practice/updates/mine.ko',
        '/usr/local/etc',
        '/usr/local/share/mine',
        '/usr/local/share/mine/deep',
        '/usr/local/share/mine/deep/file',
        '/usr/local/share/mine/link',
        '/usr/share/common-licenses/Artistic',
        '/usr/share/common-licenses/BSD',
        '/usr/share/common-licenses/GPL-1',
        '/var/lib/understudy-practice/mine',
      ]);

      const result = await rolledBack();
      expect(result.lost).toEqual(dry.lost);
      expect(result.kept).toEqual(dry.kept);
      const locks = 'changed /var/lib/dpkg/lock'; // which dpkg touches when it is run by hand
      expect((await changedPaths(old)).filter((line) => !line.startsWith(locks)).sort()).toEqual(
        [
          'changed /etc/issue',
          'added /etc/mine.conf',
          'added /usr/lib/modules/6.1.0-2-practice',
          'added /usr/lib/modules/6.1.0-2-practice/updates',
          'added /usr/lib/modules/6.1.0-2-practice/updates/mine.ko',
          'changed /usr/local/etc',
          'added /usr/local/share/mine',
          'added /usr/local/share/mine/deep',
          'added /usr/local/share/mine/deep/file',
          'added /usr/local/share/mine/link',
          'changed /usr/share/common-licenses/Artistic',
          'changed /usr/share/common-licenses/BSD',
          'removed /usr/share/common-licenses/GPL-1',
          'added /var/lib/understudy-practice',
          'added /var/lib/understudy-practice/mine',
        ].sort(),
      );
      expect(text('usr/local/share/mine/deep/file')).toBe('mine\n');
      expect(readlinkSync(at('usr/local/share/mine/link'))).toBe('deep/file');
      expect(text('usr/share/common-licenses/BSD')).toMatch(/written in place\n$/);
      expect(text('usr/share/common-licenses/Artistic')).toBe('replaced\n');
      expect(statSync(at('usr/local/etc')).mode & 0o777).toBe(0o700);
      expect(text('etc/shapes')).toBe('a file\n');

      const aside = (path: string): string => readFileSync(join(result.keptAside ?? '', path), 'utf8');
      expect(aside('etc/understudy-practice/untouched.conf')).toMatch(/level = 2\nmine\n/);
      expect(aside('usr/share/understudy-practice/account')).toMatch(/1\.1-1\nmine\n/);
      expect(aside('etc/shapes/deep/mine')).toBe('deep below a file\n');
      expect(aside('etc/shapes/mine')).toBe('below a file\n');
      expect(aside('usr/share/shapes/thing/mine')).toBe('below a file in usr\n');

      expect((await inTree(current.root, ['dpkg', '--audit'])).trim()).toBe('');
      expect(
        (await inTree(current.root, ['dpkg', '--verify', 'understudy-practice-capability'])).trim(),
      ).toBe('');
      expect((await run(['test', '-e', at('usr/share/by-hand/file')], { timeoutMs: 1000 })).status).not.toBe(
        0,
      );
      expect(done(await recover(current.system))).toEqual({ transactions: [], cleaned: [] });
    });
  });

  describe('over several updates', () => {
    /** The practice update, then another one. */
    const twoUpdates = async (): Promise<{ first: string; second: string }> => {
      const first = (await activated()).restorePoint;
      withoutPracticeArchive(current.root);
      offerSecond(current.root, [await buildInto(current.root, laterSettings)]);
      done(await stage(current.system, { scope: 'all' }));
      return { first, second: (await activated()).restorePoint };
    };

    it('goes back to the older restore point through the newer one', { timeout: 180_000 }, async () => {
      await fresh();
      const old = await manifestOf(current.root);
      const { first, second } = await twoUpdates();
      expect(text('usr/share/understudy-practice/later')).toBe('later\n');
      expect((await restorePoints()).map(({ id, usable, problems }) => ({ id, usable, problems }))).toEqual([
        { id: second, usable: true, problems: [] },
        { id: first, usable: true, problems: [] },
      ]);
      writeFileSync(at('usr/local/mine'), 'mine\n');
      writeFileSync(at('etc/mine.conf'), 'mine\n');
      const dry = await rolledBack({ restorePoint: first, dryRun: true });
      expect(dry.kept).toEqual(expect.arrayContaining(['/usr/local/mine', '/etc/mine.conf']));
      const result = await rolledBack({ restorePoint: first });
      expect(result.lost.files).toEqual([]);
      const theirs = (path: string): boolean => !path.startsWith('/etc/apt/sources.list.d');
      expect(result.kept.filter(theirs).sort()).toEqual(['/etc/mine.conf', '/usr/local/mine']);
      const sources = /^(added|removed|changed) \/etc\/apt\/sources\.list\.d/;
      expect((await changedPaths(old)).filter((line) => !sources.test(line)).sort()).toEqual([
        'added /etc/mine.conf',
        'added /usr/local/mine',
      ]);
      expect(await restorePoints()).toEqual([]);
      const entries = done(await history(current.system)).entries;
      expect(entries.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
        'rollback done',
        'rollback done',
        'activate done',
        'stage done',
        'activate done',
        'stage done',
      ]);
      expect((await refusal(() => rollback(current.system))).code).toBe('NOTHING_TO_ROLL_BACK');
    });

    it('removes the oldest restore points only, never the last one', { timeout: 180_000 }, async () => {
      await fresh();
      const { first, second } = await twoUpdates();
      expect((await refusal(() => prune(current.system, { keep: 0 }))).code).toBe('RESTORE_POINT_NEEDED');
      expect((await refusal(() => prune(current.system, { keep: -1 }))).code).toBe('USAGE');
      expect((await refusal(() => prune(current.system, { keep: 1.5 }))).code).toBe('USAGE');
      expect(done(await prune(current.system, { keep: 2 }))).toEqual({
        removed: [],
        kept: [first, second],
        freedBytes: 0,
      });
      const planned = done(await prune(current.system, { keep: 1, dryRun: true }));
      expect(planned).toMatchObject({ removed: [first], kept: [second] });
      expect(await restorePoints()).toHaveLength(2);
      const before = await manifestOf(current.root);
      const pruned = done(await prune(current.system, { keep: 5, maxBytes: 1 }));
      expect(pruned).toEqual(planned);
      expect(pruned.freedBytes).toBeGreaterThan(0);
      expect(existsSync(at(`var/lib/understudy/restore-points/${first}`))).toBe(false);
      expect((await restorePoints()).map(({ id }) => id)).toEqual([second]);
      expect(done(await prune(current.system, { keep: 1, maxBytes: 0 }))).toMatchObject({
        removed: [],
        kept: [second],
      });
      expect((await refusal(() => rollback(current.system, { restorePoint: first }))).code).toBe(
        'RESTORE_POINT_UNKNOWN',
      );
      expect(await differences(before, await manifestOf(current.root))).toEqual([]);
      await rolledBack();
      expect(existsSync(at('usr/share/understudy-practice/later'))).toBe(false);
      expect(text('usr/share/understudy-practice/account')).toContain('1.1-1');
    });
  });
});
