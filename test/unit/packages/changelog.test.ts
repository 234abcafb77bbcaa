/** What is new in a version: read from a package as dpkg-deb packs it, from a staged tree, and never more than is wanted of it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changelog as verb } from '../../../electron/engine/changelog.js';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { changelog } from '../../../electron/engine/packages/apt/changelog/changelog.js';
import { entriesBetween } from '../../../electron/engine/packages/apt/changelog/entries.js';
import { textOf } from '../../../electron/engine/packages/apt/changelog/plain.js';
import { TarPicker } from '../../../electron/engine/packages/apt/changelog/tar.js';
import { compareVersions } from '../../../electron/engine/packages/apt/version.js';
import { buildPackage, type PackageEntry } from '../../../electron/engine/practice/archive/package.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { openSystem, type System } from '../../../electron/engine/system.js';

const hasDpkg = spawnSync('dpkg', ['--version']).status === 0;
const entry = (version: string, words: string): string =>
  `tool (${version}) stable; urgency=medium\n\n  * ${words}\n\n -- A Maker <maker@example.org>  Thu, 01 Jan 2026 00:00:00 +0000\n\n`;
const history = entry('1:2.0-2', 'Newest.') + entry('1:2.0-1', 'Middle.') + entry('1.9-5', 'Oldest.');

let folder = '';
let root = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-changelog-'));
  root = tree('root', '1.9-5');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tree(name: string, version: string): string {
  const made = join(folder, name);
  for (const part of ['usr/share/doc/tool', 'etc', 'var/lib/dpkg', 'var/cache/apt/archives'])
    mkdirSync(join(made, part), { recursive: true });
  writeFileSync(
    join(made, 'var/lib/dpkg/status'),
    `Package: tool\nStatus: install ok installed\nArchitecture: all\nVersion: ${version}\n\n`,
  );
  return made;
}
const system = (): System => openSystem(root);
const asked = (staged?: string) =>
  changelog(system(), {
    name: 'tool',
    version: '1:2.0-2',
    staged: staged === undefined ? undefined : plainView(raw(staged)),
  });

describe.skipIf(!hasDpkg)('the order of versions is that of dpkg (needs dpkg)', () => {
  const versions = [
    ...['1', '1.0', '1.0-1', '1.0-1~', '1.0-1~~', '1.0-1+b1', '1.0~rc1', '1.0a', '1.0+', '0:1.0', '1:0.1'],
    ...['2.36-9+deb12u10', '2.36-9+deb12u9', '010', '10', '1.00', '1.0-0', '1a-b-1', '1.0.', '1.~', 'a'],
  ];
  test.each(versions)('%s', (a) => {
    for (const b of versions) {
      const order = compareVersions(a, b);
      for (const [word, holds] of [
        ['lt', order < 0],
        ['eq', order === 0],
        ['gt', order > 0],
      ] as const)
        expect([a, word, b, spawnSync('dpkg', ['--compare-versions', a, word, b]).status === 0]).toEqual([
          a,
          word,
          b,
          holds,
        ]);
    }
  });
});

describe('the entries', () => {
  test('newer than the installed version are shown, up to the one that was asked for', () => {
    const text = entriesBetween(history, '1.9-5', '1:2.0-1');
    expect(text).toContain('Middle.');
    expect(text).not.toMatch(/Newest|Oldest/);
  });
  test('all of them where nothing is installed', () => {
    expect(entriesBetween(history, null, '1:2.0-2')).toMatch(/Newest[^]*Middle[^]*Oldest/);
  });
  test('a rebuild has none of its own', () => {
    expect(entriesBetween(history, '1:2.0-2', '1:2.0-2+b1')).toBe('');
  });
  test('what is no changelog of this form has none', () => {
    expect(entriesBetween('2026-01-01 A Maker\n\t* everything (2.0) anew;\n', null, '2.0')).toBe('');
  });
});

describe('a file', () => {
  test('is read packed or not, without what steers a terminal', () => {
    const text = 'tool (1) a; b\n\u001b[2J\u0000one\ttwo\r\n\u009b31m';
    for (const data of [Buffer.from(text), gzipSync(text)])
      expect(textOf(data)).toBe('tool (1) a; b\n[2Jone\ttwo\n31m');
  });
  test('that is damaged, or unpacks without end, is none', () => {
    expect(textOf(gzipSync('text').subarray(0, 12))).toBeUndefined();
    expect(textOf(gzipSync(Buffer.alloc(33 * 1024 * 1024)))).toBeUndefined();
  });
});

describe.skipIf(!hasDpkg)('a fetched package (needs dpkg)', () => {
  const deep = `usr/share/${'long-folder-name/'.repeat(12)}file`;
  const built = async (entries: readonly PackageEntry[]): Promise<string> => {
    const { file } = await buildPackage(
      { name: 'tool', version: '1:2.0-2', architecture: 'all', entries },
      join(root, 'var/cache/apt/archives'),
    );
    const asApt = join(root, 'var/cache/apt/archives/tool_1%3a2.0-2_all.deb');
    spawnSync('mv', [file, asApt]);
    return asApt;
  };

  test('says what is new, NEWS first, whatever else is in it', async () => {
    await built([
      { path: deep, content: 'x'.repeat(70_000) },
      { path: 'usr/bin/tool', content: Buffer.alloc(3_000_000, 1) },
      { path: 'usr/share/doc/tool/changelog.Debian.gz', content: gzipSync(history) },
      { path: 'usr/share/doc/tool/NEWS.Debian.gz', content: gzipSync(entry('1:2.0-1', 'Beware.')) },
    ]);
    const found = await asked();
    expect(found).toMatchObject({ from: '1.9-5', source: 'package' });
    expect(found?.text).toMatch(/^tool[^]*Beware[^]*Newest[^]*Middle/);
    expect(found?.text).not.toContain('Oldest');
  });

  test('whose changelog is a link or without end is passed over', async () => {
    writeFileSync(join(folder, 'secret'), history);
    await built([{ path: 'usr/share/doc/tool/changelog.gz', linkTo: join(folder, 'secret') }]);
    expect(await asked()).toBeUndefined();
    await built([
      { path: 'usr/share/doc/tool/changelog.gz', content: Buffer.alloc(9 * 1024 * 1024, 'tool (9) a; b\n') },
    ]);
    expect(await asked()).toBeUndefined();
  });

  test('that is none is passed over', async () => {
    writeFileSync(join(root, 'var/cache/apt/archives/tool_1%3a2.0-2_all.deb'), 'no package');
    expect(await asked()).toBeUndefined();
    expect(await verb(system(), { name: 'tool', version: '1:2.0-2' })).toMatchObject({
      problem: { code: 'CHANGELOG_UNAVAILABLE' },
    });
  });
});

describe('a staged tree', () => {
  test('that brings the version is read first; links lead nowhere else', async () => {
    const staged = tree('staged', '1:2.0-2');
    writeFileSync(join(staged, 'usr/share/doc/tool/changelog.gz'), gzipSync(history));
    expect(await asked(staged)).toMatchObject({ source: 'staged', text: expect.stringContaining('Newest.') });
    rmSync(join(staged, 'usr/share/doc/tool/changelog.gz'));
    writeFileSync(join(folder, 'secret'), history);
    symlinkSync(join(folder, 'secret'), join(staged, 'usr/share/doc/tool/changelog'));
    expect(await asked(staged)).toBeUndefined();
  });
  test('that has another version says nothing', async () => {
    const staged = tree('staged', '3.0');
    writeFileSync(join(staged, 'usr/share/doc/tool/changelog'), history);
    expect(await asked(staged)).toBeUndefined();
  });
});

test('an archive that comes in pieces of any size is read the same; one that is none ends at once', () => {
  const path = 'usr/share/doc/tool/changelog';
  mkdirSync(join(folder, 'in', 'usr/share/doc/tool'), { recursive: true });
  writeFileSync(join(folder, 'in', path), history);
  const { stdout } = spawnSync('tar', ['-C', join(folder, 'in'), '-cf', '-', './usr'], {
    encoding: 'buffer',
  });
  for (const size of [1, 511, 512, 513, stdout.length]) {
    const picker = new TarPicker({ wanted: (name) => name === path, largest: 100_000 });
    for (let at = 0; at < stdout.length; at += size) picker.push(stdout.subarray(at, at + size));
    expect(picker.files.map(({ data }) => data.toString())).toEqual([history]);
  }
  const none = new TarPicker({ wanted: () => true, largest: 100 });
  expect(none.push(Buffer.alloc(2048, 'x'))).toBe(true);
  expect(none.files).toEqual([]);
});
