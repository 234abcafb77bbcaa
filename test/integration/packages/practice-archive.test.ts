/** The practice archive: real packages, a signature that apt's own tools accept, and use without any server. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { apt } from '../../../electron/engine/packages/apt/apt.js';
import { getXattr } from '../../../electron/engine/posix/xattr.js';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { armour, clearSign, makeSigningKey } from '../../../electron/engine/practice/archive/openpgp.js';
import { buildPackage } from '../../../electron/engine/practice/archive/package.js';
import { makePracticeArchive } from '../../../electron/engine/practice/archive/practice-archive.js';
import { editedConffile, userEdit } from '../../../electron/engine/practice/archive/practice-updates.js';
import { run } from '../../../electron/engine/process/run.js';
import { openSystem } from '../../../electron/engine/system.js';
import { debianRoot, debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { treeSession } from '../../lab/tree-session.js';

const impossible = await debianRootImpossible();
const has = async (...argv: [string, ...string[]]): Promise<boolean> =>
  (await run(argv, { timeoutMs: 10_000 })).ended === 'exit';
const withoutGpgv = !(await has('gpgv', '--version'));
const withoutDpkg = !(await has('dpkg-deb', '--version'));
const now = (): number => Math.floor(Date.now() / 1000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(withoutGpgv)('an OpenPGP signature (gpgv)', () => {
  const verify = async (message: string, keyring: Buffer): Promise<number | null> => {
    writeFileSync(join(folder, 'keyring.gpg'), keyring);
    writeFileSync(join(folder, 'message.asc'), message);
    return (
      await run(['gpgv', '--keyring', join(folder, 'keyring.gpg'), join(folder, 'message.asc')], {
        timeoutMs: 10_000,
      })
    ).status;
  };

  it.each([
    ['a Release file', 'Origin: Practice\nSHA256:\n 00 1 main/Packages\n'],
    [
      'lines that begin with a dash, end in blanks, are empty or not ASCII',
      '- a\n-----BEGIN\nb \t \n\n\nÜñî\n',
    ],
    ['no newline at the end', 'a\nb'],
    ['nothing', ''],
  ])('is good for %s', async (_what, text) => {
    const key = makeSigningKey('Test <test@localhost>', now() - 60);
    expect(await verify(clearSign(text, key, now()), key.keyring)).toBe(0);
  });

  it('is good for every key (the numbers in it have varying lengths)', async () => {
    for (let index = 0; index < 24; index += 1) {
      const key = makeSigningKey('Test <test@localhost>', now() - 60);
      expect(await verify(clearSign('text\n', key, now()), key.keyring)).toBe(0);
    }
  });

  it('is bad for another text and another key', async () => {
    const key = makeSigningKey('Test <test@localhost>', now() - 60);
    const message = clearSign('value: 1\n', key, now());
    expect(await verify(message.replace('value: 1', 'value: 2'), key.keyring)).not.toBe(0);
    expect(await verify(message, makeSigningKey('Other <o@localhost>', now() - 60).keyring)).not.toBe(0);
  });

  it('has armour with the checksum of the standard', () => {
    // RFC 4880, section 6.6, the example of an ASCII armoured message.
    const data = Buffer.from(
      'yDgBO22WxBHv7O8X7O/jygAEzol56iUKiXmV+XmpCtmpqQUKiQrFqclFqUDBovzSvBSFjNSiVHsuAA==',
      'base64',
    );
    expect(armour('MESSAGE', data)).toContain('\n=njUN\n');
  });
});

describe.skipIf(withoutDpkg)('a package', () => {
  it('has its files, modes, scripts and configuration files', async () => {
    const { file, control } = await buildPackage(
      {
        name: 'understudy-test',
        version: '1:2-3',
        architecture: 'all',
        fields: { Depends: 'dpkg' },
        entries: [
          { path: 'usr/bin/tool', content: '#!/bin/sh\n', mode: 0o4755 },
          { path: 'etc/tool.conf', content: 'a\n' },
          { path: 'usr/bin/other', linkTo: 'tool' },
          { path: 'var/lib/tool', directory: true, mode: 0o700 },
        ],
        conffiles: ['etc/tool.conf'],
        scripts: { postinst: 'exit 0' },
      },
      folder,
    );
    expect(control).toContain('Version: 1:2-3');
    const listing = execFileSync('dpkg-deb', ['--contents', file], { encoding: 'utf8' });
    expect(listing).toMatch(/^-rwsr-xr-x root\/root .*\.\/usr\/bin\/tool$/m);
    expect(listing).toMatch(/^lrwxrwxrwx root\/root .*\.\/usr\/bin\/other -> tool$/m);
    expect(listing).toMatch(/^drwx------ root\/root .*\.\/var\/lib\/tool\/$/m);
    expect(listing).toMatch(/^drwxr-xr-x root\/root .*\.\/usr\/$/m);
    expect(execFileSync('dpkg-deb', ['--info', file, 'conffiles'], { encoding: 'utf8' })).toBe(
      '/etc/tool.conf\n',
    );
    expect(execFileSync('dpkg-deb', ['--info', file, 'postinst'], { encoding: 'utf8' })).toBe(
      '#!/bin/sh\nexit 0\n',
    );
  });
});

describe.skipIf(impossible !== undefined)(
  `the practice archive${impossible ? ` (${impossible})` : ''}`,
  () => {
    let root: string;
    beforeAll(async () => {
      root = await debianRoot();
    });
    afterAll(() => removeRoot(root));

    it('is used from a folder of the tree, without a server, and shows every kind of change', async () => {
      const place = join(root, 'srv/practice');
      const view = plainView(raw(root));
      const archive = await makePracticeArchive(place, view);
      const keyring = '/etc/apt/keyrings/practice.gpg';
      mkdirSync(join(root, 'etc/apt/keyrings'), { recursive: true });
      writeFileSync(join(root, keyring), archive.keyring);
      writeFileSync(join(root, 'etc/apt/sources.list'), '');
      writeFileSync(
        join(root, 'etc/apt/sources.list.d/practice.sources'),
        archive.sources('file:/srv/practice', keyring),
      );
      const system = openSystem(root, { settings: { reserveBytes: 0 } });

      for (const what of ['installed', 'updates'] as const) {
        archive.offer(what);
        const names = archive.installed.map(({ spec }) => spec.name);
        const fetching = await treeSession(root, { network: 'host', binds: apt.binds(system, 'fetch') });
        await apt.refresh(fetching, system);
        const selection =
          what === 'installed'
            ? ({ scope: 'selected', selected: names } as const)
            : ({ scope: 'all', selected: [] } as const);
        const { changes } = await apt.resolve(fetching, system, selection);
        expect(changes).toHaveLength(archive[what].length);
        await apt.download(fetching, system, changes);
        await fetching.close();
        const rehearsing = await treeSession(root, { network: 'none', binds: apt.binds(system, 'rehearse') });
        await apt.apply(rehearsing, system, changes, () => undefined);
        expect(await apt.audit(rehearsing)).toEqual([]);
        const program = await rehearsing.run(['understudy-practice', '--version'], { timeoutMs: 10_000 });
        expect(program.status).toBe(0);
        await rehearsing.close();
        if (what === 'installed') writeFileSync(join(root, editedConffile), userEdit, { flag: 'a' });
      }

      const read = (path: string): string => readFileSync(join(root, path), 'utf8');
      expect(read(editedConffile)).toBe(`# practice settings\nspeed = 10\nshape = round\n${userEdit}`);
      expect(read(`${editedConffile}.dpkg-dist`)).toContain('speed = 20');
      expect(read('etc/understudy-practice/untouched.conf')).toBe('level = 2\n');
      expect(read('etc/passwd')).toMatch(/^understudy-practice:/m);
      const link = 'etc/systemd/system/multi-user.target.wants/understudy-practice.service';
      expect(readlinkSync(join(root, link))).toBe('/usr/lib/systemd/system/understudy-practice.service');
      expect(read('usr/lib/systemd/system/understudy-practice.service')).toContain('1.1-1');
      for (const release of ['6.1.0-1-practice', '6.1.0-2-practice']) {
        expect(statSync(join(root, `boot/vmlinuz-${release}`)).size).toBeGreaterThan(0);
        const initramfs = gunzipSync(readFileSync(join(root, `boot/initrd.img-${release}`)));
        expect(initramfs.toString('latin1')).toMatch(/^070701.*TRAILER!!!/s);
        expect(read(`usr/lib/modules/${release}/modules.dep`)).toContain('practice.ko');
      }
      const capability = getXattr(
        `${root}/usr/bin/understudy-practice-listen` as RawPath,
        'security.capability',
      );
      expect(capability?.toString('hex')).toMatch(/^0100000200040000/);
    });
  },
);
