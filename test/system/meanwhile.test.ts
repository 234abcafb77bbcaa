/**
 * What people do between staging and activation, and between activation and rollback, on a real system: nothing of theirs is lost,
 * what cannot be kept in place is named before and kept aside, and what no longer fits is refused with nothing changed.
 */
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Activated, History, RolledBack } from '../../shared/history.js';
import type { Outcome, Problem } from '../../shared/errors.js';
import { activate, type ActivateOptions } from '../../electron/engine/activate.js';
import { history } from '../../electron/engine/history.js';
import type { ManifestEntry } from '../../electron/engine/manifest/entry.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { prune } from '../../electron/engine/prune.js';
import { recover } from '../../electron/engine/recover.js';
import { rollback, type RollbackOptions } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { openSystem, type System } from '../../electron/engine/system.js';
import { debianRootImpossible, removeRoot } from '../lab/debian-root.js';
import { inTree, practiceSystem } from '../lab/practice-system.js';
import {
  addSecondArchive,
  buildInto,
  byHand,
  installByHand,
  laterSettings,
  offerSecond,
  shapes,
  withoutPracticeArchive,
} from '../lab/second-archive.js';
import { differences, manifestOf } from '../lab/tree-difference.js';

const impossible = await debianRootImpossible();

let template = '';
let folder = '';
let root = '';
let system: System;

const at = (path: string): string => join(root, path);
const text = (path: string): string => readFileSync(at(path), 'utf8');

function done<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}

/** What the verb refused with; the tree must be what it was. */
async function refusal(verb: () => Promise<Outcome<unknown>>): Promise<Problem> {
  const before = await manifestOf(root);
  const outcome = await verb();
  expect(await differences(before, await manifestOf(root))).toEqual([]);
  if (outcome.ok) throw new Error(`it was not refused: ${JSON.stringify(outcome.value)}`);
  return outcome.problem;
}

/** Activates the stage; answers with the restore point it left. */
const activated = async (options: ActivateOptions = {}): Promise<Activated & { restorePoint: string }> => {
  const value = done(await activate(system, { how: 'live', ...options }));
  if (value.restorePoint === null) throw new Error('it was only scheduled');
  return { ...value, restorePoint: value.restorePoint };
};
const rolledBack = async (options: RollbackOptions = {}): Promise<RolledBack> =>
  done(await rollback(system, options));
const restorePoints = async (): Promise<History['restorePoints']> =>
  done(await history(system)).restorePoints;

