/**
 * Systems that are spread over several file systems: `/boot` and `/var` of their own, where the switch is still one step, and those
 * where it cannot be: `/usr` of its own, something mounted inside it, or no merged `/usr`. All file systems are images on loop devices.
 */
import { lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { exitCodeOf, type Outcome } from '../../shared/errors.js';
import { activate } from '../../electron/engine/activate.js';
import { collectEntries, type ManifestEntry } from '../../electron/engine/manifest/entry.js';
import { scanTree } from '../../electron/engine/manifest/scan.js';
import { raw } from '../../electron/engine/posix/raw-path.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { recover } from '../../electron/engine/recover.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { openSystem, type System } from '../../electron/engine/system.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { removeRoot } from '../lab/template.js';
import { diskImpossible, openDisks, type DiskKind, type Disks } from '../lab/disk-image.js';
import { inTree, practiceSystem } from '../lab/practice-system.js';
import { differences } from '../lab/tree-difference.js';

const impossible = (await debianRootImpossible()) ?? (await diskImpossible('ext4'));
const withoutFat = await diskImpossible('vfat');

const outside = new Set(['proc', 'sys', 'dev', 'run', 'tmp', 'srv/archive', 'var/log', 'var/lib/understudy']);
const ownFolder = /(^|\/)(\.understudy|lost\+found)$/;

interface Mount {
  readonly place: string;
  readonly kind: DiskKind;
  readonly mebibytes: number;
}

let template = '';
let disks: Disks | undefined;
let root = '';
let system: System;

function done<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}

const manifest = (): Promise<ManifestEntry[]> =>
  collectEntries(
    scanTree(raw(root), { hash: true, exclude: (path) => outside.has(path) || ownFolder.test(path) }),
  );

/** The practice system on these file systems, the one of the root first. */
async function spread(...mounts: readonly Mount[]): Promise<void> {
  disks = openDisks();
  root = join(disks.folder, 'root');
  for (const { place, kind, mebibytes } of mounts) await disks.mount(kind, join(root, place), mebibytes);
  for (const name of readdirSync(template)) {
    const isFat = mounts.some(({ place, kind }) => place === name && kind === 'vfat');
    const options = isFat ? ['-r'] : ['-a'];
    if (isFat) mkdirSync(join(root, name), { recursive: true });
    await runOrFault(['cp', ...options, '--', join(template, name), root], { timeoutMs: 120_000 });
  }
  system = openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } });
}

/** What Understudy has in its own folders on every file system, without the empty folders and its records. */
function leftOnDisk(): string[] {
  const places = ['', 'boot', 'usr', 'var'].map((place) => join(root, place, '.understudy'));
  return [...places, join(root, 'var/lib/understudy')]
    .filter((place) => lstatSync(place, { throwIfNoEntry: false }))
    .flatMap((place) => readdirSync(place, { recursive: true, encoding: 'utf8' }))
    .filter((name) => /(stages|restore-points)\//.test(name));
}

const isNew = async (): Promise<void> => {
  expect(readFileSync(join(root, 'usr/share/understudy-practice/account'), 'utf8')).toContain('1.1-1');
  expect(readFileSync(join(root, 'etc/understudy-practice/untouched.conf'), 'utf8')).toBe('level = 2\n');
  expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).toContain('understudy-practice:');
  expect(lstatSync(join(root, 'boot/vmlinuz-6.1.0-2-practice')).size).toBe(65_536);
  expect((await inTree(root, ['dpkg', '--audit'])).trim()).toBe('');
  expect(
    (await inTree(root, ['dpkg-query', '-Wf', '${Version}', 'understudy-practice-account'])).trim(),
  ).toBe('1.1-1');
};

