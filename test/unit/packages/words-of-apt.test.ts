/** What apt and dpkg say, as they said it (apt 2.6 and 3.0), and what is made of it. */
import { describe, expect, it } from 'vitest';
import { parseAudit } from '../../../electron/engine/packages/apt/audit.js';
import { changeArguments } from '../../../electron/engine/packages/apt/command.js';
import { isKernel, isSecurity, parseSecurityFixes } from '../../../electron/engine/packages/apt/describe.js';
import { archiveName } from '../../../electron/engine/packages/apt/download.js';
import { fetchFault } from '../../../electron/engine/packages/apt/failure.js';
import { argumentsFor } from '../../../electron/engine/packages/apt/hooks.js';
import { parseSimulation } from '../../../electron/engine/packages/apt/simulation.js';
import { packageOf, parseStatusLine } from '../../../electron/engine/packages/apt/status-fd.js';
import type { RunResult } from '../../../electron/engine/process/run.js';
import type { PackageChange } from '../../../shared/plan.js';

describe('parseSimulation', () => {
  const { changes, downgraded, keptBack, phased } = parseSimulation(`Reading package lists...
The following packages have been kept back:
  one two:i386
  three
The following upgrades have been deferred due to phasing:
  later
The following packages will be DOWNGRADED:
  older
1 upgraded, 1 newly installed, 1 to remove and 4 not upgraded.
Remv obsolete [1.0-1]
Remv foreign:i386 [2:1.0]
Inst perl [5.36.0-7+deb12u3] (5.36.0-7+deb12u4 Debian-Security:12/oldstable-security [amd64]) [perl:amd64 ]
Inst libc6:i386 [2.36] (2.37 Debian:12.9/stable, Debian-Security:12/stable-security [i386])
Inst tzdata [2026b] (2026f Practice Archive:1/practice [all]) []
Inst new (1:3~rc1 local.example [amd64])
Inst from-a-file (1.0 [amd64])
Inst older [2.0] (1.0 Pinned [amd64])
Conf perl (5.36.0-7+deb12u4 Debian-Security:12/oldstable-security [amd64])
`);

  it('reads installations, upgrades and removals', () => {
    expect(changes.map(({ name, architecture, from, to }) => [name, architecture, from, to])).toEqual([
      ['obsolete', undefined, '1.0-1', undefined],
      ['foreign', 'i386', '2:1.0', undefined],
      ['perl', 'amd64', '5.36.0-7+deb12u3', '5.36.0-7+deb12u4'],
      ['libc6', 'i386', '2.36', '2.37'],
      ['tzdata', 'all', '2026b', '2026f'],
      ['new', 'amd64', undefined, '1:3~rc1'],
      ['from-a-file', 'amd64', undefined, '1.0'],
      ['older', 'amd64', '2.0', '1.0'],
    ]);
  });

  it('reads the origins', () => {
    expect(changes.map(({ origin }) => origin).filter((origin) => origin !== '')).toEqual([
      'Debian-Security:12/oldstable-security',
      'Debian:12.9/stable, Debian-Security:12/stable-security',
      'Practice Archive:1/practice',
      'local.example',
      'Pinned',
    ]);
  });

  it('reads what is left alone', () => {
    expect(keptBack).toEqual(['one', 'two:i386', 'three']);
    expect(phased).toEqual(['later']);
    expect([...downgraded]).toEqual(['older']);
  });
});

describe('security', () => {
  it.each([
    ['Debian-Security:12/oldstable-security', true],
    ['Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security', true],
    ['Debian:12.9/stable', false],
    ['Security Tools:1/main', false],
  ])('%s: %s', (origin, expected) => expect(isSecurity(origin)).toBe(expected));

  it('is also a release that contains an earlier security update', () => {
    const table = (...lines: string[]): string => [...lines, ''].join('\n');
    const policy = table(
      'jumps:',
      '  Installed: 1.0',
      '  Candidate: 1.2',
      '  Version table:',
      '     1.3 100',
      '        100 http://a.example/debian bookworm-backports/main amd64 Packages',
      '     1.2 500',
      '        500 http://a.example/debian bookworm/main amd64 Packages',
      '     1.1 500',
      '        500 http://s.example/debian-security bookworm-security/main amd64 Packages',
      ' *** 1.0 100',
      '        100 /var/lib/dpkg/status',
      'had-it:',
      '  Installed: 1.1',
      '  Candidate: 1.2',
      '  Version table:',
      '     1.2 500',
      '        500 http://a.example/debian bookworm/main amd64 Packages',
      ' *** 1.1 500',
      '        500 http://s.example/debian-security bookworm-security/main amd64 Packages',
      '        100 /var/lib/dpkg/status',
      '     1.0 500',
      '        500 http://s.example/debian-security bookworm-security/main amd64 Packages',
    );
    expect([...parseSecurityFixes(policy)]).toEqual(['jumps']);
  });
});

