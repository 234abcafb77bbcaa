/** The switch to a staged environment and back: exact there, exact back, every step repeatable, also after a restart. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clone, Preparation, Switch } from '../../../electron/engine/environments/environment.js';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { bytes, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';
import { diskEntries } from './clones.js';
import { contrast, type Description } from './description.js';
import {
  areas,
  describeClone,
  describeCurrent,
  freshId,
  stagedClone,
  start,
  type Workbench,
} from './fixture.js';
import { rehearsal } from './scenario.js';

/** What a rehearsal does elsewhere: a kernel, a new folder at the top, the package database. */
const elsewhere = `
set -e
mkdir -p /boot/folder /newtop/deep
echo kernel > /boot/vmlinuz-9; echo grub > /boot/folder/file
echo top > /newtop/deep/file
echo extra >> /var/lib/dpkg/available
echo changed >> /etc/issue
`;

/**
 * The time of a folder in which something was made and removed again is no change; the root's own and that of the folder with
 * the stand-in for invoke-rc.d (policy-rc.d) are such.
 */
const isDifference = (line: string): boolean =>
  !/^[-+] d .* (\.|\.\/usr\/sbin|\S+\/dir-temporary)$/.test(line);

export function switchesAreExact(bench: Workbench): void {
  let before: ManifestEntry[] = [];
  let clone: Clone;
  let staged: Description;
  let changed: string[] = [];

  beforeAll(async () => {
    before = await manifestOf(bench.system.root);
    clone = await stagedClone(bench, rehearsal);
    const { environment, system } = bench;
    const session = await environment.session(system, clone, { network: 'none', binds: [] });
    const result = await session.run(['sh', '-c', elsewhere], { timeoutMs: 30_000 });
    await session.close();
    expect(result).toMatchObject({ status: 0, stderr: '' });
    staged = await describeClone(bench, clone);
    await environment.seal(system, clone);
    changed = environment.changes(clone).map(({ path }) => path);
  });
  afterAll(() => bench.environment.destroy(bench.system, clone.id));

  const prepare = (restorePoint: string, atomic: boolean): Preparation =>
    bench.environment.prepare(bench.system, {
      restorePoint,
      clone,
      changes: bench.environment.changes(clone),
      database: ['var/lib/dpkg' as RawPath],
      keep: ['var/lib/dpkg/lock' as RawPath],
      atomic,
    });
  const unchanged = async (): Promise<void> =>
    expect(await differences(before, await manifestOf(bench.system.root))).toEqual([]);

  for (const atomic of [true, false]) {
    describe(atomic ? 'in one step' : 'piece by piece', () => {
      const restorePoint = freshId('point');
      let prepared: Preparation;
      /** As after a restart of the process: from the records alone. */
      const read = (): Switch => bench.environment.readSwitch(bench.system, restorePoint);
      afterAll(() => bench.environment.destroyRestorePoint(bench.system, restorePoint));

      it('are prepared without touching the current environment', async () => {
        expect(bench.environment.hasSwitch(bench.system, restorePoint)).toBe(false);
        prepared = prepare(restorePoint, atomic);
        expect(prepared.changedMeanwhile()).toEqual([]);
        expect(prepared.ownBytes).toBeGreaterThan(0);
        expect(bench.environment.hasSwitch(bench.system, restorePoint)).toBe(true);
        expect(read().isSwitched() ?? false).toBe(false);
        await unchanged();
      });

      it('add the kernel early, and take it back exactly', async () => {
        const onlyEarly = (line: string): boolean => !/ \/boot( |\/|$)/.test(line);
        for (let turn = 0; turn < 2; turn += 1) read().addEarly();
        // Where /boot changes with everything else, there is nothing to be early with.
        const waits = read().exchanges('boot/vmlinuz-9' as RawPath);
        expect(existsSync(join(bench.system.root, 'boot/vmlinuz-9'))).toBe(!waits);
        expect((await differences(before, await manifestOf(bench.system.root))).filter(onlyEarly)).toEqual(
          [],
        );
        for (let turn = 0; turn < 2; turn += 1) read().undoEarly();
        await unchanged();
        read().addEarly();
      });

      it('make the current environment exactly what the session saw', async () => {
        for (let turn = 0; turn < 2; turn += 1) {
          read().switchOver();
          expect(read().isSwitched() ?? true).toBe(true);
          expect(read().isReturned()).toBe(false);
          expect(read().settle().left).toEqual([]);
          expect(read().damages()).toEqual([]);
          expect(read().isInEffect()).toBe(turn > 0 || bench.environment.takesEffect === 'at-once');
          await start(bench);
          expect(read().isInEffect()).toBe(true);
          expect(contrast(staged, await describeCurrent(bench)).filter(isDifference)).toEqual([]);
        }
      });

      it('keep holes as holes', () => {
        for (const area of areas) {
          const { size, blocks } = lstatSync(join(bench.system.root, area, 'sparse-new'));
          expect(size).toBeGreaterThan(60 * 1024 ** 2);
          expect(blocks * 512).toBeLessThan(1024 ** 2);
        }
      });

      it('read the environment before while the new one is in use', () => {
        const view = read().viewBefore();
        const names = view.list('etc/conformance' as RawPath) ?? [];
        expect(names).toContain('remove');
        expect(names).not.toContain('added');
        expect(view.list('boot' as RawPath)).not.toContain('vmlinuz-9');
        for (const area of areas) {
          const old = view.locate(`${area}/edit` as RawPath);
          expect(old !== undefined && readFileSync(bytes(old), 'utf8')).toBe('content of edit\n');
          expect(view.locate(`${area}/added` as RawPath)).toBeUndefined();
          expect(
            read()
              .viewBefore()
              .locate(`${area}/added` as RawPath),
          ).toBeUndefined();
          const kept = read()
            .viewBefore()
            .locate(`${area}/remove` as RawPath);
          expect(kept !== undefined && readFileSync(bytes(kept), 'utf8')).toBe('content of remove\n');
          expect(read().exchanges(`${area}/edit` as RawPath)).toBe(
            bench.environment.takesEffect === 'at-start' || (atomic && area.startsWith('usr/')),
          );
        }
        const paths = [...read().changedPaths()].sort();
        expect(paths).toEqual(changed);
      });

      it('bring the environment before back, byte for byte', async () => {
        for (let turn = 0; turn < 2; turn += 1) {
          read().switchBack();
          expect(read().settleBack('backward').left).toEqual([]);
          expect(read().isReturned()).toBe(read().isSwitched() === false);
          await start(bench);
          await unchanged();
        }
      });

      it('are refused when their records are damaged, and named when a piece is missing', async () => {
        const { environment, system } = bench;
        const point = freshId('point');
        prepare(point, atomic);
        const folder = join(system.store, 'restore-points', point);
        await bench.fixture.takeAway(system, point);
        const missing = environment
          .readSwitch(system, point)
          .damages()
          .filter((line) => line.endsWith('is missing'));
        expect(missing).toHaveLength(1);
        writeFileSync(
          join(folder, bench.fixture.list),
          readFileSync(join(folder, bench.fixture.list)).subarray(0, 100),
        );
        const damaged = expect.objectContaining({ code: 'RESTORE_POINT_DAMAGED' }) as Error;
        expect(() => environment.readSwitch(system, point).damages()).toThrow(damaged);
        for (const record of readdirSync(folder).filter((name) => name.endsWith('.json')))
          writeFileSync(join(folder, record), '{}');
        expect(() => environment.readSwitch(system, point)).toThrow(damaged);
        environment.destroyRestorePoint(system, point);
      });

      it('leave nothing behind once they are destroyed', async () => {
        const { environment, system } = bench;
        environment.destroyRestorePoint(system, restorePoint);
        environment.destroyRestorePoint(system, restorePoint);
        expect(environment.hasSwitch(system, restorePoint)).toBe(false);
        expect(environment.restorePoints(system)).toEqual([]);
        expect(diskEntries(bench).filter((path) => path.includes(restorePoint))).toEqual([]);
        await unchanged();
      });
    });
  }

  it('notice who writes to the folders meanwhile, or bring it along', async () => {
    const { environment, system } = bench;
    const point = freshId('point');
    const prepared = prepare(point, true);
    const written = join(system.root, 'usr/share/meanwhile');
    writeFileSync(written, 'mine');
    if (prepared.changedMeanwhile().length > 0) {
      expect(prepared.changedMeanwhile()).toEqual(['usr/share']);
    } else {
      prepared.switch.switchOver();
      prepared.switch.settle();
      writeFileSync(join(system.root, 'etc/meanwhile'), 'later');
      const [log, data] = ['var/log/meanwhile', 'var/lib/meanwhile'].map((path) => join(system.root, path));
      const write = (text: string): void => [log, data].forEach((path) => writeFileSync(path ?? '', text));
      mkdirSync(join(system.root, 'var/log'), { recursive: true });
      write('of the one before');
      const aside = await start(bench, () => {
        mkdirSync(join(system.root, 'var/log'), { recursive: true });
        write('of the new one');
      });
      // Both wrote it: a log goes on by itself, of everything else nothing is lost.
      expect(aside).toEqual(environment.takesEffect === 'at-start' ? ['var/lib/meanwhile'] : []);
      expect(readFileSync(log ?? '', 'utf8')).toBe('of the new one');
      expect(readFileSync(written, 'utf8')).toBe('mine');
      expect(readFileSync(join(system.root, 'etc/meanwhile'), 'utf8')).toBe('later');
      expect(existsSync(join(system.root, 'usr/share/conformance/added'))).toBe(true);
      const back = environment.readSwitch(system, point);
      back.switchBack();
      back.settleBack('backward');
      await start(bench);
      rmSync(join(system.root, 'etc/meanwhile'));
      for (const path of [log, data]) rmSync(path ?? '', { force: true });
    }
    rmSync(written);
    environment.destroyRestorePoint(system, point);
    expect(environment.restorePoints(system)).toEqual([]);
  });
}