/** Stages, switches in the given way, and takes it back: exact at both ends, and nothing left on any file system. */
async function thereAndBack(how: 'live' | 'shutdown'): Promise<void> {
  const before = await manifest();
  done(await stage(system, { scope: 'all' }));
  expect(await differences(before, await manifest())).toEqual([]);
  const answer = done(await activate(system, { how }));
  expect(answer).toMatchObject({ how, remarks: [] });
  await isNew();
  expect(leftOnDisk().filter((name) => name.includes('stages/'))).toEqual([]);
  expect(done(await rollback(system)).lost).toEqual({ packages: [], files: [] });
  expect(await differences(before, await manifest())).toEqual([]);
  expect(leftOnDisk()).toEqual([]);
  expect(done(await recover(system))).toEqual({ transactions: [], cleaned: [] });
}

/** One step is refused, with the reason, and nothing happens. */
async function liveIsRefused(reason: RegExp): Promise<void> {
  const before = await manifest();
  done(await stage(system, { scope: 'all' }));
  const outcome = await activate(system, { how: 'live' });
  if (outcome.ok) throw new Error('it was not refused');
  expect(outcome.problem.code).toBe('EXCHANGE_IMPOSSIBLE');
  expect(exitCodeOf(outcome.problem.code)).toBe(3);
  expect(outcome.problem.details.join()).toMatch(reason);
  expect(await differences(before, await manifest())).toEqual([]);
}

describe.skipIf(impossible !== undefined)(`separate mounts (${impossible ?? 'run'})`, () => {
  beforeAll(async () => {
    template = await practiceSystem();
  });
  afterAll(() => removeRoot(template));
  afterEach(async () => {
    await disks?.dispose();
    disks = undefined;
  });

  it('/boot and /var of their own: one step there, one step back', async () => {
    await spread(
      { place: '', kind: 'ext4', mebibytes: 500 },
      { place: 'boot', kind: 'ext4', mebibytes: 64 },
      { place: 'var', kind: 'ext4', mebibytes: 300 },
    );
    await thereAndBack('live');
  });

  it.skipIf(withoutFat !== undefined)(`/boot on FAT${withoutFat ? ` (${withoutFat})` : ''}`, async () => {
    await spread({ place: '', kind: 'ext4', mebibytes: 700 }, { place: 'boot', kind: 'vfat', mebibytes: 64 });
    await thereAndBack('live');
  });

  it('/usr of its own: refused in one step, piece by piece at shutdown', async () => {
    await spread({ place: '', kind: 'ext4', mebibytes: 400 }, { place: 'usr', kind: 'ext4', mebibytes: 500 });
    await liveIsRefused(/\/usr is a (mount|file system) of its own/);
    await thereAndBack('shutdown');
  });

  it('something mounted inside /usr: refused in one step, left alone piece by piece', async () => {
    await spread(
      { place: '', kind: 'ext4', mebibytes: 700 },
      { place: 'usr/local/share', kind: 'tmpfs', mebibytes: 8 },
    );
    writeFileSync(join(root, 'usr/local/share/there'), 'there\n');
    await liveIsRefused(/usr\/local\/share/);
    await thereAndBack('shutdown');
    expect(readFileSync(join(root, 'usr/local/share/there'), 'utf8')).toBe('there\n');
  });

  it('no merged /usr: refused in one step, piece by piece at shutdown', async () => {
    await spread({ place: '', kind: 'ext4', mebibytes: 700 });
    for (const name of ['bin', 'sbin', 'lib']) {
      rmSync(join(root, name));
      await runOrFault(['cp', '-al', '--', join(root, 'usr', name), join(root, name)], { timeoutMs: 60_000 });
    }
    await liveIsRefused(/no merged \/usr/);
    await thereAndBack('shutdown');
  });

  it('leaves no mount and no loop device behind', async () => {
    await spread({ place: '', kind: 'ext4', mebibytes: 300 });
    const { folder } = disks ?? { folder: '' };
    await disks?.dispose();
    expect(readFileSync('/proc/self/mountinfo', 'latin1')).not.toContain(folder);
    // A session of another test that began meanwhile has a copy of every mount until it ends.
    await vi.waitFor(
      async () => {
        const loops = await run(['losetup', '--list', '--noheadings', '--output', 'BACK-FILE'], {
          timeoutMs: 10_000,
        });
        expect(loops.stdout).not.toContain(folder);
      },
      { timeout: 120_000, interval: 500 },
    );
  });
});