describe('isKernel', () => {
  it.each([
    ['linux-image-amd64', '', true],
    ['linux-image-6.1.0-56-amd64', '', true],
    ['linux-headers-generic-hwe-22.04', '', true],
    ['linux-generic', '', true],
    ['linux-libc-dev', '', false],
    ['linux-base', '', false],
    ['util-linux', '', false],
    ['my-own-kernel', 'fuse-module, linux-image, x', true],
    ['tool', 'linux-image-tools', false],
  ])('%s (%s): %s', (name, provides, expected) => expect(isKernel(name, provides)).toBe(expected));
});

describe('archiveName', () => {
  it.each([
    ['perl', '5.36.0-7+deb12u4', 'amd64', 'perl_5.36.0-7+deb12u4_amd64.deb'],
    ['zlib1g', '1:1.3.dfsg+really1.3.1-1', 'amd64', 'zlib1g_1%3a1.3.dfsg+really1.3.1-1_amd64.deb'],
    ['a', '1~rc_1', 'all', 'a_1~rc%5f1_all.deb'],
  ])('%s %s', (name, version, architecture, expected) =>
    expect(archiveName(name, version, architecture)).toBe(expected),
  );
});

describe('parseStatusLine', () => {
  it('reads packages with an architecture, archives and items', () => {
    const package_ = (text: string): string | undefined => {
      const line = parseStatusLine(text);
      return line && packageOf(line);
    };
    expect(parseStatusLine('pmstatus:libc6:i386:33.3333:Unpacking libc6:i386')).toEqual({
      kind: 'pmstatus',
      subject: 'libc6:i386',
      percent: 33.3333,
      text: 'Unpacking libc6:i386',
    });
    expect(package_('pmerror:/var/cache/apt/archives/bad_1%3a2_all.deb:40.0000:new bad package …')).toBe(
      'bad',
    );
    expect(package_('pmstatus:dpkg-exec:0.0000:Running dpkg')).toBeUndefined();
    expect(parseStatusLine('dlstatus:2:12.5:Retrieving file 2 of 8')).toMatchObject({ percent: 12.5 });
    expect(parseStatusLine('processing: install: perl')).toBeUndefined();
  });
});

describe('fetchFault', () => {
  const failed = (stderr: string): RunResult => ({
    status: 100,
    signal: null,
    stdout: '',
    stderr,
    ended: 'exit',
  });
  const code = (stderr: string): string | undefined =>
    fetchFault(['apt-get', 'update'], failed(stderr))?.code;

  it.each([
    [
      'ARCHIVE_UNREACHABLE',
      'E: Failed to fetch http://a/InRelease  Could not connect to a:80 (::1). - connect (111: Connection refused)',
    ],
    ['ARCHIVE_UNREACHABLE', "E: The repository 'http://a bookworm Release' does not have a Release file."],
    [
      'ARCHIVE_UNREACHABLE',
      "E: Failed to fetch http://a/InRelease  Clearsigned file isn't valid, got 'NOSPLIT' (does the network require authentication?)\nE: The repository 'http://a bookworm InRelease' is no longer signed.",
    ],
    ['ARCHIVE_UNREACHABLE', 'E: Failed to fetch http://a/InRelease  Temporary failure resolving ‘a’'],
    [
      'ARCHIVE_UNTRUSTED',
      "W: GPG error: http://a bookworm InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 0123\nE: The repository 'http://a' is not signed.",
    ],
    [
      'ARCHIVE_UNTRUSTED',
      'W: OpenPGP signature verification failed: http://a bookworm InRelease: Sub-process /usr/bin/sqv returned an error code (1)',
    ],
    [
      'ARCHIVE_EXPIRED',
      'E: Release file for http://a/InRelease is expired (invalid since 5d 2h 3min 4s). Updates for this repository will not be applied.',
    ],
    [
      'ARCHIVE_EXPIRED',
      'E: Release file for http://a/InRelease is not valid yet (invalid for another 5d). Updates for this repository will not be applied.',
    ],
    [
      'ARCHIVE_INCONSISTENT',
      'E: Failed to fetch http://a/Packages.gz  Hash Sum mismatch\n   Hashes of expected file:\n    - SHA256:00',
    ],
    [
      'ARCHIVE_INCONSISTENT',
      'E: Failed to fetch http://a/Packages.gz  File has unexpected size (1 != 2). Mirror sync in progress? [IP: 127.0.0.1 80]',
    ],
    [
      'ARCHIVE_INCONSISTENT',
      'E: Failed to fetch http://a/pool/x_1_all.deb  404  Not Found [IP: 127.0.0.1 80]',
    ],
    ['NO_SPACE', "E: You don't have enough free space in /var/cache/apt/archives/."],
    ['NO_SPACE', 'E: Write error - write (28: No space left on device)'],
    ['BUSY_PACKAGES', 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt)'],
    ['COMMAND_FAILED', 'E: Something never heard of'],
  ])('%s', (expected, stderr) => expect(code(stderr)).toBe(expected));

  it('names each source once, errors first, without apt’s summary', () => {
    const fault = fetchFault(
      ['apt-get'],
      failed(
        'W: http://b is odd\nE: Failed to fetch http://a  Hash Sum mismatch\n   Hashes of expected file:\n    - SHA256:00\nE: Failed to fetch http://a  Hash Sum mismatch\n   Hashes of expected file:\n    - SHA256:00\nE: Some index files failed to download. They have been ignored, or old ones used instead.\n',
      ),
    );
    expect(fault?.problem.details).toEqual([
      'Failed to fetch http://a  Hash Sum mismatch Hashes of expected file: - SHA256:00',
      'http://b is odd',
    ]);
  });

  it('is none after a success, and keeps a cancel and a silent server apart', () => {
    expect(fetchFault([], { ...failed(''), status: 0 })).toBeUndefined();
    expect(fetchFault([], { ...failed(''), status: null, ended: 'cancelled' })?.code).toBe('CANCELLED');
    expect(fetchFault([], { ...failed(''), status: null, ended: 'idle' })?.code).toBe('ARCHIVE_UNREACHABLE');
  });
});

