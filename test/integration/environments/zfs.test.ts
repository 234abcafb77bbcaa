/** What ZFS does for environments, on a real pool: trees, what they stand on, what is refused, and what a cut leaves. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CheckContext } from '../../../electron/engine/checks/check.js';
import { overlaySupport } from '../../../electron/engine/checks/overlay-support.js';
import { environmentFor } from '../../../electron/engine/engine.js';
import { zfsEnvironment } from '../../../electron/engine/environments/zfs/zfs.js';
import { zfsDriver } from '../../../electron/engine/environments/zfs/zfs-driver.js';
import { backendsOf } from '../../../electron/engine/inspect/backends.js';
import type { RawPath } from '../../../electron/engine/posix/raw-path.js';
import { faultOf } from '../../../electron/engine/fault.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { zfsImpossible } from '../../lab/zfs-daemon.js';
import { zfsLayouts, zfsSystem, type ZfsLayout, type ZfsSystem } from '../../lab/zfs-system.js';
import { writeUntilFull } from '../../lab/fill.js';

const impossible = await zfsImpossible();

const guides = zfsLayouts['ZFSBootMenu, OpenZFS guides: pool/ROOT/name'];
const ubuntu = zfsLayouts['Ubuntu: pool/ROOT/name with datasets below it, mounted by themselves'];
/** Of what fills a disk. */
const pieceBytes = 256 * 1024;
const fault = (code: string): Error => expect.objectContaining({ code }) as Error;
const command = (name: string, ...words: string[]): string =>
  execFileSync(name, words, { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] });

