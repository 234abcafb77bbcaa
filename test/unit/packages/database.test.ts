import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { conflicts, nameBeside } from '../../../electron/engine/packages/apt/conflicts.js';
import {
  databaseDigest,
  filesOf,
  interrupted,
  nativeArchitecture,
  statusEntries,
} from '../../../electron/engine/packages/apt/database.js';
import { packageManagerOf } from '../../../electron/engine/packages/registry.js';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';

const status = `Package: dpkg
Essential: yes
Status: install ok installed
Installed-Size: 6000
Architecture: amd64
Version: 1.21.22
Conffiles:
 /etc/dpkg/dpkg.cfg f4413ffb515f8f753624ae3bb365b81b
 /etc/with blank f4413ffb515f8f753624ae3bb365b81b obsolete
 /etc/new newconffile

Package: tzdata
Status: hold ok installed
Architecture: all
Version: 2026b-0

Package: broken
Status: install reinstreq half-installed
Architecture: amd64
Version: 1:2.0-1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 3

Package: libc6
Status: install ok installed
Architecture: i386
Version: 2.36
`;

let root: string;
const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content, 'latin1');
};
const view = (): ReturnType<typeof plainView> => plainView(raw(root));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'understudy-test-'));
  put('var/lib/dpkg/status', status);
});
afterEach(() => rmSync(root, { recursive: true }));

describe('statusEntries', () => {
  it('lists what is at least partly installed', () => {
    expect(statusEntries(view()).map(({ name, complete, held }) => [name, complete, held])).toEqual([
      ['dpkg', true, false],
      ['tzdata', true, true],
      ['broken', false, false],
      ['libc6', true, false],
    ]);
  });

  it('reads sizes, marks and conffiles', () => {
    expect(statusEntries(view())[0]).toMatchObject({
      version: '1.21.22',
      architecture: 'amd64',
      essential: true,
      installedKiB: 6000,
      conffiles: ['etc/dpkg/dpkg.cfg', 'etc/with blank'],
    });
  });

  it('lets the journal of an interrupted dpkg override the status file', () => {
    const record = (state: string): string =>
      `Package: libc6\nStatus: install ok ${state}\nArchitecture: i386\nVersion: 2.37\n`;
    put('var/lib/dpkg/updates/0001', record('half-installed'));
    put('var/lib/dpkg/updates/0002', record('unpacked'));
    put('var/lib/dpkg/updates/tmp.i', 'Package: nonsense\n');
    expect(statusEntries(view()).find(({ name }) => name === 'libc6')).toMatchObject({
      version: '2.37',
      complete: false,
    });
    expect(interrupted(view())).toBe(true);
  });

  it('finds nothing in a tree without dpkg', () => {
    rmSync(join(root, 'var/lib/dpkg'), { recursive: true });
    expect(statusEntries(view())).toEqual([]);
    expect(interrupted(view())).toBe(false);
    expect(() => packageManagerOf(view())).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_SYSTEM' }));
  });

  it('follows a link of the tree inside the tree', () => {
    put('elsewhere/status', status);
    rmSync(join(root, 'var/lib/dpkg'), { recursive: true });
    symlinkSync('/elsewhere', join(root, 'var/lib/dpkg'));
    expect(statusEntries(view())).toHaveLength(4);
    expect(packageManagerOf(view()).name).toBe('apt');
  });

  it('knows the native architecture', () => {
    expect(nativeArchitecture(statusEntries(view()))).toBe('amd64');
  });
});

describe('filesOf', () => {
  it('reads the list of a package, with bytes that are no UTF-8', () => {
    put('var/lib/dpkg/info/dpkg.list', '/.\n/usr\n/usr/bin/dpkg\n/usr/share/caf\xe9\n');
    expect(filesOf(view(), 'dpkg', 'amd64')).toEqual(['usr', 'usr/bin/dpkg', 'usr/share/caf\xe9']);
  });

  it('prefers the list of the architecture', () => {
    put('var/lib/dpkg/info/libc6:i386.list', '/lib/ld.so\n');
    expect(filesOf(view(), 'libc6', 'i386')).toEqual(['lib/ld.so']);
  });

  it('is empty for an unknown package', () => {
    expect(filesOf(view(), 'nothing', 'amd64')).toEqual([]);
  });
});

