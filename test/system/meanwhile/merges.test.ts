/**
 * Configuration and accounts that the update and someone else both changed, on a real system: merged into the staged environment before
 * the switch, and out of it again by a rollback. What cannot be merged is the user's to decide, and no account is ever lost.
 */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Review } from '../../../shared/changeset.js';
import { activate } from '../../../electron/engine/activate.js';
import { decide } from '../../../electron/engine/decide.js';
import { recover } from '../../../electron/engine/recover.js';
import { review } from '../../../electron/engine/review.js';
import { openSystem } from '../../../electron/engine/system.js';
import type { PackageSpec } from '../../../electron/engine/practice/archive/package.js';
import { inTree } from '../../lab/practice-system.js';
import { buildInto, installByHand, offerSecond } from '../../lab/second-archive.js';
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
  rolledBack,
  text,
  withStagedSystem,
} from './fixture.js';

const longConf = 'etc/long.conf';
const short = 'etc/understudy-practice/untouched.conf';
const account = 'understudy-practice';
const lines = (first: string, last: string): string => `${first}\ntwo\nthree\nfour\n${last}\n`;

const long = (version: string): PackageSpec => ({
  name: 'understudy-long',
  version,
  architecture: 'all',
  entries: [{ path: longConf, content: lines(`version ${version}`, 'last') }],
  conffiles: [longConf],
});

const entry = (database: string, name: string): string[] | undefined =>
  text(`etc/${database}`)
    .split('\n')
    .map((line) => line.split(':'))
    .find(([first]) => first === name);
const edit = (path: string, what: string, by: string): void => {
  const before = text(path);
  expect(before).toContain(what);
  writeFileSync(at(path), before.replace(what, by));
};
const addUser = (name: string, ...options: string[]): Promise<string> =>
  inTree(current.root, ['useradd', '--no-create-home', '--shell', '/bin/bash', ...options, name]);
const setPassword = (name: string, hash: string): Promise<string> =>
  inTree(current.root, ['usermod', '--password', hash, name]);
/** The line for `name` in every one of the files. */
const halves = (name: string): boolean[] =>
  ['passwd', 'shadow', 'group', 'gshadow'].map((database) => entry(database, name) !== undefined);
const all = [true, true, true, true];
const none = [false, false, false, false];
const reviewed = async (): Promise<Review> => done(await review(current.system));

