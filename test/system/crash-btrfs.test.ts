/**
 * A power cut at every step on btrfs, where a switch is in effect at the next start: the engine is killed at each journaled record and
 * each change in stage, activate, rollback and in the recovery at the start; then the system is started, and is exactly old or new.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultOf, subvolumeAt } from '../../electron/engine/environments/btrfs/subvolumes.js';
import type { ManifestEntry } from '../../electron/engine/manifest/entry.js';
import { raw } from '../../electron/engine/posix/raw-path.js';
import { runOrFault } from '../../electron/engine/process/run.js';
import { btrfsLayouts, btrfsSystem, type BtrfsLayout, type BtrfsSystem } from '../lab/btrfs-system.js';
import { crash, type Crashed } from '../lab/crashes.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { diskImpossible } from '../lab/disk-image.js';
import { succeedIn } from '../lab/engine-verbs.js';
import { oneFile } from '../lab/one-file.js';
import { inTree, practiceSystemIn } from '../lab/practice-system.js';
import { differences, manifestOf } from '../lab/tree-difference.js';
import { isThorough, notAsked } from '../lab/thorough.js';

const impossible = (await debianRootImpossible()) ?? (await diskImpossible('btrfs'));

function cutEverywhere(name: string, layout: BtrfsLayout): void {
  describe(name, () => {
    let child = '';
    let place: BtrfsSystem;
    let before: ManifestEntry[] = [];
    let after: ManifestEntry[] = [];

    const engine = (verb: string, options: unknown, dieAt: number): Promise<Crashed> =>
      crash(child, place.root, verb, options, dieAt);
    const succeed = async (verb: string, options: unknown = {}): Promise<unknown> =>
      (await succeedIn(place.root, verb, options)).value;
    const start = async (): Promise<void> => {
      await place.boot();
      await succeed('recover');
      // Who mounts the file system without a name, as a rescue system does, finds what runs.
      expect(defaultOf(raw(place.root))).toBe(subvolumeAt(raw(place.root))?.id);
    };
    /** `old`, `new`, or the differences to both. */
    async function state(): Promise<string> {
      const now = await manifestOf(place.root);
      const toOld = await differences(before, now);
      if (toOld.length === 0) return 'old';
      // Every staging gives what it makes a time of its own, and ldconfig notes such times.
      const ofStaging = / \(time\)$|\/var\/cache\/ldconfig\/aux-cache /;
      const toNew = (await differences(after, now)).filter((line) => !ofStaging.test(line));
      if (toNew.length === 0) return 'new';
      return `a mix; to the old: ${toOld.slice(0, 6).join('; ')}; to the new: ${toNew.slice(0, 6).join('; ')}`;
    }
    const trees = (): number => readdirSync(join(place.root, 'var/lib/understudy/environments')).length;

    beforeAll(async () => {
      child = await oneFile('crash-child');
      place = await btrfsSystem(layout, practiceSystemIn);
      await runOrFault(['btrfs', 'subvolume', 'set-default', place.root], { timeoutMs: 30_000 });
      await start();
      before = await manifestOf(place.root);
      await succeed('stage');
      await succeed('activate', { how: 'live' });
      await start();
      after = await manifestOf(place.root);
      expect((await differences(before, after)).length).toBeGreaterThan(20);
      await succeed('rollback');
      await start();
      expect(await state()).toBe('old');
    });
    afterAll(() => place.dispose());

    it('at every step of a staging leaves the system untouched', { timeout: 900_000 }, async () => {
      let steps = 0;
      for (let dieAt = 1; ; dieAt += 1) {
        const ended = await engine('stage', { scope: 'all' }, dieAt);
        if (!ended.killed) {
          expect(ended.outcome.ok, JSON.stringify(ended.outcome)).toBe(true);
          break;
        }
        steps += 1;
        await start();
        expect(await state(), `step ${dieAt}`).toBe('old');
        // A finished stage has two trees, and the one that runs may be ours.
        expect(trees(), `what step ${dieAt} left`).toBeLessThanOrEqual(3);
      }
      console.log(`${name}: staging killed at each of ${steps} steps`);
      expect(steps).toBeGreaterThanOrEqual(6);
    });

    it('at every step of a switch leaves the old system or the new one', { timeout: 1_800_000 }, async () => {
      const seen = { old: 0, new: 0 };
      for (let dieAt = 1; ; dieAt += 1) {
        const ended = await engine('activate', { how: 'live' }, dieAt);
        expect(await state(), `running at step ${dieAt}`).toBe('old');
        if (!ended.killed) {
          expect(ended.outcome.ok, JSON.stringify(ended.outcome)).toBe(true);
          break;
        }
        await start();
        const now = await state();
        expect(['old', 'new'], `step ${dieAt}: ${now}`).toContain(now);
        seen[now as 'old' | 'new'] += 1;
        expect(await succeed('recover')).toMatchObject({ transactions: [], cleaned: [] });
        if (now === 'old') continue;
        await succeed('rollback');
        await start();
        expect(await state(), `taken back after step ${dieAt}`).toBe('old');
        await succeed('stage', { scope: 'all' });
      }
      console.log(`${name}: switch killed at ${seen.old + seen.new} steps: ${seen.old} old, ${seen.new} new`);
      expect(seen.old).toBeGreaterThan(5);
      expect(seen.new).toBeGreaterThan(2);
    });

    it('at every step of the first start completes it', { timeout: 1_800_000 }, async () => {
      // The switch of the test before waits for this start.
      await place.boot();
      let cuts = 0;
      for (let dieAt = 1; (await engine('recover', {}, dieAt)).killed; dieAt += 1) {
        cuts += 1;
        await place.boot();
      }
      expect(cuts).toBeGreaterThan(2);
      expect(await state()).toBe('new');
    });

    it(
      'at every step of a rollback leaves the old system or the new one',
      { timeout: 1_800_000 },
      async () => {
        const seen = { old: 0, new: 0 };
        for (let dieAt = 1; ; dieAt += 1) {
          const ended = await engine('rollback', {}, dieAt);
          expect(await state(), `running at step ${dieAt}`).toBe('new');
          await start();
          const now = await state();
          if (!ended.killed) {
            expect(ended.outcome.ok, JSON.stringify(ended.outcome)).toBe(true);
            expect(now).toBe('old');
            break;
          }
          expect(['old', 'new'], `step ${dieAt}: ${now}`).toContain(now);
          seen[now as 'old' | 'new'] += 1;
          if (now === 'new') continue;
          await succeed('stage', { scope: 'all' });
          await succeed('activate', { how: 'live' });
          await start();
          expect(await state(), `activated again after step ${dieAt}`).toBe('new');
        }
        console.log(
          `${name}: rollback killed at ${seen.old + seen.new} steps: ${seen.old} old, ${seen.new} new`,
        );
        expect(seen.new).toBeGreaterThan(3);
        expect(seen.old).toBeGreaterThan(2);
        expect(trees()).toBeLessThanOrEqual(1);
      },
    );

    it(
      'at every step of a first start brings what was written late, once',
      { timeout: 900_000 },
      async () => {
        const at = (path: string): string => join(place.root, path);
        const unedited = at('etc/understudy-practice/untouched.conf');
        const subvolume = async (path: string): Promise<void> => {
          mkdirSync(dirname(at(path)), { recursive: true });
          rmSync(at(path), { recursive: true, force: true });
          await runOrFault(['btrfs', 'subvolume', 'create', at(path)], { timeoutMs: 30_000 });
          writeFileSync(at(`${path}/file`), 'nested\n');
        };
        await subvolume('opt'); // a part of the system, which the system before keeps too
        await succeed('stage', { scope: 'all' });
        await succeed('activate', { how: 'live' });
        await inTree(place.root, ['useradd', '--no-create-home', 'late']);
        chmodSync(unedited, 0o600);
        writeFileSync(at('etc/late'), 'late\n');
        await subvolume('var/tmp/late/nested');
        await place.boot();
        let cuts = 0;
        for (let dieAt = 1; (await engine('recover', {}, dieAt)).killed; dieAt += 1) {
          cuts += 1;
          await place.boot();
        }
        console.log(`${name}: first start killed at ${cuts} steps`);
        expect(cuts).toBeGreaterThan(5);
        for (const file of ['passwd', 'shadow', 'group', 'gshadow']) {
          const accounts = readFileSync(at(`etc/${file}`), 'utf8');
          for (const account of [/^late:/gm, /^understudy-practice:/gm])
            expect(accounts.match(account), `${String(account)} in ${file}`).toHaveLength(1);
        }
        expect(readFileSync(unedited, 'utf8')).toBe('level = 2\n');
        expect(statSync(unedited).mode & 0o777).toBe(0o600);
        expect(readFileSync(at('etc/late'), 'utf8')).toBe('late\n');
        for (const path of ['opt/file', 'var/tmp/late/nested/file'])
          expect(readFileSync(at(path), 'utf8'), path).toBe('nested\n');
        // Nothing had to be kept aside, and nothing of the way is left.
        const store = readdirSync(at('var/lib/understudy'));
        expect(store.filter((entry) => ['kept', 'arrival.json', 'arrival-merged'].includes(entry))).toEqual(
          [],
        );
        expect(readdirSync(place.root).filter((entry) => entry.endsWith('.understudy'))).toEqual([]);
        await succeed('rollback');
        await start();
        expect(readFileSync(at('opt/file'), 'utf8')).toBe('nested\n');
        expect(readFileSync(at('etc/passwd'), 'utf8')).toMatch(/^late:/m);
      },
    );
  });
}

describe.skipIf(impossible !== undefined)(
  `a power cut on btrfs${impossible ? ` (${impossible})` : ''}`,
  () => {
    // Both ways of finding the root lead through the same steps: the second one on demand.
    const [usual, further] = ['Ubuntu, Mint, Arch: @ and @home', 'a default subvolume'] as const;
    cutEverywhere(usual, btrfsLayouts[usual]);
    if (isThorough) cutEverywhere(further, btrfsLayouts[further]);
    else it.skip(`${further} (${notAsked})`, () => undefined);
  },
);