describe('databaseDigest', () => {
  it.each([
    ['a changed version', 'var/lib/dpkg/status', status.replace('2.36', '2.37')],
    ['a hold', 'var/lib/dpkg/status', status.replace('install ok installed', 'hold ok installed')],
    ['an automatic mark', 'var/lib/apt/extended_states', 'Package: dpkg\nAuto-Installed: 1\n'],
    ['a diversion', 'var/lib/dpkg/diversions', '/a\n/b\n:\n'],
    ['an override', 'var/lib/dpkg/statoverride', 'root root 4755 /a\n'],
    ['an interrupted run', 'var/lib/dpkg/updates/0001', 'Package: dpkg\n'],
  ])('changes with %s', (_what, path, content) => {
    const before = databaseDigest(view());
    put(path, content);
    expect(databaseDigest(view())).not.toBe(before);
  });

  it('does not change with backups, locks and times', () => {
    const before = databaseDigest(view());
    put('var/lib/dpkg/status-old', 'x');
    put('var/lib/dpkg/lock', '');
    put('var/lib/dpkg/status', status);
    put('var/lib/dpkg/diversions', '');
    expect(databaseDigest(view())).toBe(before);
  });
});

describe('conflicts', () => {
  const paths = (...names: string[]): RawPath[] => names as RawPath[];

  it('names the file in use, the one beside it, and the owner', () => {
    put('etc/dpkg/dpkg.cfg', 'mine');
    put('etc/dpkg/dpkg.cfg.dpkg-dist', 'theirs');
    put('etc/grub', 'mine');
    put('etc/grub.ucf-dist', 'theirs');
    expect(
      conflicts(view(), paths('etc/dpkg/dpkg.cfg.dpkg-dist', 'etc/grub.ucf-dist', 'etc/dpkg/dpkg.cfg')),
    ).toEqual([
      { path: 'etc/dpkg/dpkg.cfg', beside: 'etc/dpkg/dpkg.cfg.dpkg-dist', package: 'dpkg' },
      { path: 'etc/grub', beside: 'etc/grub.ucf-dist', package: null },
    ]);
  });

  it('are one for each file in use, though two tools left something beside it', () => {
    put('etc/both', 'mine');
    const beside = paths('etc/both.dpkg-dist', 'etc/both.dpkg-new', 'etc/both.ucf-dist');
    for (const path of beside) put(path, 'theirs');
    expect(conflicts(view(), beside)).toEqual([{ path: 'etc/both', beside: beside[0], package: null }]);
  });

  it('give the version that is not in use the name that its own tool would', () => {
    const name = (now: string, whose: 'mine' | 'theirs') =>
      nameBeside('etc/a.conf' as RawPath, `etc/a.conf.${now}` as RawPath, whose);
    expect(['dpkg-dist', 'dpkg-new', 'dpkg-old'].map((now) => name(now, 'mine'))).toEqual(
      Array(3).fill('etc/a.conf.dpkg-old'),
    );
    expect(['dpkg-dist', 'dpkg-new', 'dpkg-old'].map((now) => name(now, 'theirs'))).toEqual(
      Array(3).fill('etc/a.conf.dpkg-dist'),
    );
    expect([name('ucf-dist', 'mine'), name('ucf-old', 'theirs')]).toEqual([
      'etc/a.conf.ucf-old',
      'etc/a.conf.ucf-dist',
    ]);
  });

  it('leaves out what has no file in use, what was removed, and ordinary names', () => {
    put('etc/alone.dpkg-new', 'theirs');
    put('etc/mine', 'mine');
    expect(
      conflicts(view(), paths('etc/alone.dpkg-new', 'etc/mine.dpkg-dist', 'etc/x.dpkg-old', '.dpkg-dist')),
    ).toEqual([]);
  });
});
