/** What goes into a practice root of the Debian family, and what must not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { accountFiles } from '../../../electron/engine/practice/debian/accounts.js';
import { practicePackages } from '../../../electron/engine/practice/debian/closure.js';
import { ownSources, waySettings } from '../../../electron/engine/practice/debian/sources.js';
import { statusParagraphs } from '../../../electron/engine/practice/debian/status-paragraphs.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'understudy-parts-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const view = () => plainView(raw(root));

describe('accounts', () => {
  const passwd =
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\nmaria:x:1000:1000::/home/maria:/bin/sh\nnobody:x:65534:65534::/:/usr/sbin/nologin\n+::::::\n';
  const group = 'root:x:0:\nsudo:x:27:maria,daemon\nmaria:x:1000:\n';
  const files = accountFiles(passwd, group);

  it('takes system accounts only', () => {
    expect(files.passwd).not.toContain('maria');
    expect(files.passwd).toContain('nobody:x:65534');
    expect(files.group).toBe('root:x:0:\nsudo:x:27:daemon\n');
  });
  it('gives nobody a password', () => {
    expect(
      files.shadow
        .trimEnd()
        .split('\n')
        .map((line) => line.split(':')[1]),
    ).toEqual(['*', '*', '*']);
    expect(files.gshadow).toBe('root:*::\nsudo:*::daemon\n');
  });
});

describe('packages', () => {
  const paragraph = (name: string, fields = '', architecture = 'amd64') =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: 1\n${fields}\n`;
  const names = () => practicePackages(statusParagraphs(view())).map(({ name }) => name);

  it('follows dependencies, through virtual packages and the alternative that is installed', () => {
    const status = [
      paragraph('dpkg', 'Essential: yes\nPre-Depends: libc6 (>= 2),\n awk\nDepends: absent | tar (>= 1)\n'),
      paragraph('libc6'),
      paragraph('mawk', 'Provides: awk\n'),
      paragraph('gawk', 'Provides: awk (= 1)\n'),
      paragraph('tar'),
      paragraph('libc6', '', 'i386'),
      paragraph('desktop', 'Depends: libc6\n'),
    ];
    write('var/lib/dpkg/status', status.join('\n'));
    expect(names()).toEqual(['dpkg', 'libc6', 'mawk', 'tar']);
  });
  it('takes what is chosen already where any of several would do', () => {
    const status = [
      paragraph('dpkg', 'Essential: yes\nDepends: a | b\n'),
      paragraph('a'),
      paragraph('b', 'Essential: yes\n'),
    ];
    write('var/lib/dpkg/status', status.join('\n'));
    expect(names()).toEqual(['b', 'dpkg']);
  });
  it('reads what an interrupted dpkg left, and no removed packages', () => {
    write(
      'var/lib/dpkg/status',
      `${paragraph('dpkg')}\n${paragraph('gone').replace('ok installed', 'ok config-files')}`,
    );
    write('var/lib/dpkg/updates/0001', paragraph('dpkg').replace('ok installed', 'ok half-configured'));
    expect(statusParagraphs(view()).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'dpkg half-configured',
    ]);
  });
});

describe('sources', () => {
  beforeEach(() => {
    write('etc/os-release', 'ID=debian\nVERSION_CODENAME="bookworm"\n');
    write(
      'var/lib/dpkg/info/debian-archive-keyring.list',
      '/.\n/usr/share/keyrings/debian-archive-keyring.gpg\n',
    );
  });
  const uris = () => ownSources(view(), 'amd64').flatMap((source) => source.uris);

  it('takes the distribution’s own, in both forms', () => {
    write(
      'etc/apt/sources.list',
      '# old\ndeb http://mirror.example.org/debian bookworm main\ndeb-src http://mirror.example.org/debian bookworm main\n',
    );
    write(
      'etc/apt/sources.list.d/debian.sources',
      'Types: deb\n# a remark\nURIs: http://mirror.example.org/debian-security\nSuites: bookworm-security\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
    );
    expect(uris()).toEqual(['http://mirror.example.org/debian', 'http://mirror.example.org/debian-security']);
  });
  it.each([
    ['a foreign archive', 'deb https://packages.example.org/apt bookworm main'],
    [
      'a foreign key',
      'deb [signed-by=/etc/apt/keyrings/x.gpg] http://mirror.example.org/debian bookworm main',
    ],
    ['a password', 'deb https://me:secret@mirror.example.org/debian bookworm main'],
    ['no signature', 'deb [trusted=yes] http://mirror.example.org/debian bookworm main'],
    ['another release', 'deb http://mirror.example.org/debian trixie main'],
    ['a folder of the machine', 'deb file:/srv/debian bookworm main'],
    ['another architecture', 'deb [arch=i386] http://mirror.example.org/debian bookworm main'],
  ])('leaves out %s', (_what, line) => {
    write('etc/apt/sources.list', `${line}\n`);
    expect(uris()).toEqual([]);
  });
  it('leaves out what is switched off', () => {
    write(
      'etc/apt/sources.list.d/debian.sources',
      'Types: deb\nEnabled: no\nURIs: http://mirror.example.org/debian\nSuites: bookworm\nComponents: main\n',
    );
    expect(uris()).toEqual([]);
  });
  it('takes the way to the archive and no other setting', () => {
    const dump =
      'APT::Architecture "amd64";\nAcquire::http::Proxy "http://proxy:3128";\nAcquire::Languages "none";\nDPkg::Pre-Invoke:: "rm";\n';
    expect(waySettings(dump)).toBe('Acquire::http::Proxy "http://proxy:3128";\n');
  });
});
