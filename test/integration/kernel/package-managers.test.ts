/** Real transactions of real package managers that remove the running kernel: what could be loaded before can be loaded after. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { release as hostRelease, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { debianRoot, debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { guestPackages } from '../../lab/guest/guest.js';
import {
  addBuiltModule,
  hooksFolder,
  installHooks,
  kmodImpossible,
  loadable,
  mergedUsr,
  script,
  someModules,
} from '../../lab/kernel-modules.js';
import { inTree } from '../../lab/practice-system.js';
import { throwawaySession } from '../../lab/tree-session.js';

const impossible = (await debianRootImpossible()) ?? (await kmodImpossible());
const limit = { timeoutMs: 120_000 };
const has = async (...commands: readonly string[]): Promise<boolean> => {
  for (const command of commands)
    if ((await run([command, '--version'], { timeoutMs: 20_000 })).ended !== 'exit') return false;
  return true;
};

describe.skipIf(impossible !== undefined)(
  `package managers and modules (needs root${impossible ? `: ${impossible}` : ''})`,
  () => {
    let root: string;
    let release: string;
    let folder: string;
    beforeAll(async () => {
      root = await debianRoot({ variant: 'minbase', include: guestPackages });
      release = readdirSync(join(root, 'usr/lib/modules'))[0] ?? '';
      folder = mkdtempSync(join(tmpdir(), 'understudy-modules-'));
      installHooks(root, release);
    }, 600_000);
    afterAll(() => {
      removeRoot(root);
      rmSync(folder, { recursive: true, force: true });
    });

    const hasModules = (where: string, name: string): boolean =>
      existsSync(join(where, 'usr/lib/modules', name, 'kernel'));
    /** Both the package of the kernel and the one that asks for it. */
    const kernels = (): string[] => [`linux-image-${release}`, 'linux-image-cloud-amd64'];

    test('in a rehearsal nothing is kept: the clone is not what runs', async () => {
      const session = await throwawaySession(root, { network: 'none', binds: [] });
      try {
        const { stdout } = await session.run(['/usr/bin/env'], limit);
        expect(stdout).toMatch(/^UNDERSTUDY_REHEARSAL=1$/m);
        const purge = ['/usr/bin/dpkg', '--purge', ...kernels()] as [string, ...string[]];
        expect(await session.run(purge, limit)).toMatchObject({ status: 0 });
        const listed = await session.run(['/bin/ls', '-A', '/usr/lib/modules'], limit);
        expect(listed.stdout).toBe('');
      } finally {
        await session.close();
      }
      expect(hasModules(root, release)).toBe(true);
    });

    test('a script that fails, or is not there, stops no dpkg', async () => {
      const path = join(root, 'usr/lib/understudy/hooks/modules');
      const whole = readFileSync(path);
      writeFileSync(path, '#!/bin/sh\necho called >>/tmp/called\nexit 1\n');
      await inTree(root, ['dpkg', '--configure', '--pending']);
      expect(readFileSync(join(root, 'tmp/called'), 'utf8')).toBe('called\ncalled\n');
      rmSync(path);
      await inTree(root, ['dpkg', '--configure', '--pending']);
      writeFileSync(path, whole, { mode: 0o755 });
    });

    test('dpkg: a module of DKMS that is removed from a kernel that stays is gone', async () => {
      const built = addBuiltModule(root, release);
      await runOrFault([script, '--root', root, '--release', release, 'keep'], limit);
      rmSync(built);
      await inTree(root, ['dpkg', '--configure', '--pending']);
      expect(existsSync(built)).toBe(false);
      expect(readdirSync(join(root, 'usr/lib/modules'))).toEqual([release]);
    });

    test('apt: the modules of a kernel that is purged while it runs can be loaded, those of DKMS too', async () => {
      addBuiltModule(root, release);
      await runOrFault(['depmod', '--basedir', root, release], limit);
      const before = await loadable(root, release);
      expect(before).toContain('built');
      expect(before.length).toBeGreaterThan(500);
      await inTree(root, ['apt-get', 'purge', '--yes', ...kernels()]);
      const status = await inTree(root, ['dpkg-query', '--show', '--showformat=${Package}\n']);
      expect(status).not.toContain(`linux-image-${release}`);
      expect(existsSync(join(root, 'boot', `vmlinuz-${release}`))).toBe(false);
      expect(await loadable(root, release)).toEqual(before);
      expect(readdirSync(join(root, 'usr/lib/modules'))).toEqual([release]);
      // And they stay so in what comes after.
      await inTree(root, ['dpkg', '--purge', 'zstd', 'initramfs-tools', 'initramfs-tools-core']);
      expect(await loadable(root, release)).toEqual(before);
    });

    test('pacman: the modules of a kernel that an upgrade replaces can be loaded', async (context) => {
      context.skip(!(await has('pacman', 'bsdtar')), 'needs pacman and bsdtar');
      // The tree has programs for the hooks, which pacman runs in it.
      const [old, next] = ['6.9.1-arch1-1', '6.9.2-arch1-1'];
      installHooks(root, old);
      const packages: string[] = [];
      for (const [version, name] of [
        ['6.9.1-1', old],
        ['6.9.2-1', next],
      ] as const) {
        const content = join(folder, `pacman-${version}`);
        await someModules({ root, release }, { root: content, release: name });
        rmSync(join(content, 'lib'));
        const info = `pkgname = linux\npkgbase = linux\npkgver = ${version}\npkgdesc = a kernel\nurl = none\nbuilddate = 1\npackager = tests\nsize = 1\narch = x86_64\nlicense = GPL\n`;
        writeFileSync(join(content, '.PKGINFO'), info);
        packages.push(join(folder, `linux-${version}-x86_64.pkg.tar.gz`));
        await runOrFault(['bsdtar', '-C', content, '-czf', packages.at(-1)!, '.PKGINFO', 'usr'], limit);
      }
      const config = join(folder, 'pacman.conf');
      writeFileSync(
        config,
        '[options]\nArchitecture = x86_64\nSigLevel = Never\nLocalFileSigLevel = Never\n',
      );
      mkdirSync(join(root, 'var/lib/pacman'), { recursive: true });
      const places = ['--root', root, '--dbpath', join(root, 'var/lib/pacman'), '--config', config];
      const hooks = ['--hookdir', join(root, 'usr/share/libalpm/hooks'), '--noconfirm'];
      const pacman = (...words: readonly string[]) =>
        runOrFault(['pacman', ...places, ...hooks, ...words], limit);

      await pacman('-U', packages[0]!);
      const built = addBuiltModule(root, old);
      await runOrFault(['depmod', '--basedir', root, old], limit);
      const before = await loadable(root, old);
      expect(before).toContain('fuse');
      const { stdout } = await pacman('-U', packages[1]!);
      expect(stdout).toContain('Keeping the modules of the running kernel');
      expect(stdout).toContain('Bringing back the modules of the running kernel');
      expect(await loadable(root, old)).toEqual(before);
      expect(existsSync(built)).toBe(true);
      expect(await loadable(root, next)).toContain('fuse');
      // Removed altogether while the old one still runs.
      await pacman('-R', 'linux');
      expect(await loadable(root, old)).toEqual(before);
      expect(hasModules(root, next)).toBe(false);
    });

    test('dnf: the modules of a kernel that an upgrade replaces can be loaded', async (context) => {
      context.skip(!(await has('dnf', 'rpmbuild', 'createrepo_c')), 'needs dnf, rpmbuild and createrepo_c');
      // The plugin runs outside the root, where the kernel is the one of this machine.
      const [old, next] = [hostRelease(), '6.9.2-200.fc40.x86_64'];
      const archive = join(folder, 'archive');
      mkdirSync(archive);
      for (const [version, name] of [
        ['1', old],
        ['2', next],
      ] as const) {
        const content = join(folder, `rpm-${version}`);
        await someModules({ root, release }, { root: content, release: name });
        const spec = join(folder, `kernel-${version}.spec`);
        const files = `/usr/lib/modules/${name}`;
        writeFileSync(
          spec,
          `Name: kernel-like\nVersion: ${version}\nRelease: 1\nSummary: a kernel\nLicense: GPL\nBuildArch: noarch\n%description\na kernel\n%install\nmkdir -p %{buildroot}/usr/lib/modules\ncp -a ${content}${files} %{buildroot}${files}\n%files\n${files}\n`,
        );
        const define = (key: string, value: string) => ['--define', `${key} ${value}`];
        await runOrFault(
          [
            'rpmbuild',
            '-bb',
            ...define('_topdir', join(folder, 'rpmbuild')),
            ...define('_rpmdir', archive),
            ...define('__os_install_post', '%{nil}'),
            spec,
          ],
          limit,
        );
      }
      await runOrFault(['createrepo_c', archive], limit);
      const installed = join(folder, 'installed');
      mergedUsr(installed);
      const plugins = join(folder, 'plugins');
      mkdirSync(plugins);
      const plugin = readFileSync(join(hooksFolder, 'dnf.py'), 'utf8');
      expect(plugin).toContain('"/usr/lib/understudy/hooks/modules"');
      writeFileSync(
        join(plugins, 'understudy_modules.py'),
        plugin.replace('/usr/lib/understudy/hooks/modules', script),
      );
      const config = join(folder, 'dnf.conf');
      const cache = join(folder, 'cache');
      writeFileSync(
        config,
        `[main]\nplugins=1\npluginpath=${plugins}\nreposdir=/none\ngpgcheck=0\ncachedir=${cache}\n[test]\nname=test\nbaseurl=file://${archive}\n`,
      );
      const dnf = (...words: readonly string[]) =>
        runOrFault(
          [
            'dnf',
            '--config',
            config,
            '--installroot',
            installed,
            '--releasever',
            '1',
            '--assumeyes',
            ...words,
          ],
          limit,
        );
      await dnf('install', 'kernel-like-1');
      const before = await loadable(installed, old);
      expect(before).toContain('fuse');
      await dnf('upgrade', 'kernel-like');
      expect(await loadable(installed, old)).toEqual(before);
      expect(await loadable(installed, next)).toContain('fuse');
      await dnf('remove', 'kernel-like');
      expect(await loadable(installed, old)).toEqual(before);
      expect(hasModules(installed, next)).toBe(false);
    });
  },
);