describe.skipIf(impossible !== undefined)(`ZFS${impossible ? ` (${impossible})` : ''}`, () => {
  let place: ZfsSystem;
  let system: System;
  const at = (path: string): string => join(place.root, path);
  const open = async (layout: ZfsLayout, mebibytes = 200): Promise<void> => {
    place = await zfsSystem(
      layout,
      (root) => {
        for (const folder of ['usr/bin', 'etc', 'var/lib/understudy'])
          mkdirSync(join(root, folder), { recursive: true });
        writeFileSync(join(root, 'etc/file'), 'old');
        writeFileSync(join(root, 'var/lib/understudy/earlier'), 'kept');
        return Promise.resolve();
      },
      { mebibytes },
    );
    system = openSystem(place.root);
  };
  /** Datasets and snapshots below the one that holds the environments, by name from there. */
  const names = (): string[] =>
    command('zfs', 'list', '-H', '-r', '-t', 'all', '-o', 'name', place.parent)
      .split('\n')
      .filter((name) => name.startsWith(`${place.parent}/`))
      .map((name) => name.slice(place.parent.length + 1))
      .sort();
  const propertyOf = (name: string, property: string): string =>
    command('zfs', 'get', '-H', '-o', 'value', property, `${place.parent}/${name}`).trim();
  const find = (id: string): RawPath => {
    const found = zfsDriver.find(system, id);
    if (found === undefined) throw new Error(`${id} is gone`);
    return found;
  };
  const start = async (): Promise<void> => {
    await place.boot();
    zfsDriver.attach(system, { create: false });
  };

  describe('in the layout of the guides', () => {
    beforeEach(() => open(guides));
    afterEach(() => place.dispose());

    it('is chosen, and says so', () => {
      expect(environmentFor(system).name).toBe('zfs');
      expect(backendsOf(system).find(({ name }) => name === 'zfs')).toMatchObject({ usable: true });
    });

    it('keeps the store beside the environments, with what was there', async () => {
      zfsDriver.attach(system, { create: false });
      expect(names()).toEqual(['debian']);
      zfsDriver.attach(system, { create: true });
      zfsDriver.attach(system, { create: true });
      expect(readFileSync(join(system.store, 'earlier'), 'utf8')).toBe('kept');
      expect(statSync(system.store).mode & 0o777).toBe(0o700);
      writeFileSync(join(system.store, 'later'), '');
      utimesSync(at('var/lib'), 1e9, 1e9);
      await start();
      expect(statSync(at('var/lib')).mtimeMs).toBe(1e12);
      expect(existsSync(join(system.store, 'later'))).toBe(true);
      expect(propertyOf('understudy', 'canmount')).toBe('noauto');
    });

    it('makes the store again where the first attempt was cut, and leaves a stranger alone', () => {
      const store = `${place.parent}/understudy`;
      command('zfs', 'create', '-o', 'mountpoint=legacy', '-o', 'org.understudy:store=new', store);
      zfsDriver.attach(system, { create: true });
      expect(readFileSync(join(system.store, 'earlier'), 'utf8')).toBe('kept');
      command('umount', system.store);
      command('zfs', 'inherit', 'org.understudy:store', store);
      expect(zfsDriver.obstacle(system)).toContain(`${store} that Understudy did not make`);
      zfsDriver.attach(system, { create: true });
      expect(propertyOf('understudy', 'org.understudy:store')).toBe('-');
    });

    it('takes trees that are apart from each other, fixed where they shall be', () => {
      zfsDriver.attach(system, { create: true });
      command('zfs', 'set', 'recordsize=16384', `${place.parent}/debian`);
      command('zfs', 'set', 'org.example:mine=yes', `${place.parent}/debian`);
      const base = zfsDriver.take(system, 'one.base', { readOnly: true });
      const tree = zfsDriver.take(system, 'one', { readOnly: false, of: base });
      writeFileSync(join(find(tree), 'etc/file'), 'new');
      expect(readFileSync(at('etc/file'), 'utf8')).toBe('old');
      expect(readFileSync(join(find(base), 'etc/file'), 'utf8')).toBe('old');
      expect(() => writeFileSync(join(find(base), 'etc/more'), '')).toThrow(/EROFS/);
      expect(zfsDriver.own(system)).toEqual([
        { id: tree, name: 'one' },
        { id: base, name: 'one.base' },
      ]);
      // One snapshot serves both; what was set on the root was set on them.
      expect(names()).toEqual(['debian', 'debian@understudy-one.base', 'one', 'one.base', 'understudy']);
      expect(propertyOf('one', 'recordsize')).toBe('16K');
      expect(propertyOf('one', 'org.example:mine')).toBe('yes');
      expect(propertyOf('one', 'canmount')).toBe('noauto');
      expect(zfsDriver.exclusiveBytes(system, tree)).toBeGreaterThan(0);
      for (const name of ['one', 'one', 'one.base']) zfsDriver.remove(system, name);
      expect(names()).toEqual(['debian', 'understudy']);
      expect(existsSync(join(system.store, 'environments/one'))).toBe(false);
      expect(zfsDriver.find(system, tree)).toBeUndefined();
    });

    it('goes from one to the next, and takes away what everything came from', async () => {
      zfsDriver.attach(system, { create: true });
      const original = zfsDriver.current(system);
      const way = zfsDriver.way(system);
      for (const name of ['first', 'second']) {
        const next = zfsDriver.take(system, name, { readOnly: false });
        writeFileSync(join(find(next), 'etc/file'), name);
        expect(zfsDriver.next(system, way)).not.toBe(next);
        for (let turn = 0; turn < 2; turn += 1) zfsDriver.setNext(system, way, next);
        expect(zfsDriver.next(system, way)).toBe(next);
        expect(zfsDriver.current(system)).not.toBe(next);
        expect(() => zfsDriver.remove(system, name)).toThrow(fault('ENVIRONMENT_IN_USE'));
        await start();
        expect(zfsDriver.current(system)).toBe(next);
        expect(readFileSync(at('etc/file'), 'utf8')).toBe(name);
        expect(() => zfsDriver.remove(system, name)).toThrow(fault('ENVIRONMENT_IN_USE'));
      }
      command('zfs', 'snapshot', `${place.parent}/first@of-mine`);
      expect(propertyOf('second', 'org.zfsbootmenu:active')).toBe('on');
      expect(propertyOf('second', 'origin')).toBe(`${place.parent}/first@understudy-second`);
      // The second one stands on the first, which goes; the original is nobody's to remove.
      zfsDriver.remove(system, 'first');
      expect(names().filter((name) => !name.includes('@'))).toEqual(['debian', 'second', 'understudy']);
      expect(readFileSync(join(find(original), 'etc/file'), 'utf8')).toBe('old');
      zfsDriver.setNext(system, way, original);
      await start();
      expect(readFileSync(at('etc/file'), 'utf8')).toBe('old');
      zfsDriver.remove(system, 'second');
      expect(names()).toEqual(['debian', 'understudy']);
    });

    it('leaves what is mounted elsewhere, or holds what is not its own', () => {
      zfsDriver.attach(system, { create: true });
      const id = zfsDriver.take(system, 'one', { readOnly: false });
      const elsewhere = join(place.folder, 'elsewhere');
      mkdirSync(elsewhere);
      command('mount', '--bind', find(id), elsewhere);
      expect(() => zfsDriver.remove(system, 'one')).toThrow(fault('ENVIRONMENT_IN_USE'));
      command('umount', elsewhere);
      command('zfs', 'create', '-o', 'mountpoint=none', `${place.parent}/one/theirs`);
      expect(() => zfsDriver.remove(system, 'one')).toThrow(fault('ENVIRONMENT_IN_USE'));
      expect(existsSync(join(find(id), 'etc/file'))).toBe(true);
      command('zfs', 'destroy', `${place.parent}/one/theirs`);
      zfsDriver.remove(system, 'one');
      expect(names()).toEqual(['debian', 'understudy']);
    });

    it('goes on after a cut at any point of taking and removing', () => {
      zfsDriver.attach(system, { create: true });
      const snapshot = `${place.parent}/debian@understudy-one`;
      command('zfs', 'snapshot', snapshot); // cut before the clone
      writeFileSync(at('etc/file'), 'after the cut');
      const id = zfsDriver.take(system, 'one', { readOnly: false });
      expect(readFileSync(join(find(id), 'etc/file'), 'utf8')).toBe('after the cut');
      const next = zfsDriver.take(system, 'two', { readOnly: false, of: id });
      // Cut after the mount was taken away and the clone was promoted.
      command('umount', find(id));
      command('zfs', 'promote', `${place.parent}/two`);
      zfsDriver.remove(system, 'one');
      expect(readFileSync(join(find(next), 'etc/file'), 'utf8')).toBe('after the cut');
      command('zfs', 'snapshot', `${place.parent}/debian@understudy-left`); // cut before the snapshot went
      zfsDriver.remove(system, 'two');
      expect(names()).toEqual(['debian', 'understudy']);
    });

    it('tells that the pool says nothing of a start, or that the root is a folder', () => {
      command('zpool', 'set', 'bootfs=', place.pool);
      expect(zfsDriver.obstacle(system)).toContain(`zpool set bootfs=${place.parent}/debian ${place.pool}`);
      expect(environmentFor(system).name).toBe('tree');
      for (const folder of ['inner/usr', 'inner/etc', 'inner/var/lib'])
        mkdirSync(at(folder), { recursive: true });
      expect(zfsDriver.obstacle(openSystem(at('inner')))).toContain('a folder inside a dataset');
    });
  });

  describe('in a pool that is full', () => {
    beforeEach(() => open(guides, 96));
    afterEach(() => place.dispose());

    it('says that there is no room, leaves nothing of what it began, and goes on when there is', () => {
      zfsDriver.attach(system, { create: true });
      expect(faultOf(writeUntilFull(at('etc'), pieceBytes)).code).toBe('NO_SPACE');
      let made: string[] = [];
      expect(() => {
        for (let count = 0; count < 100; count += 1) {
          made = names();
          zfsDriver.take(system, `one${count}`, { readOnly: false });
        }
      }).toThrow(fault('NO_SPACE'));
      expect(names()).toEqual(made);
      for (const { name } of zfsDriver.own(system)) zfsDriver.remove(system, name);
      for (let count = 0; count < 40; count += 1) rmSync(at(`etc/fill-${count}`), { force: true });
      command('sync');
      const id = zfsDriver.take(system, 'after', { readOnly: false });
      expect(readFileSync(join(find(id), 'etc/file'), 'utf8')).toBe('old');
    });

    it('says so where a quota is used up, in the root and in what is made of it', () => {
      zfsDriver.attach(system, { create: true });
      command('zfs', 'set', 'quota=12M', place.parent);
      const before = names();
      const id = zfsDriver.take(system, 'one', { readOnly: false });
      for (const folder of [at('etc'), join(find(id), 'etc')])
        expect(faultOf(writeUntilFull(folder, pieceBytes)).code).toBe('NO_SPACE');
      zfsDriver.remove(system, 'one');
      expect(names()).toEqual(before);
    });
  });

  describe('where datasets lie below that of the root', () => {
    beforeEach(async () => {
      await open(ubuntu);
      for (const path of ['usr/local/own', 'var/lib/state', 'var/www/page', 'var/spool/job'])
        writeFileSync(at(path), 'old');
      zfsDriver.attach(system, { create: true });
    });
    afterEach(() => place.dispose());
    const root = 'ubuntu_1a2b3c';

    it('clones those of the system at one moment, and leaves out those of people and services', () => {
      const base = zfsDriver.take(system, 'one.base', { readOnly: true });
      const tree = zfsDriver.take(system, 'one', { readOnly: false, of: base });
      for (const name of ['one', 'one.base'])
        expect(names().filter((other) => other.startsWith(`${name}/`))).toEqual(
          ['/usr', '/usr/local', '/var', '/var/lib'].map((part) => name + part),
        );
      for (const name of ['', '/usr', '/usr/local', '/var', '/var/lib'])
        expect(names()).toContain(`${root}${name}@understudy-one.base`);
      for (const name of ['/var/spool', '/var/www'])
        expect(names()).not.toContain(`${root}${name}@understudy-one.base`);
      const properties = ['mountpoint', 'canmount'];
      expect(properties.map((property) => propertyOf('one', property))).toEqual(['/', 'noauto']);
      expect(properties.map((property) => propertyOf('one/var', property))).toEqual(['/var', 'off']);
      expect(properties.map((property) => propertyOf('one/var/lib', property))).toEqual([
        '/var/lib',
        'noauto',
      ]);
      writeFileSync(join(find(tree), 'var/lib/state'), 'new');
      expect(readFileSync(at('var/lib/state'), 'utf8')).toBe('old');
      expect(readFileSync(join(find(base), 'var/lib/state'), 'utf8')).toBe('old');
      expect(() => writeFileSync(join(find(base), 'var/lib/more'), '')).toThrow(/EROFS/);
      expect(existsSync(join(find(tree), 'var/www/page'))).toBe(false);
      const { ino, dev } = statSync(join(find(tree), 'usr/local/own'));
      expect(dev).not.toBe(statSync(join(find(tree), 'etc/file')).dev);
      expect(ino).toBe(statSync(join(find(base), 'usr/local/own')).ino);
      for (const name of ['one', 'one.base']) zfsDriver.remove(system, name);
      expect(names().filter((name) => name.includes('@'))).toEqual([]);
      expect(names().filter((name) => name.startsWith('one'))).toEqual([]);
    });

    it('starts one with its own, and with what is of no tree', async () => {
      const original = zfsDriver.current(system);
      const next = zfsDriver.take(system, 'one', { readOnly: false });
      writeFileSync(join(find(next), 'var/lib/state'), 'new');
      expect(propertyOf(`${root}/var/lib`, 'canmount')).toBe('on');
      zfsDriver.setNext(system, zfsDriver.way(system), next);
      for (const name of ['', '/var/lib', '/usr/local'])
        expect(propertyOf(root + name, 'canmount')).toBe('noauto');
      for (const name of ['/var/spool', '/var/www']) expect(propertyOf(root + name, 'canmount')).toBe('on');
      expect(readFileSync(at('var/lib/state'), 'utf8')).toBe('old');
      await start();
      expect(zfsDriver.current(system)).toBe(next);
      expect(readFileSync(at('var/lib/state'), 'utf8')).toBe('new');
      expect(readFileSync(at('var/www/page'), 'utf8')).toBe('old');
      expect(readFileSync(join(find(original), 'var/lib/state'), 'utf8')).toBe('old');
      // What one tree stands on is handed on, part by part.
      const second = zfsDriver.take(system, 'two', { readOnly: false });
      zfsDriver.setNext(system, zfsDriver.way(system), second);
      await start();
      zfsDriver.remove(system, 'one');
      expect(readFileSync(at('var/lib/state'), 'utf8')).toBe('new');
      expect(names().filter((name) => name.startsWith('one'))).toEqual([]);
    });

    it('holds one for gone whose part another tool removed, and someone’s own below it for in use', async () => {
      const id = zfsDriver.take(system, 'one', { readOnly: false });
      find(id);
      const theirs = `${place.parent}/one/var/lib/theirs`;
      command('zfs', 'create', '-o', 'canmount=noauto', theirs);
      expect(() => zfsDriver.remove(system, 'one')).toThrow(fault('ENVIRONMENT_IN_USE'));
      command('zfs', 'destroy', theirs);
      command('umount', join(find(id), 'usr/local'));
      // zfs-fuse lets go of it a moment after umount(8).
      await vi.waitFor(() => command('zfs', 'destroy', `${place.parent}/one/usr/local`), { timeout: 30_000 });
      expect(zfsDriver.find(system, id)).toBeUndefined();
      expect(() => zfsDriver.take(system, 'two', { readOnly: false, of: id })).toThrow(
        fault('STAGE_DAMAGED'),
      );
      expect(names().filter((name) => name.startsWith('two'))).toEqual([]);
      zfsDriver.remove(system, 'one');
      expect(names().filter((name) => name.startsWith('one') || name.includes('@'))).toEqual([]);
    });

    it('says what could not be mounted with another root', () => {
      expect(zfsDriver.obstacle(system)).toBeUndefined();
      const running = { ...system, isRunning: true };
      expect(zfsDriver.obstacle(running)).toContain('initramfs-tools alone');
      mkdirSync(at('usr/share/initramfs-tools/scripts'), { recursive: true });
      writeFileSync(at('usr/share/initramfs-tools/scripts/zfs'), '');
      expect(zfsDriver.obstacle(running)).toBeUndefined();
      const www = `${place.parent}/${root}/var/www`;
      command('zfs', 'set', 'canmount=noauto', www);
      expect(zfsDriver.obstacle(system)).toContain(`zfs set canmount=on ${www}`);
    });
  });

  describe('as an environment', () => {
    beforeEach(() => open(guides));
    afterEach(() => place.dispose());

    it('finds a clone again that is mounted no longer', () => {
      zfsEnvironment.attach(system, { create: true });
      const clone = zfsEnvironment.clone(system, 'stage-1');
      writeFileSync(join(find(zfsDriver.own(system)[0]?.id ?? ''), 'etc/new'), 'new');
      command('umount', '--recursive', join(system.store, 'environments/stage-1'));
      command('umount', '--recursive', join(system.store, 'environments/stage-1.base'));
      expect(zfsEnvironment.view(clone).locate('etc/new' as RawPath)).toBeDefined();
      expect(zfsEnvironment.changes(clone).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
        'added etc/new',
      ]);
      zfsEnvironment.destroy(system, 'stage-1');
      expect(names().filter((name) => name.includes('stage'))).toEqual([]);
    });

    it('needs no overlay of the root, and on a running system someone who asks for it', async () => {
      const running = { ...system, isRunning: true };
      const status = async (of: System): Promise<string> =>
        (await overlaySupport.run({ system: of } as CheckContext, 'before-stage')).result;
      expect(await status(system)).toBe('pass');
      expect(await status(running)).toBe('block');
      expect(zfsEnvironment.support(running)).toMatchObject({
        usable: false,
        reason: expect.stringContaining('/etc/understudy/zfs-environments') as string,
      });
      mkdirSync(at('etc/understudy'));
      writeFileSync(at('etc/understudy/zfs-environments'), '');
      expect(zfsEnvironment.support(running)).toMatchObject({ usable: true });
      expect(await status(running)).toBe('pass');
      // What was begun goes on without.
      zfsEnvironment.attach(running, { create: true });
      rmSync(at('etc/understudy/zfs-environments'));
      expect(zfsEnvironment.support(running)).toMatchObject({ usable: true });
      await place.boot();
      expect(zfsEnvironment.support(running)).toMatchObject({ usable: true });
    });
  });

  describe('where environments lie in the pool itself', () => {
    beforeEach(() => open(zfsLayouts['beside each other in the pool: pool/name']));
    afterEach(() => place.dispose());

    it('keeps everything beside the root', () => {
      zfsDriver.attach(system, { create: true });
      zfsDriver.take(system, 'one', { readOnly: true });
      expect(names()).toEqual(['debian', 'debian@understudy-one', 'one', 'understudy']);
    });
  });
});
