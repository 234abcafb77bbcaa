/**
 * A whole life on each layout of btrfs, through the verbs: an update is staged, switched to, started, and returned from. What people and
 * services keep inside the root's own subvolume goes neither back nor away, and the journal is the same one all along.
 */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate } from '../../electron/engine/activate.js';
import { history } from '../../electron/engine/history.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { recover } from '../../electron/engine/recover.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { facts } from '../../electron/engine/status.js';
import { openSystem, type System } from '../../electron/engine/system.js';
import type { Outcome } from '../../shared/errors.js';
import { btrfsLayouts, btrfsSystem, type BtrfsLayout, type BtrfsSystem } from '../lab/btrfs-system.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { diskImpossible } from '../lab/disk-image.js';
import { inTree, practiceSystemIn } from '../lab/practice-system.js';
import { differences as allDifferences, manifestOf } from '../lab/tree-difference.js';
import { isThorough, notAsked } from '../lab/thorough.js';
import { valueOf } from '../lab/value-of.js';

const impossible = (await debianRootImpossible()) ?? (await diskImpossible('btrfs'));

const codeOf = (outcome: Outcome<unknown>): string => (outcome.ok ? 'done' : outcome.problem.code);

/** Outside what is mounted of other subvolumes, and Understudy's folders on them and in the top level. */
const differences = async (...trees: Parameters<typeof allDifferences>): Promise<string[]> =>
  (await allDifferences(...trees)).filter((line) => !/\/[.@]understudy\b|\/\.snapshots\//.test(line));

const accountFiles = ['passwd', 'shadow', 'group', 'gshadow'];
/** Configuration that the update changes, and nobody changed before. */
const unedited = 'etc/understudy-practice/untouched.conf';

/** Places that no environment contains, though they lie in the root's subvolume. */
const theirs = ['home/ann/letter', 'root/note', 'srv/page', 'var/lib/postgresql/data', 'var/log/own.log'];

function alive(name: string, layout: BtrfsLayout): void {
  describe(name, () => {
    let place: BtrfsSystem;
    let system: System;
    const at = (path: string): string => join(place.root, path);
    const read = (path: string): string => readFileSync(at(path), 'utf8');
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(at(path)), { recursive: true });
      appendFileSync(at(path), text);
    };
    const subvolume = async (path: string): Promise<void> => {
      mkdirSync(dirname(at(path)), { recursive: true });
      await runOrFault(['btrfs', 'subvolume', 'create', at(path)], { timeoutMs: 30_000 });
      write(`${path}/file`, 'nested\n');
    };
    const start = async (): Promise<void> => {
      await place.boot();
      system = openSystem(place.root, { settings: { reserveBytes: 16 * 1024 ** 2 } });
      valueOf(await recover(system));
    };

    beforeAll(async () => {
      place = await btrfsSystem(layout, practiceSystemIn);
      for (const path of theirs) write(path, 'before\n');
      const nested = ['var/lib/machines', 'opt'];
      for (const path of nested) {
        rmSync(at(path), { recursive: true, force: true });
        await subvolume(path);
      }
      await start();
    });
    afterAll(() => place.dispose());

    it('goes there, carries what is written meanwhile, and comes back', { timeout: 300_000 }, async () => {
      const original = await manifestOf(place.root);
      valueOf(await stage(system));
      expect(await differences(original, await manifestOf(place.root))).toEqual([]);
      write('etc/mine', 'between staging and switch\n');
      symlinkSync('../../usr/local/lib', at('var/tmp/way'));
      const activated = valueOf(await activate(system, { how: 'live' }));
      expect(activated.remarks).toContain('The new system runs after the next restart.');
      expect(facts(system).restartPending).toBe(true);
      expect(read('etc/mine')).toBe('between staging and switch\n');

      // Until the restart the old system runs on, and nothing is begun on top of it.
      for (const path of theirs) write(path, 'after the switch\n');
      write('etc/late', 'late\n');
      await inTree(place.root, ['useradd', '--no-create-home', 'between']);
      chmodSync(at(unedited), 0o600);
      // A user's own: one in a new folder, and one behind what was a link when the new system was made.
      await subvolume('var/tmp/new/volume');
      rmSync(at('var/tmp/way'));
      await subvolume('var/tmp/way/systemd');
      expect(codeOf(await stage(system))).toBe('RESTART_PENDING');
      expect(codeOf(await activate(system))).toBe('RESTART_PENDING');

      await start();
      const after = await manifestOf(place.root);
      expect((await differences(original, after)).length).toBeGreaterThan(20);
      expect(read('etc/late')).toBe('late\n');
      // What the update changed too is merged: accounts by entry, and of a file here its content, there its permissions.
      for (const name of accountFiles) {
        expect(read(`etc/${name}`), name).toMatch(/^between:/m);
        expect(read(`etc/${name}`), name).toMatch(/^understudy-practice:/m);
      }
      expect([read(unedited), statSync(at(unedited)).mode & 0o777]).toEqual(['level = 2\n', 0o600]);
      expect(read('etc/mine')).toBe('between staging and switch\n');
      for (const path of theirs) expect(read(path), path).toBe('before\nafter the switch\n');
      for (const path of ['var/lib/machines', 'opt', 'var/tmp/new/volume', 'var/tmp/way/systemd'])
        expect(read(`${path}/file`), path).toBe('nested\n');
      expect(existsSync(at('usr/local/lib/systemd'))).toBe(false);
      expect(valueOf(await recover(system))).toEqual({ transactions: [], cleaned: [] });
      expect(facts(system)).toMatchObject({ restartPending: false, problem: null });

      for (const path of theirs) write(path, 'in the new one\n');
      write('etc/kept', 'made in the new one\n');
      await inTree(place.root, ['useradd', '--no-create-home', 'late']);
      const dry = valueOf(await rollback(system, { dryRun: true }));
      expect(dry.kept).toContain('/etc/kept');
      const back = valueOf(await rollback(system));
      expect(back.lost).toEqual({ packages: [], files: [] });
      expect(facts(system).restartPending).toBe(true);
      for (const path of theirs) write(path, 'before the start\n');
      await start();
      const returned = await manifestOf(place.root);
      const own = /\/(home|root|srv|var\/lib\/postgresql|etc\/(mine|late|kept)|etc|var\/lib|var\/tmp)\b/;
      expect((await differences(original, returned)).filter((line) => !own.test(line))).toEqual([]);
      expect(read('etc/kept')).toBe('made in the new one\n');
      // Of the accounts, the user's stay and the update's go, in all four files.
      for (const name of accountFiles) {
        expect(read(`etc/${name}`), name).toMatch(/^late:/m);
        expect(read(`etc/${name}`), name).toMatch(/^between:/m);
        expect(read(`etc/${name}`), name).not.toMatch(/^understudy-practice:/m);
      }
      for (const path of theirs)
        expect(read(path), path).toBe('before\nafter the switch\nin the new one\nbefore the start\n');
      for (const path of ['var/lib/machines', 'opt']) expect(read(`${path}/file`), path).toBe('nested\n');
      const { entries, restorePoints } = valueOf(await history(system));
      expect(entries.map(({ kind }) => kind)).toEqual(['rollback', 'activate', 'stage']);
      expect(restorePoints).toEqual([]);
      // Nothing is left but the tree that runs.
      expect(readdirSync(join(system.store, 'environments')).length).toBeLessThanOrEqual(1);
    });

    it('is taken back before it ever ran', { timeout: 300_000 }, async () => {
      const before = await manifestOf(place.root);
      valueOf(await stage(system));
      valueOf(await activate(system, { how: 'live' }));
      valueOf(await rollback(system));
      expect(await differences(before, await manifestOf(place.root))).toEqual([]);
      await start();
      expect(await differences(before, await manifestOf(place.root))).toEqual([]);
      expect(existsSync(join(system.store, 'arrival.json'))).toBe(false);
    });

    it(
      'leaves what is mounted from a staged environment until it is free',
      { timeout: 300_000 },
      async () => {
        const { stage: first } = valueOf(await stage(system));
        const [device] = (
          await runOrFault(['findmnt', '-nvo', 'SOURCE', place.root], { timeoutMs: 10_000 })
        ).stdout.split('\n');
        const mounted = join(place.top, '../mounted');
        mkdirSync(mounted, { recursive: true });
        const options = ['-o', `subvol=/@understudy/environments/${first}`];
        await runOrFault(['mount', '-t', 'btrfs', ...options, device ?? '', mounted], { timeoutMs: 10_000 });
        try {
          const { stage: second } = valueOf(await stage(system));
          expect(readdirSync(join(mounted, 'usr')).length).toBeGreaterThan(0);
          await run(['umount', mounted], { timeoutMs: 10_000 });
          valueOf(await recover(system));
          const names = readdirSync(join(system.store, 'environments'));
          expect(names.filter((name) => name.startsWith(first))).toEqual([]);
          expect(names).toContain(second);
          // Another program removes a snapshot: it is said, and a new one is made.
          const tree = join(system.store, 'environments', second);
          await runOrFault(['btrfs', 'subvolume', 'delete', tree], { timeoutMs: 30_000 });
          expect(codeOf(await activate(system, { how: 'live' }))).toBe('STAGE_DAMAGED');
          valueOf(await stage(system));
        } finally {
          await run(['umount', mounted], { timeoutMs: 10_000 });
        }
      },
    );
  });
}

describe.skipIf(impossible !== undefined)(
  `environments on btrfs${impossible ? ` (${impossible})` : ''}`,
  () => {
    // Those whose root is found in another way each time, and all of them on demand.
    const usual = ['Ubuntu, Mint, Arch: @ and @home', 'openSUSE: @/.snapshots/1/snapshot', 'the top level'];
    for (const [name, layout] of Object.entries(btrfsLayouts))
      if (usual.includes(name) || isThorough) alive(name, layout);
      else it.skip(`${name} (${notAsked})`, () => undefined);
  },
);
