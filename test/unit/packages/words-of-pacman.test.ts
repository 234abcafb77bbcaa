/** What pacman's files and words say, as pacman 6.0 wrote them, and what is made of it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseCheck } from '../../../electron/engine/packages/pacman/audit.js';
import { isHeld, parseConfiguration } from '../../../electron/engine/packages/pacman/configuration.js';
import { isOfName, satisfies } from '../../../electron/engine/packages/pacman/dependency.js';
import { entriesIn, fieldsIn, listOf, valueOf } from '../../../electron/engine/packages/pacman/desc.js';
import { fetchFault } from '../../../electron/engine/packages/pacman/failure.js';
import { goesWithKernel, isKernel } from '../../../electron/engine/packages/pacman/kernel.js';
import { failureLine, parseLog } from '../../../electron/engine/packages/pacman/transaction-log.js';
import { compareVersions } from '../../../electron/engine/packages/pacman/version.js';
import type { RunResult } from '../../../electron/engine/process/run.js';

describe('the order of versions', () => {
  const pairs = [
    ['1.0-1', '1.0-1'],
    ['1.0-1', '1.0-2'],
    ['1.0', '1.0-2'],
    ['1.0-10', '1.0-9'],
    ['1.0a', '1.0'],
    ['1.0rc1', '1.0'],
    ['1.0.rc1', '1.0'],
    ['1.0', '1.0.1'],
    ['1.0.', '1.0'],
    ['1.0.', '1.0.a'],
    ['1..0', '1.0'],
    ['1_0', '1.0'],
    ['1.alpha', '1.1'],
    ['alpha', 'beta'],
    ['2.0', '10.0'],
    ['1:1.0', '2.0'],
    [':1.0', '0:1.0'],
    ['001', '1'],
    ['1.0.arch1-1', '1.0.arch2-1'],
    ['6.9.arch1', '6.9.1.arch1'],
    ['20240101', '2024.01.01'],
    ['5.4.r3.gabc', '5.4.r12.gdef'],
    ['1.0+2', '1.0'],
    ['', '1'],
  ] as const;

  it('is none for what is the same, and turns round with its sides', () => {
    for (const [a, b] of pairs) {
      expect(compareVersions(a, a)).toBe(0);
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
    }
    expect(compareVersions('1.0-1', '1:0.1-1')).toBeLessThan(0);
    expect(compareVersions('1.0rc1-1', '1.0-1')).toBeLessThan(0);
  });

  const hasVercmp = spawnSync('vercmp', ['1', '1']).status === 0;
  it.skipIf(!hasVercmp)('is that of vercmp (needs pacman)', () => {
    const both = pairs
      .flatMap(([a, b]) => [[a, b] as const, [b, a] as const])
      .filter(([a, b]) => a !== '' && b !== '');
    const real = both.map(([a, b]) =>
      Math.sign(Number(execFileSync('vercmp', [a, b], { encoding: 'utf8' }))),
    );
    expect(both.map(([a, b]) => [a, b, Math.sign(compareVersions(a, b))])).toEqual(
      both.map(([a, b], index) => [a, b, real[index]]),
    );
  });
});

describe('the databases', () => {
  it('are fields with values below them', () => {
    const fields = fieldsIn('%NAME%\nbash\n\n%DEPENDS%\nreadline>=8\nglibc\n\n%EMPTY%\n\n%VERSION%\n5.2-1\n');
    expect(valueOf(fields, 'NAME')).toBe('bash');
    expect(listOf(fields, 'DEPENDS')).toEqual(['readline>=8', 'glibc']);
    expect(listOf(fields, 'EMPTY')).toEqual([]);
    expect(valueOf(fields, 'VERSION')).toBe('5.2-1');
  });

  it('of an archive are many of them', () => {
    const text =
      '%FILENAME%\na-1-1-any.pkg.tar.zst\n\n%NAME%\na\n\n%FILENAME%\nb-1-1-any.pkg.tar.zst\n\n%NAME%\nb\n\n';
    expect(entriesIn(text).map((fields) => valueOf(fields, 'NAME'))).toEqual(['a', 'b']);
    expect(entriesIn('')).toEqual([]);
  });
});

describe('the configuration', () => {
  const configuration = parseConfiguration(`
# Include = /etc/nothing
[options]
IgnorePkg = linux* nvidia
IgnorePkg=glib[0-9]
IgnoreGroup = plasma
Architecture = auto
#IgnorePkg = never
[core]
Server = https://example.org/$repo
[extra]
IgnorePkg = not-an-option-here
`);

  it('names the archives in their order', () =>
    expect(configuration.repositories).toEqual(['core', 'extra']));

  it('holds packages by pattern and by group', () => {
    const held = (name: string, groups: string[] = []) => isHeld(configuration, name, groups);
    expect(['linux', 'linux-lts', 'nvidia', 'glib2'].map((name) => held(name))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['nvidia-utils', 'glibc', 'never', 'not-an-option-here'].map((name) => held(name))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(held('kwin', ['plasma'])).toBe(true);
  });
});

describe('dependencies', () => {
  const sh = { name: 'bash', version: '5.2-1', provides: ['sh', 'posix-shell=1'] };

  it.each([
    ['bash', true],
    ['bash>=5', true],
    ['bash<5', false],
    ['bash=5.2', true],
    ['sh', true],
    ['sh>=1', false],
    ['posix-shell>=1', true],
    ['posix-shell>1', false],
    ['zsh', false],
  ])('%s: %s', (wanted, expected) => expect(satisfies(sh, wanted)).toBe(expected));

  it('what replaces a package names it itself', () => {
    expect(isOfName(sh, 'sh')).toBe(false);
    expect(isOfName(sh, 'bash<6')).toBe(true);
  });
});

describe('kernels', () => {
  it('are known by their names, or by what they have built in', () => {
    const names = [
      'linux',
      'linux-lts',
      'linux-zen',
      'linux-hardened',
      'linux66',
      'linux-headers',
      'linux-lts-headers',
    ];
    expect(names.filter((name) => !isKernel(name, []))).toEqual([]);
    expect(isKernel('linux-of-mine', ['WIREGUARD-MODULE', 'VIRTUALBOX-GUEST-MODULES'])).toBe(true);
    const others = [
      'linux-api-headers',
      'linux-firmware',
      'linux-docs',
      'linux-tools',
      'util-linux',
      'linuxconsole',
    ];
    expect(others.filter((name) => isKernel(name, []))).toEqual([]);
    expect(['linux-firmware', 'linux-firmware-whence', 'intel-ucode'].every(goesWithKernel)).toBe(true);
  });
});

describe('the log', () => {
  const line = (words: string) => `[2026-11-20T12:00:00+0000] [ALPM] ${words}\n`;
  const begun = line('transaction started') + line('upgraded a (1-1 -> 2-1)') + line('installed b (1-1)');

  it('of a run that ended is closed', () => {
    for (const end of ['transaction completed', 'transaction interrupted', 'transaction failed'])
      expect(parseLog(begun + line(end))).toEqual({ isOpen: false, last: undefined, failed: [] });
    expect(parseLog('')).toEqual({ isOpen: false, last: undefined, failed: [] });
  });

  it('of a run that was cut short names the package that it was at', () =>
    expect(parseLog(line('transaction completed') + begun)).toMatchObject({ isOpen: true, last: 'b' }));

  it('is not deceived by what a script says', () => {
    const said = '[2026-11-20T12:00:00+0000] [ALPM-SCRIPTLET] transaction completed\n';
    expect(parseLog(begun + said).isOpen).toBe(true);
  });

  it('remembers scripts that failed until the package is put in place again', () => {
    const failed = begun + line('transaction completed') + failureLine('b', new Date());
    expect(parseLog(failed).failed).toEqual(['b']);
    expect(parseLog(failed + line('reinstalled b (1-1)')).failed).toEqual([]);
  });
});

describe('the words of pacman', () => {
  it.each([
    ['core: key "ABC" is unknown', 'ARCHIVE_UNTRUSTED'],
    ['core: signature from "S <s@x>" is unknown trust', 'ARCHIVE_UNTRUSTED'],
    ['core: signature from "S <s@x>" is expired', 'ARCHIVE_EXPIRED'],
    [
      'failed to synchronize all databases (invalid or corrupted database (PGP signature))',
      'ARCHIVE_UNTRUSTED',
    ],
    ['failed to synchronize all databases (unable to lock database)', 'BUSY_PACKAGES'],
    ["failed retrieving file 'core.db' from mirror.example : Could not resolve host", 'ARCHIVE_UNREACHABLE'],
    [
      "failed retrieving file 'core.db' from mirror.example : The requested URL returned error: 404",
      'ARCHIVE_UNREACHABLE',
    ],
    [
      "failed retrieving file 'core.db.sig' from mirror.example : The requested URL returned error: 404",
      'ARCHIVE_UNTRUSTED',
    ],
    [
      "failed retrieving file 'a-1-1-any.pkg.tar.zst' from mirror.example : The requested URL returned error: 404",
      'ARCHIVE_INCONSISTENT',
    ],
    ['failed to commit transaction (invalid or corrupted package (checksum))', 'ARCHIVE_INCONSISTENT'],
    ['Partition / too full: 1 blocks needed, 0 blocks free\nerror: not enough free disk space', 'NO_SPACE'],
  ])('%s', (words, code) => {
    const result: RunResult = {
      status: 1,
      signal: null,
      stdout: '',
      stderr: `error: ${words}\n`,
      ended: 'exit',
    };
    expect(fetchFault(['pacman'], result)?.code).toBe(code);
  });

  it('after a look at the database name the packages', () => {
    const text = [
      "error: 'c-2-1': description file is missing",
      "error: missing 'glibc' dependency for 'bash'",
      "error: 'a' conflicts with 'b'",
      'warning: not this',
    ].join('\n');
    expect(parseCheck(text).map((finding) => finding.package)).toEqual(['c', 'bash', 'a']);
  });
});
