/**
 * Conflicts are decided before the switch, on a real system: what the user chose is what the activated system has, with mode and
 * owner; a rollback brings the file before back, byte for byte; and a decision that is cut at any step is completed.
 */
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Conflict, Review } from '../../shared/changeset.js';
import type { Choice, Decision } from '../../shared/decision.js';
import type { Outcome } from '../../shared/errors.js';
import { activate } from '../../electron/engine/activate.js';
import { decide } from '../../electron/engine/decide.js';
import type { ManifestEntry } from '../../electron/engine/manifest/entry.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { recover } from '../../electron/engine/recover.js';
import { review } from '../../electron/engine/review.js';
import { rollback } from '../../electron/engine/rollback.js';
import { changeSettings } from '../../electron/engine/settings.js';
import { stage } from '../../electron/engine/stage.js';
import { facts } from '../../electron/engine/status.js';
import { openSystem, type System } from '../../electron/engine/system.js';
import { crash } from '../lab/crashes.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { removeRoot } from '../lab/template.js';
import { oneFile } from '../lab/one-file.js';
import { inTree, practiceSystem } from '../lab/practice-system.js';
import { differences, manifestOf } from '../lab/tree-difference.js';

const impossible = await debianRootImpossible();
const launcher = new URL('../../electron/cli/understudy.js', import.meta.url).pathname;

const settingsConf = 'etc/understudy-practice/settings.conf';
const otherConf = 'etc/understudy-practice/untouched.conf';
const mineText = '# practice settings\nspeed = 10\nshape = round\n# added by the user\ncolour = green\n';
const theirsText = '# practice settings\nspeed = 20\nshape = round\n';

let template = '';
let folder = '';
let root = '';
let id = '';
let system: System;
let before: ManifestEntry[] = [];

const at = (path: string): string => join(root, path);
const text = (path: string): string | null => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : null);
const open = (): System => openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } });

function done<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}
const reviewed = async (): Promise<Review> => done(await review(system));
const conflictOf = ({ conflicts }: Review, path: string): Conflict => {
  const found = conflicts.find((conflict) => conflict.path === path);
  if (!found) throw new Error(`no conflict about ${path}`);
  return found;
};
const chosen = async (choice: Choice, ...paths: string[]): Promise<Decision[]> => {
  const seen = await reviewed();
  return paths.map((path) => ({ conflict: conflictOf(seen, path).id, choice }));
};
const decided = async (choice: Choice, ...paths: string[]): Promise<Review> =>
  done(await decide(system, { stage: id, decisions: await chosen(choice, ...paths) }));
/** Of configuration files, as `kind path`. */
const changed = ({ files }: Review): string[] =>
  files
    .filter(({ path }) => path.startsWith('etc/understudy-practice/'))
    .map(({ kind, path }) => `${kind} ${path}`);

