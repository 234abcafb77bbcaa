/** What is pacman's own beside what every package manager does: keys, hooks, packages that replace others, and its lock. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PackageChange } from '../../../shared/plan.js';
import type { Session } from '../../../electron/engine/environments/environment.js';
import { releaseStaleLocks, withPackageLocks } from '../../../electron/engine/journal/lock.js';
import { pacman } from '../../../electron/engine/packages/pacman/pacman.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import {
  installedVersion,
  pacmanFixture,
  updateVersion,
  type PacmanFixture,
} from '../../lab/pacman-fixture.js';
import type { PacmanPackage } from '../../lab/pacman-packages.js';
import { pacmanRootImpossible } from '../../lab/pacman-root.js';

const impossible = await pacmanRootImpossible();
const all = { scope: 'all', selected: [] } as const;
const code = (value: string): unknown => expect.objectContaining({ code: value });

describe.skipIf(impossible !== undefined)(`pacman${impossible ? ` (${impossible})` : ''}`, () => {
  let fixture: PacmanFixture;
  const open: Session[] = [];
  const system = (): System => openSystem(fixture.root, { settings: { reserveBytes: 0 } });
  const session = async (use: 'fetch' | 'rehearse'): Promise<Session> => {
    const opened = await fixture.session(use, 'thrown-away');
    open.push(opened);
    return opened;
  };
  const resolved = async (): Promise<readonly PackageChange[]> => {
    const fetching = await session('fetch');
    await pacman.refresh(fetching, system());
    return (await pacman.resolve(fetching, system(), all)).changes;
  };
  const fetched = async (): Promise<readonly PackageChange[]> => {
    const changes = await resolved();
    await pacman.download(await session('fetch'), system(), changes);
    return changes;
  };
  const inside = async (opened: Session, ...argv: [string, ...string[]]): Promise<string> =>
    (await opened.run(argv, { timeoutMs: 30_000 })).stdout;
  const inBoth = async (spec: Omit<PacmanPackage, 'version'>, update: Partial<PacmanPackage> = {}) => {
    await fixture.install({ ...spec, version: installedVersion });
    await fixture.add({ ...spec, version: updateVersion, ...update });
  };

  beforeAll(async () => {
    fixture = await pacmanFixture();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  afterAll(async () => {
    await (fixture as PacmanFixture | undefined)?.dispose();
  });

  describe('keys', () => {
    it.each(['unsigned', 'by-a-stranger'] as const)('a package that is %s is refused', async (signed) => {
      const name = `test-${signed}`;
      await fixture.install({ name, version: installedVersion });
      await fixture.add({ name, version: updateVersion }, signed);
      fixture.offer(name);
      const changes = await resolved();
      expect(changes.map((change) => change.name)).toEqual([name]);
      const download = pacman.download(await session('fetch'), system(), changes);
      await expect(download).rejects.toEqual(code('ARCHIVE_UNTRUSTED'));
      expect(fixture.cached()).toEqual([]);
    });
  });

  describe('hooks', () => {
    const hook = (exec: string): string =>
      `[Trigger]\nOperation = Upgrade\nType = Package\nTarget = *\n[Action]\nDescription = Trying a hook\nWhen = PostTransaction\nExec = ${exec}\n`;
    const place = (): string => join(fixture.root, 'etc/pacman.d/hooks');
    beforeAll(() => {
      mkdirSync(place(), { recursive: true });
    });
    afterEach(() => rmSync(place(), { recursive: true, force: true }));

    it('run in the rehearsal, without those that take a snapshot', async () => {
      mkdirSync(place(), { recursive: true });
      writeFileSync(join(place(), 'one.hook'), hook("/bin/sh -c 'echo ran >/var/hook-ran'"));
      writeFileSync(
        join(place(), 'two.hook'),
        hook("/bin/sh -c 'echo snapper create; echo ran >/var/snapshot'"),
      );
      fixture.offer(fixture.names.settings);
      const changes = await fetched();
      const opened = await session('rehearse');
      await pacman.apply(opened, system(), changes, () => undefined);
      expect(await inside(opened, 'cat', '/var/hook-ran')).toBe('ran\n');
      expect(await inside(opened, 'ls', '/var')).not.toContain('snapshot');
      expect(existsSync(join(fixture.root, 'var/hook-ran'))).toBe(false);
    });

    it('that fail are named', async () => {
      mkdirSync(place(), { recursive: true });
      writeFileSync(join(place(), 'one.hook'), hook("/bin/sh -c 'echo no initramfs today; exit 4'"));
      fixture.offer(fixture.names.settings);
      const changes = await fetched();
      const applied = pacman.apply(await session('rehearse'), system(), changes, () => undefined);
      await expect(applied).rejects.toEqual(code('PACKAGE_SCRIPT_FAILED'));
      await expect(applied).rejects.toThrow(/hook Trying a hook no initramfs today/);
    });
  });

  describe('packages that do not go together', () => {
    it('one that is replaced goes, and what the user changed of it stays as .pacsave', async () => {
      const path = 'etc/test-old.conf';
      await fixture.install({
        name: 'test-old',
        version: '1-1',
        files: { [path]: 'a = 1\n' },
        backup: [path],
      });
      appendFileSync(join(fixture.root, path), 'b = 2\n');
      const relation = { replaces: ['test-old'], conflicts: ['test-old'] };
      await fixture.add({ name: 'test-new', version: '1-1', ...relation });
      fixture.offer('test-new');
      const changes = await fetched();
      expect(changes.map(({ action, name }) => [action, name])).toEqual([
        ['install', 'test-new'],
        ['remove', 'test-old'],
      ]);
      const opened = await session('rehearse');
      await pacman.apply(opened, system(), changes, () => undefined);
      expect(await inside(opened, 'cat', `/${path}.pacsave`)).toContain('b = 2');
      expect(await pacman.audit(opened)).toEqual([]);
    });

    it('a conflict is found before anything is fetched', async () => {
      await inBoth({ name: 'test-clash' }, { conflicts: [fixture.names.settings] });
      fixture.offer('test-clash');
      await expect(resolved()).rejects.toEqual(code('PACKAGES_BROKEN'));
      await expect(resolved()).rejects.toThrow(new RegExp(fixture.names.settings));
    });

    it('a file that is there and nobody owns stops the rehearsal, with its name', async () => {
      await inBoth({ name: 'test-file' }, { files: { 'etc/mine': 'theirs\n' } });
      writeFileSync(join(fixture.root, 'etc/mine'), 'mine\n');
      fixture.offer('test-file');
      const changes = await fetched();
      const applied = pacman.apply(await session('rehearse'), system(), changes, () => undefined);
      await expect(applied).rejects.toEqual(code('PACKAGE_SCRIPT_FAILED'));
      await expect(applied).rejects.toThrow(/\/etc\/mine exists in filesystem/);
    });
  });

  describe('the lock', () => {
    const file = (): string => join(fixture.root, 'var/lib/pacman/db.lck');
    const locked = () => withPackageLocks(system(), pacman, () => Promise.resolve(existsSync(file())));
    afterEach(() => rmSync(file(), { force: true }));

    it('is held as pacman holds it, and let go', async () => {
      expect(await locked()).toBe(true);
      expect(existsSync(file())).toBe(false);
      const busy = withPackageLocks(system(), pacman, () =>
        fixture.inTree(['pacman', '--sync', '--noconfirm', fixture.names.settings]),
      );
      await expect(busy).rejects.toThrow(/unable to lock database/);
    });

    it('of someone else is noticed and left', async () => {
      writeFileSync(file(), '');
      await expect(locked()).rejects.toEqual(code('BUSY_PACKAGES'));
      releaseStaleLocks(system(), pacman);
      expect(readFileSync(file(), 'utf8')).toBe('');
    });

    it('of a process of ours that is gone is stale', async () => {
      const before = (): Promise<boolean> =>
        withPackageLocks(system(), pacman, () => {
          writeFileSync(`${file()}.copy`, readFileSync(file()));
          return Promise.resolve(true);
        });
      await before();
      writeFileSync(file(), readFileSync(`${file()}.copy`));
      rmSync(`${file()}.copy`);
      expect(await locked()).toBe(true);
      expect(existsSync(file())).toBe(false);
    });

    it('is no part of what is exchanged, and no rehearsal leaves one', async () => {
      expect(pacman.database).toEqual(['var/lib/pacman/local']);
      fixture.offer(fixture.names.settings);
      const changes = await fetched();
      const opened = await session('rehearse');
      await opened.run(['touch', '/var/lib/pacman/db.lck'], { timeoutMs: 30_000 });
      await pacman.apply(opened, system(), changes, () => undefined);
      expect(await inside(opened, 'ls', '/var/lib/pacman')).toBe('local\nsync\n');
    });
  });
});