describe('parseAudit', () => {
  it('gives each package its explanation', () => {
    const text = `The following packages are in a mess due to serious problems during
installation.  They must be reinstalled for them (and any packages
that depend on them) to function properly:
 one                  the first
 two:i386             the second

The following packages have been unpacked but not yet configured.
They must be configured using dpkg --configure or the configure
menu option in dselect for them to work:
 three                the third
`;
    const findings = parseAudit(text);
    expect(findings.map((finding) => finding.package)).toEqual(['one', 'two:i386', 'three']);
    expect(findings[2]?.sentence).toMatch(/^The following packages have been unpacked/);
    expect(parseAudit('')).toEqual([]);
  });
});

describe('changeArguments', () => {
  const change = (more: Partial<PackageChange>): PackageChange => ({
    action: 'upgrade',
    name: 'a',
    architecture: 'amd64',
    from: '1',
    to: '2',
    downloadBytes: 0,
    installedBytes: 0,
    security: false,
    kernel: false,
    origin: '',
    ...more,
  });

  it('names exact versions and forbids what the plan does not have', () => {
    const argv = changeArguments([change({}), change({ name: 'b', architecture: 'all' })]);
    expect(argv).toContain('--no-remove');
    expect(argv).not.toContain('--allow-downgrades');
    expect(argv.slice(argv.indexOf('install') + 1)).toEqual(['a:amd64=2', 'b=2']);
  });

  it('allows removals and downgrades where the plan has them', () => {
    const argv = changeArguments([
      change({ action: 'remove', to: null }),
      change({ action: 'downgrade', name: 'b' }),
    ]);
    expect(argv).not.toContain('--no-remove');
    expect(argv).toContain('--allow-downgrades');
    expect(argv.slice(argv.indexOf('install') + 1)).toEqual(['a:amd64-', 'b:amd64=2']);
  });
});

describe('hooks', () => {
  const ordinary =
    'DPkg::Pre-Install-Pkgs:: /usr/sbin/dpkg-preconfigure%20--apt%20||%20true\nDPkg::Post-Invoke \n';

  it('are left alone where none takes a snapshot', () => expect(argumentsFor(ordinary)).toEqual([]));

  it('lose those that take a snapshot and keep the others in order', () => {
    const dump = `${ordinary}DPkg::Pre-Invoke:: if%20[%20-x%20/usr/bin/snapper%20];%20then%20snapper%20create;%20fi\nDPkg::Post-Invoke::named echo%20%22x%22\n`;
    expect(argumentsFor(dump)).toEqual([
      '-c=/run/understudy/apt/without-hooks.conf',
      '-o',
      'DPkg::Pre-Install-Pkgs::=/usr/sbin/dpkg-preconfigure --apt || true',
      '-o',
      'DPkg::Post-Invoke::named=echo "x"',
    ]);
  });
});
