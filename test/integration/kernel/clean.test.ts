/** `modules` of the engine: what is listed, and what is cleared away and what never. The modules are small; the verbs look at names and the index. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tryLock } from '../../../electron/engine/posix/lock.js';
import { cleanModules, keepModules, moduleTrees, restoreModules } from '../../../electron/engine/modules.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { changeSettings } from '../../../electron/engine/settings.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { describedMachine } from '../../lab/described-machine.js';

const isRoot = process.geteuid?.() === 0;
const day = 24 * 3600_000;
const running = '6.1.0-3';

describe.skipIf(!isRoot)('clearing modules away (needs root)', () => {
  let root: string;
  let now: number;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'understudy-clean-'));
    now = Date.now();
    for (const name of ['usr/lib', 'etc', 'boot', 'var/lib/dpkg/info', 'var/lib/dpkg/updates'])
      mkdirSync(join(root, name), { recursive: true });
    symlinkSync('usr/lib', join(root, 'lib'));
    writeFileSync(join(root, 'var/lib/dpkg/status'), '');
    addTree(running);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const top = (...names: readonly string[]): string => join(root, 'usr/lib/modules', ...names);
  function addTree(release: string, folder = top(release)): void {
    mkdirSync(join(folder, 'kernel'), { recursive: true });
    writeFileSync(join(folder, 'kernel/a.ko'), release);
    writeFileSync(join(folder, 'kernel/b.ko.xz'), release);
    writeFileSync(join(folder, 'modules.dep'), 'kernel/a.ko:\nkernel/b.ko.xz: kernel/a.ko\n');
  }
  /** A package that is installed, with the paths that it owns. */
  function addPackage(name: string, ...paths: readonly string[]): void {
    writeFileSync(
      join(root, 'var/lib/dpkg/status'),
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDescription: x\n\n`,
      { flag: 'a' },
    );
    writeFileSync(join(root, `var/lib/dpkg/info/${name}.list`), `/.\n${paths.join('\n')}\n`);
  }
  /** As the system that runs, at a moment, on a kernel of the release. */
  function system(release = running): System {
    const machine = { ...describedMachine(join(root, 'proc'), () => release), now: () => now };
    return { ...openSystem(root), isRunning: true, machine };
  }
  const clean = (dryRun = false) => cleanModules(system(), { dryRun });
  const cleaned = (aside: string[], removed: string[], held: 'at-work' | 'incomplete' | null = null) => ({
    ok: true,
    value: { aside, removed, held, dryRun: false },
  });

  test('says of each tree what it is, whose, and when it goes', async () => {
    addTree('6.1.0-4');
    addPackage(
      'linux-image-6.1.0-4',
      '/lib/modules',
      '/lib/modules/6.1.0-4',
      '/lib/modules/6.1.0-4/kernel/a.ko',
    );
    writeFileSync(join(root, 'boot/vmlinuz-6.1.0-4'), '');
    addTree('6.1.0-2');
    addTree('6.1.0-1', top('.understudy/old/6.1.0-1'));
    const seconds = Math.floor(now / 1000);
    utimesSync(top('.understudy/old/6.1.0-1'), seconds, seconds);
    const tree = { package: null, bootable: false, count: 2, removal: null };
    expect(await moduleTrees(system())).toEqual({
      ok: true,
      value: {
        running,
        complete: true,
        trees: [
          { ...tree, release: running, state: 'running', path: `/usr/lib/modules/${running}` },
          {
            release: '6.1.0-4',
            state: 'installed',
            path: '/usr/lib/modules/6.1.0-4',
            package: 'linux-image-6.1.0-4',
            bootable: true,
            count: 2,
            removal: null,
          },
          { ...tree, release: '6.1.0-2', state: 'left', path: '/usr/lib/modules/6.1.0-2' },
          {
            ...tree,
            release: '6.1.0-1',
            state: 'old',
            path: '/usr/lib/modules/.understudy/old/6.1.0-1',
            removal: new Date(seconds * 1000 + 28 * day).toISOString(),
          },
        ],
      },
    });
    rmSync(top(running, 'kernel/a.ko'));
    expect(await moduleTrees(system())).toMatchObject({ value: { complete: false } });
    expect(await moduleTrees(openSystem(root))).toMatchObject({ value: { running: null, complete: null } });
  });

  test('only what neither runs, nor a package owns, nor can be started is put aside', async () => {
    for (const release of ['left', 'owned', 'partly', 'bootable', 'bls']) addTree(release);
    addPackage('linux-image-owned', '/usr/lib/modules/owned/kernel/a.ko');
    addPackage('some-dkms', '/lib/modules/partly/updates/c.ko');
    addPackage('no-owner', '/lib/modules', '/lib/modules/left');
    writeFileSync(join(root, 'boot/vmlinuz-bootable'), '');
    const entry = join(root, 'boot/0123456789abcdef0123456789abcdef/bls');
    mkdirSync(entry, { recursive: true });
    writeFileSync(join(entry, 'linux'), '');
    expect(await clean(true)).toMatchObject({ value: { aside: ['left'], removed: [], dryRun: true } });
    expect(existsSync(top('left'))).toBe(true);
    expect(await clean()).toEqual(cleaned(['left'], []));
    expect(readdirSync(top()).sort()).toEqual(
      ['.understudy', running, 'bls', 'bootable', 'owned', 'partly'].sort(),
    );
    expect(readdirSync(top('.understudy/old/left')).sort()).toEqual(['kernel', 'modules.dep']);
    expect(await clean()).toEqual(cleaned([], []));
  });

  test('what is aside goes when its time is over, by the setting', async () => {
    addTree('left');
    expect(await clean()).toEqual(cleaned(['left'], []));
    now += 28 * day - 1000;
    expect(await clean()).toEqual(cleaned([], []));
    now += 2000;
    expect(await clean()).toEqual(cleaned([], ['left']));
    expect(readdirSync(top())).toEqual([running]);

    addTree('left');
    expect(await changeSettings(openSystem(root), { keepModulesDays: 0 })).toMatchObject({
      value: { keepModulesDays: 0 },
    });
    expect(await clean()).toEqual(cleaned(['left'], []));
    now += 1;
    expect(await clean()).toEqual(cleaned([], ['left']));
  });

  test('what is aside of a kernel that can be started again waits for it', async () => {
    addTree('left');
    await clean();
    writeFileSync(join(root, 'boot/vmlinuz-left'), '');
    now += 100 * day;
    expect(await clean()).toEqual(cleaned([], []));
    addTree('left');
    expect(await clean()).toEqual(cleaned([], ['left']));
    expect(readdirSync(top()).sort()).toEqual([running, 'left'].sort());
  });

  test('nothing is touched while what runs lacks modules, or has none', async () => {
    addTree('left');
    rmSync(top(running, 'kernel/b.ko.xz'));
    expect(await clean()).toEqual(cleaned([], [], 'incomplete'));
    rmSync(top(running), { recursive: true });
    expect(await clean()).toEqual(cleaned([], [], 'incomplete'));
    expect(readdirSync(top())).toEqual(['left']);
  });

  test('nothing is touched while modules are kept, and restore ends that', async () => {
    addTree('left');
    expect(await keepModules(system())).toMatchObject({ value: { action: 'keep', complete: true } });
    expect(await clean()).toEqual(cleaned([], [], 'at-work'));
    rmSync(top(running), { recursive: true });
    expect(await restoreModules(system())).toMatchObject({
      value: {
        action: 'restore',
        complete: true,
        trees: [{ release: running, state: 'running', count: 2 }, {}],
      },
    });
    expect(await clean()).toEqual(cleaned(['left'], []));
  });

  test('nothing is touched while dpkg is at work', async () => {
    addTree('left');
    writeFileSync(join(root, 'var/lib/dpkg/lock'), '');
    const lock = tryLock(raw(join(root, 'var/lib/dpkg/lock')));
    expect(lock).toHaveProperty('held');
    try {
      expect(await clean()).toMatchObject({ ok: false, problem: { code: 'BUSY_PACKAGES' } });
      expect(await restoreModules(system())).toMatchObject({ problem: { code: 'BUSY_PACKAGES' } });
    } finally {
      if ('held' in lock) lock.held.release();
    }
    expect(existsSync(top('left'))).toBe(true);
  });

  test('another one of the same release that was aside before makes room', async () => {
    addTree('left', top('.understudy/old/left'));
    writeFileSync(top('.understudy/old/left/first'), '');
    addTree('left');
    expect(await clean()).toEqual(cleaned(['left'], []));
    expect(existsSync(top('.understudy/old/left/first'))).toBe(false);
    expect(readdirSync(top('.understudy'))).toEqual(['old']);
  });

  test('a removal that was cut is ended by the next one', async () => {
    addTree('left', top('.understudy/gone'));
    rmSync(top('.understudy/gone/modules.dep'));
    expect(await clean()).toEqual(cleaned([], []));
    expect(readdirSync(top())).toEqual([running]);
  });

  test.each(['.understudy', '.understudy/old'])('a link at %s is not followed', async (name) => {
    addTree('left');
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(elsewhere);
    mkdirSync(join(top(name), '..'), { recursive: true });
    symlinkSync(elsewhere, top(name));
    for (const outcome of [await clean(), await keepModules(system()), await restoreModules(system())])
      expect(outcome).toMatchObject({ ok: false, problem: { code: 'COMMAND_FAILED' } });
    expect([readdirSync(elsewhere), existsSync(top('left'))]).toEqual([[], true]);
  });

  test('a system without modules says so', async () => {
    rmSync(top(), { recursive: true });
    const none = { ok: false, problem: { code: 'NO_MODULES' } };
    expect(await moduleTrees(system())).toMatchObject(none);
    expect(await clean()).toMatchObject(none);
    expect(await keepModules(system())).toMatchObject(none);
    expect(await restoreModules(system())).toMatchObject(none);
  });

  test('where no kernel of the system runs, none is kept', async () => {
    expect(await keepModules(openSystem(root))).toMatchObject({ ok: false, problem: { code: 'USAGE' } });
    expect(readdirSync(top())).toEqual([running]);
  });
});
