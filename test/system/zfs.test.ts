/**
 * A whole life on ZFS, through the verbs: an update is staged, switched to, started, and returned from. What is written in between goes
 * neither back nor away, and in the end nothing is left of it but the environment that runs.
 */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOrFault } from '../../electron/engine/process/run.js';
import type { Problem } from '../../shared/errors.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { oneFile } from '../lab/one-file.js';
import { inTree, practiceSystem } from '../lab/practice-system.js';
import { differences, manifestOf } from '../lab/tree-difference.js';
import { zfsImpossible } from '../lab/zfs-daemon.js';
import { moveIn, zfsLayouts, zfsSystem, type ZfsSystem } from '../lab/zfs-system.js';

const impossible = (await debianRootImpossible()) ?? (await zfsImpossible());

describe.skipIf(impossible !== undefined)(
  `environments on ZFS${impossible ? ` (${impossible})` : ''}`,
  () => {
    let place: ZfsSystem;
    let child = '';
    const at = (path: string): string => join(place.root, path);
    const read = (path: string): string => readFileSync(at(path), 'utf8');
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(at(path)), { recursive: true });
      appendFileSync(at(path), text);
    };
    /** In a process of its own, whose every thread has the mounts of this one. */
    const succeed = async (verb: string, options: unknown = {}): Promise<unknown> => {
      const argv = [process.execPath, child, place.root, verb, JSON.stringify(options), '0'] as const;
      const { stdout } = await runOrFault(argv, { timeoutMs: 240_000 });
      const { outcome } = JSON.parse(stdout) as {
        outcome: { ok: boolean; value?: unknown; problem?: Problem };
      };
      if (!outcome.ok) throw new Error(`${verb}: ${JSON.stringify(outcome.problem)}`);
      return outcome.value;
    };
    const start = async (): Promise<void> => {
      await place.boot();
      await succeed('recover');
    };
    const environments = async (): Promise<string[]> => {
      const argv = ['zfs', 'list', '-H', '-r', '-t', 'all', '-o', 'name', place.parent] as const;
      const { stdout } = await runOrFault(argv, { timeoutMs: 30_000 });
      return stdout.split('\n').flatMap((name) => (name.startsWith(`${place.parent}/`) ? [name] : []));
    };

    beforeAll(async () => {
      child = await oneFile('crash-child');
      const layout = zfsLayouts['Ubuntu: pool/ROOT/name with datasets below it, mounted by themselves'];
      place = await zfsSystem(layout, async (root) => moveIn(await practiceSystem(), root));
      for (const path of ['home/ann/letter', 'var/www/page', 'var/spool/job']) write(path, 'before\n');
      await start();
    });
    afterAll(() => place.dispose());

    it('goes there, carries what is written meanwhile, and comes back', { timeout: 300_000 }, async () => {
      const original = await manifestOf(place.root);
      await succeed('stage');
      expect(await differences(original, await manifestOf(place.root))).toEqual([]);
      expect(await succeed('activate', { how: 'live' })).toMatchObject({
        remarks: expect.arrayContaining(['The new system runs after the next restart.']) as string[],
      });
      const theirs = ['home/ann/letter', 'var/www/page', 'var/spool/job'];
      for (const path of theirs) write(path, 'after the switch\n');
      write('etc/late', 'late\n');
      write('var/lib/own/late', 'late\n');
      await inTree(place.root, ['useradd', '--no-create-home', 'between']);

      await start();
      expect((await differences(original, await manifestOf(place.root))).length).toBeGreaterThan(20);
      for (const path of ['etc/late', 'var/lib/own/late']) expect(read(path), path).toBe('late\n');
      for (const path of theirs) expect(read(path), path).toBe('before\nafter the switch\n');
      for (const account of [/^between:/m, /^understudy-practice:/m])
        expect(read('etc/passwd')).toMatch(account);

      write('etc/kept', 'made in the new one\n');
      await succeed('rollback');
      for (const path of theirs) write(path, 'before the start\n');
      await start();
      const own = /\/(home|var\/(spool|www)|etc\/(late|kept)|etc|var\/lib)\b/;
      const left = await differences(original, await manifestOf(place.root));
      expect(left.filter((line) => !own.test(line))).toEqual([]);
      expect(read('etc/kept')).toBe('made in the new one\n');
      expect(read('etc/passwd')).toMatch(/^between:/m);
      expect(read('etc/passwd')).not.toMatch(/^understudy-practice:/m);
      for (const path of theirs)
        expect(read(path), path).toBe('before\nafter the switch\nbefore the start\n');
      // Nothing is left but where it began, what runs, the store, and the snapshots between the first two.
      const names = (await environments()).map((name) => name.slice(place.parent.length + 1));
      expect(names.filter((name) => !/[@/]/.test(name))).toHaveLength(3);
      const snapshots = names.filter((name) => name.includes('@'));
      expect(snapshots).toHaveLength(5);
      expect(new Set(snapshots.map((name) => name.split('@')[1])).size).toBe(1);
    });
  },
);