/** Paths that differ, without what folders' times say. */
async function changedPaths(before: ManifestEntry[]): Promise<string[]> {
  const lines = await differences(before, await manifestOf(root));
  return lines
    .filter((line) => !line.endsWith(' (time)') || !isFolder(line))
    .map((line) => line.replace(/ \(.*/, ''));
}

function isFolder(line: string): boolean {
  const path = at(/^\w+ \/(.*) \(time\)$/.exec(line)?.[1] ?? '');
  return existsSync(path) && statSync(path).isDirectory();
}

describe.skipIf(impossible !== undefined)(`what happens meanwhile (${impossible ?? 'runs'})`, () => {
  beforeAll(async () => {
    template = await practiceSystem();
    addSecondArchive(template);
    await installByHand(template, shapes[0]);
    mkdirSync(join(template, 'etc/initramfs-tools'));
    offerSecond(template, [await buildInto(template, shapes[1])]);
    root = template;
    system = openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } });
    done(await stage(system, { scope: 'all' }));
  });
  afterAll(() => removeRoot(template));

  /** A copy of the staged system for one test. */
  const fresh = async (): Promise<void> => {
    folder = mkdtempSync(join(tmpdir(), 'understudy-meanwhile-'));
    root = join(folder, 'root');
    await runOrFault(['cp', '-a', '--reflink=auto', template, root], { timeoutMs: 120_000 });
    system = openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } });
  };
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
      expect((await inTree(root, ['dpkg', '--audit'])).trim()).toBe('');
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
      [
        'an account was added, as the update does',
        () => inTree(root, ['useradd', '--create-home', 'someone']),
        ['/etc/group', '/etc/gshadow', '/etc/passwd', '/etc/shadow'],
      ],
    ])('refuses when %s, and names it', async (_, change, paths) => {
      await fresh();
      await change();
      const { code, details } = await refusal(() => activate(system, { how: 'live' }));
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
      await installByHand(root, byHand);
      expect((await refusal(() => activate(system, { how: 'live' }))).code).toBe('STAGE_STALE');
      done(await stage(system, { scope: 'all' }));
      await activated();
      expect(text('usr/share/by-hand/file')).toBe('by hand\n');
      expect((await inTree(root, ['dpkg', '--audit'])).trim()).toBe('');
    });

    it('refuses a stage that was altered or half deleted by hand, and keeps out of the system', async () => {
      await fresh();
      const [id = ''] = readdirSync(at('var/lib/understudy/stages'));
      const stageFolder = at(`var/lib/understudy/stages/${id}`);
      const upper = join(stageFolder, 'upper');
      const attempt = (): Promise<Problem> => refusal(() => activate(system, { how: 'live' }));
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
      copyFileSync(join(stageFolder, 'clone.json'), join(folder, 'clone.json'));
      writeFileSync(join(stageFolder, 'clone.json'), '{');
      expect((await attempt()).code).toBe('STAGE_DAMAGED');
      rmSync(join(stageFolder, 'clone.json'));
      expect((await attempt()).code).toMatch(/^STAGE_(DAMAGED|UNKNOWN)$/);
      writeFileSync(join(stageFolder, 'stage.json'), '{');
      expect((await refusal(() => activate(system, { how: 'live', stage: id }))).code).toMatch(
        /^STAGE_(DAMAGED|UNKNOWN)$/,
      );
      done(await stage(system, { scope: 'all' }));
      await activated();
    });

    it.each(['torn', 'removed'])('refuses a stage whose record of the system before was %s', async (how) => {
      await fresh();
      const [id = ''] = readdirSync(at('var/lib/understudy/stages'));
      const base = at(`var/lib/understudy/stages/${id}/base.mtree`);
      if (how === 'torn') writeFileSync(base, readFileSync(base).subarray(0, 5000));
      else rmSync(base);
      expect((await refusal(() => activate(system, { how: 'live' }))).code).toBe('STAGE_DAMAGED');
    });
  });

  describe('between activation and rollback', () => {
    it('says what a rollback would lose, loses only that, and keeps even that aside', async () => {
      await fresh();
      const old = await manifestOf(root);
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
      await installByHand(root, byHand);
      await inTree(root, ['dpkg', '--remove', 'understudy-practice-capability']);

      const lostFiles = [
        '/etc/shapes/deep/mine',
        '/etc/shapes/mine',
        '/etc/understudy-practice/untouched.conf',
        '/usr/share/shapes/thing/mine',
        '/usr/share/understudy-practice/account',
      ];
      const untouched = await manifestOf(root);
      const dry = await rolledBack({ dryRun: true });
      expect(await differences(untouched, await manifestOf(root))).toEqual([]);
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

      expect((await inTree(root, ['dpkg', '--audit'])).trim()).toBe('');
      expect((await inTree(root, ['dpkg', '--verify', 'understudy-practice-capability'])).trim()).toBe('');
      expect((await run(['test', '-e', at('usr/share/by-hand/file')], { timeoutMs: 1000 })).status).not.toBe(
        0,
      );
      expect(done(await recover(system))).toEqual({ transactions: [], cleaned: [] });
    });
  });

  describe('over several updates', () => {
    /** The practice update, then another one. */
    const twoUpdates = async (): Promise<{ first: string; second: string }> => {
      const first = (await activated()).restorePoint;
      withoutPracticeArchive(root);
      offerSecond(root, [await buildInto(root, laterSettings)]);
      done(await stage(system, { scope: 'all' }));
      return { first, second: (await activated()).restorePoint };
    };

    it('goes back to the older restore point through the newer one', { timeout: 180_000 }, async () => {
      await fresh();
      const old = await manifestOf(root);
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
      const entries = done(await history(system)).entries;
      expect(entries.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
        'rollback done',
        'rollback done',
        'activate done',
        'stage done',
        'activate done',
        'stage done',
      ]);
      expect((await refusal(() => rollback(system))).code).toBe('NOTHING_TO_ROLL_BACK');
    });

    it('removes the oldest restore points only, never the last one', { timeout: 180_000 }, async () => {
      await fresh();
      const { first, second } = await twoUpdates();
      expect((await refusal(() => prune(system, { keep: 0 }))).code).toBe('RESTORE_POINT_NEEDED');
      expect((await refusal(() => prune(system, { keep: -1 }))).code).toBe('USAGE');
      expect((await refusal(() => prune(system, { keep: 1.5 }))).code).toBe('USAGE');
      expect(done(await prune(system, { keep: 2 }))).toEqual({
        removed: [],
        kept: [first, second],
        freedBytes: 0,
      });
      const planned = done(await prune(system, { keep: 1, dryRun: true }));
      expect(planned).toMatchObject({ removed: [first], kept: [second] });
      expect(await restorePoints()).toHaveLength(2);
      const before = await manifestOf(root);
      const pruned = done(await prune(system, { keep: 5, maxBytes: 1 }));
      expect(pruned).toEqual(planned);
      expect(pruned.freedBytes).toBeGreaterThan(0);
      expect(existsSync(at(`var/lib/understudy/restore-points/${first}`))).toBe(false);
      expect((await restorePoints()).map(({ id }) => id)).toEqual([second]);
      expect(done(await prune(system, { keep: 1, maxBytes: 0 }))).toMatchObject({
        removed: [],
        kept: [second],
      });
      expect((await refusal(() => rollback(system, { restorePoint: first }))).code).toBe(
        'RESTORE_POINT_UNKNOWN',
      );
      expect(await differences(before, await manifestOf(root))).toEqual([]);
      await rolledBack();
      expect(existsSync(at('usr/share/understudy-practice/later'))).toBe(false);
      expect(text('usr/share/understudy-practice/account')).toContain('1.1-1');
    });
  });

  describe('with a restore point', () => {
    let point = '';
    const folderOf = (): string => at(`var/lib/understudy/restore-points/${point}`);
    /** Refused, named as unusable in the history, and left where it is. */
    const isRefused = async (code: string): Promise<void> => {
      const problem = await refusal(() => rollback(system));
      expect(problem.code).toBe(code);
      expect(await restorePoints()).toMatchObject([{ id: point, usable: false }]);
      expect((await restorePoints())[0]?.problems.join()).not.toBe('');
      expect(done(await recover(system))).toEqual({ transactions: [], cleaned: [] });
      expect((await refusal(() => rollback(system, { restorePoint: point }))).code).toBe(code);
    };
    /** Does something to a file or folder, has it refused, and undoes it. */
    const broken = async (path: string, code: string, alter: (path: string) => void): Promise<void> => {
      const aside = join(folder, 'aside');
      await runOrFault(['cp', '-a', '--', path, aside], { timeoutMs: 10_000 });
      alter(path);
      await isRefused(code);
      rmSync(path, { recursive: true, force: true });
      renameSync(aside, path);
    };
    const torn = (path: string): void => writeFileSync(path, readFileSync(path).subarray(0, 60));

    it('that is damaged or incomplete, refuses it', { timeout: 120_000 }, async () => {
      await fresh();
      const old = await manifestOf(root);
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
      expect(await differences(old, await manifestOf(root))).toEqual([]);
    });

    it('whose kernel lost what it needs, refuses it', { timeout: 120_000 }, async () => {
      await fresh();
      const release = '6.1.0-1-practice';
      point = (await activated()).restorePoint;
      const unfit = async (path: string, alter: (path: string) => void): Promise<void> => {
        const aside = join(folder, 'aside');
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