describe.skipIf(impossible !== undefined)(
  `merges of what was changed meanwhile (${impossible ?? 'runs'})`,
  () => {
    withStagedSystem(async (root) => {
      await installByHand(root, long('1'));
      offerSecond(root, [await buildInto(root, long('2'))]);
    });
    beforeEach(fresh);

    it('bring configuration and accounts of both into the new system, and go with the rollback', async () => {
      edit(longConf, 'last', 'mine');
      chmodSync(at(longConf), 0o600);
      await addUser('someone');
      await setPassword('root', '$y$mine');
      const before = await manifestOf(current.root);
      const { carried, remarks } = await activated();
      expect(text(longConf)).toBe(lines('version 2', 'mine'));
      expect(statSync(at(longConf)).mode & 0o777).toBe(0o600);
      expect([halves('someone'), halves(account)]).toEqual([all, all]);
      expect(entry('shadow', 'root')?.[1]).toBe('$y$mine');
      expect(entry('passwd', 'someone')?.[2]).not.toBe(entry('passwd', account)?.[2]);
      expect(carried).toEqual(
        expect.arrayContaining([`/${longConf}`, '/etc/passwd', '/etc/shadow', '/etc/group']),
      );
      expect(remarks.join('\n')).toContain(`/${longConf} was merged`);
      expect(await inTree(current.root, ['sh', '-c', 'pwck -rq; grpck -rq'])).not.toMatch(
        /no matching|does not exist in/,
      );
      expect((await inTree(current.root, ['dpkg', '--audit'])).trim()).toBe('');
      const { lost, kept } = await rolledBack();
      expect({ lost, kept }).toEqual({ lost: { packages: [], files: [] }, kept: [] });
      expect(await differences(before, await manifestOf(current.root))).toEqual([]);
    });

    it('keep what was added after the switch, accounts above all, when it is taken back', async () => {
      const old = await manifestOf(current.root);
      await activated();
      expect(halves(account)).toEqual(all);
      await addUser('later');
      await setPassword('root', '$y$later');
      await inTree(current.root, ['usermod', '--append', '--groups', 'audio', 'later']);
      edit(longConf, 'last', 'later');
      edit(short, 'level = 2', 'level = 7');
      const dry = await rolledBack({ dryRun: true });
      expect(halves(account)).toEqual(all);
      const result = await rolledBack();
      expect(result.lost).toEqual({ packages: [], files: [`/${short}`] });
      expect([result.lost, result.kept]).toEqual([dry.lost, dry.kept]);
      expect(result.kept).toEqual(expect.arrayContaining([`/${longConf}`, '/etc/passwd', '/etc/shadow']));
      expect([halves('later'), halves(account)]).toEqual([all, none]);
      expect(entry('shadow', 'root')?.[1]).toBe('$y$later');
      expect(entry('group', 'audio')?.[3]).toBe('later');
      expect(text(longConf)).toBe(lines('version 1', 'later'));
      expect(text(short)).toBe('level = 1\n');
      expect(readFileSync(`${result.keptAside}/${short}`, 'utf8')).toBe('level = 7\n');
      const expected = ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'].flatMap((name) => [
        name,
        `${name}-`,
      ]);
      const changed = (await changedPaths(old)).filter(
        (line) => !expected.includes(line.replace(/^\w+ \/etc\//, '')),
      );
      expect(changed).toEqual([`changed /${longConf}`]);
      expect(done(await recover(current.system))).toEqual({ transactions: [], cleaned: [] });
    });

    it('keep all accounts as they are when a rollback cannot merge them', async () => {
      await activated();
      await addUser('later');
      // In a group that the old system does not have.
      await inTree(current.root, ['usermod', '--append', '--groups', account, 'later']);
      const passwd = text('etc/passwd');
      const { kept, lost } = await rolledBack();
      expect(text('etc/passwd')).toBe(passwd);
      expect(entry('group', account)?.[3]).toBe('later');
      expect([lost.files, kept]).toEqual([[], expect.arrayContaining(['/etc/passwd', '/etc/group'])]);
    });

    it('refuse a number that both gave away, and name both accounts', async () => {
      const [id = ''] = readdirSync(at('var/lib/understudy/stages'));
      const staged = readFileSync(at(`var/lib/understudy/stages/${id}/upper/etc/passwd`), 'utf8');
      const uid = new RegExp(`^${account}:x:(\\d+):`, 'm').exec(staged)?.[1] ?? '';
      await addUser('someone', '--uid', uid);
      const { code, details } = await refusal(() => activate(current.system, { how: 'live' }));
      expect(code).toBe('CHANGED_MEANWHILE');
      expect(details.join('\n')).toContain(
        `/etc/passwd: ${uid} would have the number of another (someone, ${account}).`,
      );
      expect(details).toEqual(expect.arrayContaining(['/etc/passwd', '/etc/shadow']));
      expect((await reviewed()).conflicts.map(({ path }) => path)).not.toContain('etc/passwd');
    });

    it('leave what both changed to the user, who may decide or go on', async () => {
      edit(short, 'level = 1', 'level = 5');
      edit(longConf, 'last', 'mine');
      const problem = await refusal(() => activate(current.system, { how: 'live' }));
      expect([problem.code, problem.details]).toEqual(['CHANGED_MEANWHILE', [`/${short}`]]);
      const seen = await reviewed();
      const conflict = seen.conflicts.find(({ path }) => path === short);
      expect(conflict).toMatchObject({
        beside: `${short}.dpkg-dist`,
        package: 'understudy-practice-settings',
        kept: 'mine',
        decided: false,
        mine: 'level = 5\n',
        theirs: 'level = 2\n',
      });
      expect(seen.ready).toBe(true);
      const decisions = [{ conflict: conflict?.id ?? '', choice: 'theirs' as const }];
      done(await decide(current.system, { stage: seen.stage, decisions }));
      const before = await manifestOf(current.root);
      await activated();
      expect([text(short), text(`${short}.dpkg-old`)]).toEqual(['level = 2\n', 'level = 5\n']);
      expect(text(longConf)).toBe(lines('version 2', 'mine'));
      await rolledBack();
      expect(await differences(before, await manifestOf(current.root))).toEqual([]);
    });

    it('go on with mine in use, and theirs beside it, where nobody decides', async () => {
      edit(short, 'level = 1', 'level = 5');
      expect((await refusal(() => activate(current.system, { how: 'live' }))).code).toBe('CHANGED_MEANWHILE');
      await activated();
      expect([text(short), text(`${short}.dpkg-dist`)]).toEqual(['level = 5\n', 'level = 2\n']);
    });

    it('that were cut at any step are completed by recover', async () => {
      const before = [
        'merge:keep',
        'merge:note',
        'arrange',
        'merge:base',
        'merge:verify',
        'merge:record',
        'merge:clean',
      ];
      for (const [index, name] of before.entries()) {
        edit(longConf, index === 0 ? 'last' : `edit ${index - 1}`, `edit ${index}`);
        const onStep = (step: string): void => {
          if (step === name) throw new Error(`cut at ${name}`);
        };
        const settings = { reserveBytes: 16 * 1024 ** 2 };
        const outcome = await activate(openSystem(current.root, { settings, onStep }), { how: 'live' });
        expect(outcome.ok ? 'ok' : outcome.problem.details.join(), name).toContain(`cut at ${name}`);
        const { cleaned } = done(await recover(current.system));
        expect(cleaned, name).toEqual(
          name === 'merge:keep' ? [] : [expect.stringContaining('are merged into it')],
        );
        expect(done(await recover(current.system))).toEqual({ transactions: [], cleaned: [] });
        expect(text(longConf)).toBe(lines('version 1', `edit ${index}`));
      }
      await activated();
      expect(text(longConf)).toBe(lines('version 2', `edit ${before.length - 1}`));
    });
  },
);
