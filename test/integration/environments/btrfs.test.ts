/** What btrfs does for environments, on a real file system: layouts that are refused and why, a disk that is full, and what other programs do meanwhile. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentFor } from '../../../electron/engine/engine.js';
import { btrfsDriver } from '../../../electron/engine/environments/btrfs/btrfs-driver.js';
import { faultOf } from '../../../electron/engine/fault.js';
import { backendsOf } from '../../../electron/engine/inspect/backends.js';
import type { RawPath } from '../../../electron/engine/posix/raw-path.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { btrfsLayouts, btrfsSystem, type BtrfsLayout, type BtrfsSystem } from '../../lab/btrfs-system.js';
import { diskImpossible } from '../../lab/disk-image.js';
import { writeUntilFull } from '../../lab/fill.js';

const impossible = await diskImpossible('btrfs');
const usual = btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'];
/** Of what fills a disk. */
const pieceBytes = 2 ** 21;
const fault = (code: string): Error => expect.objectContaining({ code }) as Error;
const command = (name: string, ...words: string[]): string =>
  execFileSync(name, words, { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] });

describe.skipIf(impossible !== undefined)(`btrfs${impossible ? ` (${impossible})` : ''}`, () => {
  let place: BtrfsSystem;
  let system: System;
  const at = (path: string): string => join(place.root, path);
  const open = async (layout: BtrfsLayout, mebibytes = 200): Promise<void> => {
    place = await btrfsSystem(
      layout,
      (root) => {
        for (const folder of ['usr/bin', 'etc', 'var/lib/understudy'])
          mkdirSync(join(root, folder), { recursive: true });
        writeFileSync(join(root, 'etc/file'), 'old');
        return Promise.resolve();
      },
      mebibytes,
    );
    system = openSystem(place.root);
  };
  const find = (id: string): RawPath => {
    const found = btrfsDriver.find(system, id);
    if (found === undefined) throw new Error(`${id} is gone`);
    return found;
  };
  /** Of a folder that is made to look like a root. */
  const inside = (path: string): System => {
    for (const folder of ['usr', 'etc', 'var/lib']) mkdirSync(join(path, folder), { recursive: true });
    return openSystem(path);
  };

  describe('in a layout that cannot have environments', () => {
    beforeEach(() => open(usual));
    afterEach(() => place.dispose());

    /** The reason; and that folders are taken instead. */
    const refusal = (of: System): string => {
      const reason = btrfsDriver.obstacle(of);
      expect(reason).toBeDefined();
      expect(environmentFor(of).name).toBe('tree');
      expect(backendsOf(of).find(({ name }) => name === 'btrfs')).toMatchObject({ usable: false, reason });
      return reason ?? '';
    };

    it('says so of a root that is a folder in a subvolume', () => {
      expect(refusal(inside(at('inner')))).toContain('a folder inside a subvolume');
    });

    it('says so of a root that is mounted read-only', () => {
      command('mount', '-o', 'remount,ro', place.root);
      expect(refusal(system)).toContain('mounted read-only');
    });

    it('says so of a snapshot that was started to look at it', () => {
      command('btrfs', 'subvolume', 'snapshot', '-r', place.root, join(place.top, 'kept'));
      command('umount', '--recursive', place.root);
      const source = command('findmnt', '--noheadings', '--output', 'SOURCE', place.top).trim();
      command('mount', '-t', 'btrfs', '-o', 'subvol=kept', source.replace(/\[.*/, ''), place.root);
      expect(refusal(system)).toContain('read-only snapshot');
    });

    it('says so where the folder of Understudy is a disk of its own', () => {
      command('mount', '-t', 'tmpfs', 'tmpfs', system.store);
      expect(refusal(system)).toContain('a file system of its own');
    });
  });

  describe('in the usual layout', () => {
    beforeEach(async () => {
      await open(usual);
      btrfsDriver.attach(system, { create: true });
    });
    afterEach(() => place.dispose());

    it('tells of a tree that another program removed, and forgets it', () => {
      const id = btrfsDriver.take(system, 'one', { readOnly: false });
      command('btrfs', 'subvolume', 'delete', find(id));
      expect(btrfsDriver.find(system, id)).toBeUndefined();
      expect(btrfsDriver.own(system)).toEqual([]);
      expect(btrfsDriver.mountPoints(system, id)).toEqual([]);
      mkdirSync(at('look'));
      const look = join(place.root, 'look') as RawPath;
      for (const use of [
        () => btrfsDriver.take(system, 'two', { readOnly: true, of: id }),
        () => btrfsDriver.mountAt(system, id, look),
        () => btrfsDriver.setNext(system, btrfsDriver.way(system), id),
      ])
        expect(use).toThrow(fault('STAGE_DAMAGED'));
      expect(btrfsDriver.next(system, btrfsDriver.way(system))).toBe(btrfsDriver.current(system));
      btrfsDriver.remove(system, 'one');
      expect(btrfsDriver.own(system)).toEqual([]);
    });

    it('leaves a tree in which something is mounted, or in which someone keeps a subvolume', () => {
      const id = btrfsDriver.take(system, 'one', { readOnly: false });
      const there = join(find(id), 'srv');
      mkdirSync(there);
      command('mount', '-t', 'tmpfs', 'tmpfs', there);
      expect(() => btrfsDriver.remove(system, 'one')).toThrow(fault('ENVIRONMENT_IN_USE'));
      command('umount', there);
      command('btrfs', 'subvolume', 'create', join(there, 'theirs'));
      writeFileSync(join(there, 'theirs/file'), 'precious');
      expect(() => btrfsDriver.remove(system, 'one')).toThrow(fault('ENVIRONMENT_IN_USE'));
      expect(readFileSync(join(there, 'theirs/file'), 'utf8')).toBe('precious');
      command('btrfs', 'subvolume', 'delete', join(there, 'theirs'));
      btrfsDriver.remove(system, 'one');
      expect(btrfsDriver.find(system, id)).toBeUndefined();
    });
  });

  describe('on a disk that is full', () => {
    beforeEach(() => open(usual, 128));
    afterEach(() => place.dispose());

    it('says that a clone cannot grow, takes it away, and goes on when there is room', () => {
      btrfsDriver.attach(system, { create: true });
      const id = btrfsDriver.take(system, 'one', { readOnly: false });
      const clone = find(id);
      expect(faultOf(writeUntilFull(join(clone, 'etc'), pieceBytes)).code).toBe('NO_SPACE');
      expect(readFileSync(at('etc/file'), 'utf8')).toBe('old');
      btrfsDriver.remove(system, 'one');
      expect(btrfsDriver.own(system)).toEqual([]);
      expect(existsSync(clone)).toBe(false);
      command('btrfs', 'filesystem', 'sync', place.root); // else it is cleared away half a minute later
      command('btrfs', 'subvolume', 'sync', '-s', '1', place.root);
      const after = btrfsDriver.take(system, 'after', { readOnly: false });
      writeFileSync(join(find(after), 'etc/more'), randomBytes(2 ** 20), { flush: true });
      btrfsDriver.remove(system, 'after');
    });

    it('says so where a quota is used up', () => {
      btrfsDriver.attach(system, { create: true });
      command('btrfs', 'quota', 'enable', place.root);
      command('btrfs', 'quota', 'rescan', '-w', place.root);
      const id = btrfsDriver.take(system, 'one', { readOnly: false });
      command('btrfs', 'qgroup', 'limit', '4M', `0/${id}`, place.root);
      expect(faultOf(writeUntilFull(join(find(id), 'etc'), pieceBytes)).code).toBe('NO_SPACE');
      btrfsDriver.remove(system, 'one');
      expect(btrfsDriver.own(system)).toEqual([]);
      rmSync(at('etc/file'));
    });
  });
});