describe.skipIf(impossible !== undefined)(`decisions about conflicts (${impossible ?? 'runs'})`, () => {
  beforeAll(async () => {
    template = root = await practiceSystem();
    // Of a decision years ago: dpkg removes it when it asks again.
    writeFileSync(at(`${settingsConf}.dpkg-old`), 'of years ago\n');
    appendFileSync(at(otherConf), 'mine\n');
    chmodSync(at(settingsConf), 0o640);
    chownSync(at(settingsConf), 0, 8);
    system = open();
    before = await manifestOf(root);
    id = done(await stage(system, { scope: 'all' })).stage;
  });
  afterAll(() => removeRoot(template));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'understudy-decide-'));
    root = join(folder, 'root');
    await runOrFault(['cp', '-a', '--reflink=auto', template, root], { timeoutMs: 120_000 });
    system = open();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are offered with both texts, and nothing is decided by itself', async () => {
    const { conflicts } = await reviewed();
    expect(conflicts.map(({ path, kept, decided: is }) => [path, kept, is])).toEqual([
      [settingsConf, 'mine', false],
      [otherConf, 'mine', false],
    ]);
    expect(conflicts[0]).toMatchObject({
      beside: `${settingsConf}.dpkg-dist`,
      package: 'understudy-practice-settings',
      mine: mineText,
      theirs: theirsText,
    });
    expect(facts(system).staged).toMatchObject({ conflicts: 2, undecided: 2 });
  });

  it('are shown and taken by the command', async () => {
    const understudy = (...words: string[]) =>
      run([process.execPath, launcher, '--root', root, ...words], { timeoutMs: 120_000 });
    const open = await understudy('decide');
    expect(open.status).toBe(3);
    expect(open.stdout).toContain(`/${settingsConf}\n`);
    const one = await understudy('decide', 'theirs', `/${settingsConf}`);
    expect(one.status).toBe(3);
    expect(one.stdout).toContain(`/${settingsConf}  the package's is used`);
    expect((await understudy('decide', 'mine', otherConf)).status).toBe(0);
    const { conflicts } = await reviewed();
    expect(conflicts.map(({ path, kept, decided: is }) => [path, kept, is])).toEqual([
      [settingsConf, 'theirs', true],
      [otherConf, 'mine', true],
    ]);
    const unknown = await understudy('decide', 'theirs', '/etc/hosts', '--json');
    expect(unknown.status).toBe(2);
    expect(unknown.stdout).toContain('"CONFLICT_UNKNOWN"');
  });

  it('put the package’s version in place with the switch, and go with the rollback', async () => {
    const seen = await decided('theirs', settingsConf);
    expect(conflictOf(seen, settingsConf)).toMatchObject({
      kept: 'theirs',
      decided: true,
      beside: `${settingsConf}.dpkg-old`,
      // As they were when the update was staged.
      mine: mineText,
      theirs: theirsText,
    });
    expect(conflictOf(seen, otherConf)).toMatchObject({ kept: 'mine', decided: false });
    expect(seen.ready).toBe(true);
    expect(seen).toEqual(await reviewed());
    expect(changed(seen)).toEqual([
      `changed ${settingsConf}`,
      `changed ${settingsConf}.dpkg-old`,
      `added ${otherConf}.dpkg-dist`,
    ]);
    expect(facts(system).staged).toMatchObject({ conflicts: 2, undecided: 1 });
    expect(await differences(before, await manifestOf(root))).toEqual([]);

    // What root sets for Understudy itself is no part of all this.
    done(await changeSettings(system, { keepRestorePoints: 7 }));
    const active = done(await activate(system, { stage: id, how: 'live' }));
    expect(active.carried).toEqual([]);
    expect(text(settingsConf)).toBe(theirsText);
    expect(text(`${settingsConf}.dpkg-old`)).toBe(mineText);
    expect(text(`${settingsConf}.dpkg-dist`)).toBeNull();
    for (const path of [settingsConf, `${settingsConf}.dpkg-old`]) {
      const { mode, uid, gid } = statSync(at(path));
      expect([mode & 0o7777, uid, gid], path).toEqual([0o640, 0, 8]);
    }
    expect(text(otherConf)).toBe('level = 1\nmine\n');
    expect((await inTree(root, ['dpkg', '--audit'])).trim()).toBe('');
    expect(
      await inTree(root, ['sh', '-c', 'dpkg --verify understudy-practice-settings || true']),
    ).not.toContain('settings.conf');

    done(await changeSettings(system, { batteryPercent: 11 }));
    const back = done(await rollback(system));
    expect({ lost: back.lost, kept: back.kept }).toEqual({ lost: { packages: [], files: [] }, kept: [] });
    expect(await differences(before, await manifestOf(root))).toEqual([]);
    expect(openSystem(root).settings).toMatchObject({ keepRestorePoints: 7, batteryPercent: 11 });
  });

  it('can be taken back, again and again, and then leave no trace but the files’ names', async () => {
    const first = await reviewed();
    await decided('theirs', settingsConf, otherConf);
    await decided('mine', settingsConf);
    await decided('theirs', settingsConf);
    const last = await decided('mine', settingsConf, otherConf);
    expect(last.conflicts).toEqual(first.conflicts.map((conflict) => ({ ...conflict, decided: true })));
    expect(changed(last)).toEqual(changed(first));
    expect(facts(system).staged).toMatchObject({ undecided: 0 });
    // The user's own file is the current one still: an edit of it now collides with nothing.
    appendFileSync(at(settingsConf), 'edited meanwhile\n');
    const { carried } = done(await activate(system, { stage: id, how: 'live' }));
    expect(carried).toEqual([`/${settingsConf}`]);
    expect(text(settingsConf)).toBe(`${mineText}edited meanwhile\n`);
    expect(text(`${settingsConf}.dpkg-dist`)).toBe(theirsText);
    expect(text(`${settingsConf}.dpkg-old`)).toBeNull();
  });

  it('do not overwrite what the user wrote into the file since', async () => {
    await decided('theirs', settingsConf);
    appendFileSync(at(settingsConf), 'edited meanwhile\n');
    const outcome = await activate(system, { stage: id, how: 'live' });
    expect(outcome).toMatchObject({
      ok: false,
      problem: { code: 'CHANGED_MEANWHILE', details: [`/${settingsConf}`] },
    });
    expect(text(settingsConf)).toBe(`${mineText}edited meanwhile\n`);
  });

  it('are checked as a whole before anything is done', async () => {
    const first = await reviewed();
    const [good] = await chosen('theirs', settingsConf);
    if (!good) throw new Error('no conflict');
    const unknown: Decision = { conflict: 'conflict-0000000000000000', choice: 'theirs' };
    const attempt = async (stageId: string, ...decisions: Decision[]) => {
      const outcome = await decide(system, { stage: stageId, decisions });
      expect(await reviewed()).toEqual(first);
      return outcome.ok ? 'ok' : `${outcome.problem.code} ${outcome.problem.details.join(' ')}`;
    };
    expect(await attempt(id, good, unknown)).toBe(`CONFLICT_UNKNOWN ${unknown.conflict}`);
    expect(await attempt(id, good, { ...good, choice: 'mine' })).toMatch(/^USAGE /);
    expect(await attempt('stage-none', good)).toMatch(/^STAGE_UNKNOWN/);
    expect(await attempt('../../etc', good)).toMatch(/^STAGE_UNKNOWN/);
  });

  it('give no new seal to a staged environment that someone altered', async () => {
    writeFileSync(join(root, 'var/lib/understudy/stages', id, 'upper/etc/planted'), 'x');
    const outcome = await decide(system, { stage: id, decisions: await chosen('theirs', settingsConf) });
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'STAGE_DAMAGED' } });
    expect(conflictOf(await reviewed(), settingsConf)).toMatchObject({ kept: 'mine', decided: false });
  });

  it(
    'that are cut at any step are completed by recover, also when that is cut',
    { timeout: 900_000 },
    async () => {
      const pristine = join(folder, 'store');
      const store = join(root, 'var/lib/understudy');
      await runOrFault(['cp', '-a', store, pristine], { timeoutMs: 60_000 });
      const child = await oneFile('crash-child');
      const decisions = [...(await chosen('theirs', settingsConf)), ...(await chosen('mine', otherConf))];
      const asWas = await reviewed();
      const asDecided = done(await decide(system, { stage: id, decisions }));
      const seen = { before: 0, after: 0 };
      let cuts = 0;
      for (let dieAt = 1; ; dieAt += 1) {
        // The folder itself stays, or the one above would have another time.
        for (const name of readdirSync(store)) rmSync(join(store, name), { recursive: true });
        await runOrFault(['cp', '-a', `${pristine}/.`, store], { timeoutMs: 60_000 });
        const ended = await crash(child, root, 'decide', { stage: id, decisions }, dieAt);
        if (!ended.killed) {
          expect(ended.outcome.ok, JSON.stringify(ended.outcome)).toBe(true);
          expect(await reviewed()).toEqual(asDecided);
          break;
        }
        cuts += 1;
        // Only the first cuts of `recover` are its own; then it completes, and does nothing the second time.
        for (let at = 1; at <= 3 && (await crash(child, root, 'recover', {}, at)).killed; at += 1) cuts += 1;
        done(await recover(system));
        expect(done(await recover(system))).toEqual({ transactions: [], cleaned: [] });
        const now = await reviewed();
        const isDecided = conflictOf(now, settingsConf).decided;
        expect(now, `step ${dieAt}`).toEqual(isDecided ? asDecided : asWas);
        seen[isDecided ? 'after' : 'before'] += 1;
        expect(await differences(before, await manifestOf(root))).toEqual([]);
      }
      console.log(`decide: killed ${cuts} times: ${seen.before} as before, ${seen.after} completed`);
      expect(seen.before).toBeGreaterThanOrEqual(2);
      expect(seen.after).toBeGreaterThanOrEqual(4);
      // It is sealed, and good for a switch.
      done(await activate(system, { stage: id, how: 'live' }));
      expect(text(settingsConf)).toBe(theirsText);
      done(await rollback(system));
      expect(await differences(before, await manifestOf(root))).toEqual([]);
    },
  );

  it('that cannot be completed cost the stage, and nothing else', async () => {
    const record = join(root, 'var/lib/understudy/stages', id, 'stage.json');
    const decisions = await chosen('theirs', settingsConf);
    const content = JSON.parse(readFileSync(record, 'utf8')) as object;
    writeFileSync(record, JSON.stringify({ ...content, deciding: decisions }));
    const { transactions, cleaned } = done(await recover(system));
    expect(transactions).toEqual([]);
    expect(cleaned).toEqual([expect.stringMatching(new RegExp(`^${id}: removed, `))]);
    expect(facts(system)).toMatchObject({ staged: null, problem: null });
    expect(await differences(before, await manifestOf(root))).toEqual([]);
  });
});
