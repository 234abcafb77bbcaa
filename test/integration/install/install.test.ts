/** build/install.js, into a folder: what it puts there, that it works from there, and that it takes away what it put there and nothing else. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const top = join(import.meta.dirname, '../../..');
const program = 'usr/lib/understudy';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'understudy-install-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function install(...words: readonly string[]): { status: number | null; said: string } {
  // A caller's umask may not decide who can read the program.
  const argv = [join(top, 'build/install.js'), '--destdir', root, ...words];
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, ...argv],
    {
      encoding: 'utf8',
    },
  );
  return { status, said: `${stdout}${stderr}` };
}

/** Every file with its content, so that two states can be compared. */
function files(folder = root): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(root.length + 1), readFileSync(path, 'latin1')]),
  );
}

describe('an installation', () => {
  test('holds the program, its packages, the command, the units and the policy, and nothing for development', () => {
    expect(install()).toMatchObject({ status: 0 });
    const names = Object.keys(files());
    for (const name of [
      'usr/bin/understudy',
      'usr/share/polkit-1/actions/org.understudy.policy',
      ...readdirSync(join(top, 'build/systemd')).map((unit) => `usr/lib/systemd/system/${unit}`),
      `${program}/dist/program/understudy.js`,
      `${program}/hooks/modules`,
      'etc/dpkg/dpkg.cfg.d/understudy',
      'etc/dnf/libdnf5-plugins/actions.d/understudy.actions',
      'usr/share/libalpm/hooks/50-understudy-modules-keep.hook',
      'usr/share/libalpm/hooks/75-understudy-modules-restore.hook',
      `${program}/dist/shared/operations.js`,
      `${program}/node_modules/koffi/package.json`,
      `${program}/node_modules/zod/package.json`,
    ])
      expect(names).toContain(name);
    expect(
      names.filter((name) =>
        /\/dist\/test\/|\.ts$|\.map$|node_modules\/(typescript|vitest|electron)\//.test(name),
      ),
    ).toEqual([]);
    expect(
      readFileSync(join(root, program, 'installed-files'), 'utf8')
        .trim()
        .split('\n'),
    ).toEqual(names.sort());
  });

  test('can be read by everyone and written by its owner alone', () => {
    install();
    const programs = ['usr/bin/understudy', `${program}/start-before`, `${program}/hooks/modules`].map(
      (path) => join(root, path),
    );
    for (const entry of readdirSync(join(root, 'usr'), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const wanted = entry.isDirectory() || programs.includes(path) ? 0o755 : 0o644;
      expect(`${path} ${(statSync(path).mode & 0o7777).toString(8)}`).toBe(`${path} ${wanted.toString(8)}`);
    }
  });

  test('runs from where it is, with libc and all', () => {
    install();
    const command = join(root, program, 'electron/cli/understudy.js');
    const { status, stdout } = spawnSync(process.execPath, [command, '--json', 'inspect'], {
      encoding: 'utf8',
      cwd: '/',
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: true, verb: 'inspect' });
  });

  test('names another Node wherever one is named', () => {
    install('--node', '/opt/node/bin/node');
    expect(readFileSync(join(root, 'usr/bin/understudy'), 'utf8')).toContain("exec '/opt/node/bin/node' ");
    const unit = readFileSync(join(root, 'usr/lib/systemd/system/understudy-helper.service'), 'utf8');
    expect(unit).toContain('\nExecStart=/opt/node/bin/node /usr/lib/understudy/');
    expect(unit).not.toContain('/usr/bin/node');
  });

  test.each(["/x'; reboot; '", 'bin/node', '/a b/node', '/node\nExecStart=/bin/sh'])(
    'refuses %j as Node',
    (node) => {
      expect(install('--node', node)).toMatchObject({ status: 1, said: expect.stringContaining('--node') });
      expect(files()).toEqual({});
    },
  );

  test('brings the plugin of dnf 4 to where the dnf of the system looks for it, and nowhere else', () => {
    for (const name of [
      'python3.9/site-packages/dnf',
      'python3/dist-packages/dnf',
      'python3.12/site-packages/other',
    ]) {
      mkdirSync(join(root, 'usr/lib', name), { recursive: true });
      writeFileSync(join(root, 'usr/lib', name, 'plugin.py'), '');
    }
    const before = files();
    install();
    const plugins = Object.keys(files()).filter((name) => name.includes('dnf-plugins'));
    expect(plugins.sort()).toEqual([
      'usr/lib/python3.9/site-packages/dnf-plugins/understudy_modules.py',
      'usr/lib/python3/dist-packages/dnf-plugins/understudy_modules.py',
    ]);
    expect(install('--uninstall')).toMatchObject({ status: 0 });
    expect(files()).toEqual(before);
  });

  test('can be repeated, and takes away what a later version no longer has', () => {
    install();
    const first = files();
    expect(install()).toMatchObject({ status: 0 });
    expect(files()).toEqual(first);
    const old = `${program}/dist/old/gone.js`;
    mkdirSync(join(root, program, 'dist/old'));
    writeFileSync(join(root, old), '');
    writeFileSync(join(root, program, 'installed-files'), `${old}\n`, { flag: 'a' });
    expect(install()).toMatchObject({ status: 0, said: expect.stringContaining('removed 1') });
    expect(files()).toEqual(first);
    expect(existsSync(join(root, program, 'dist/old'))).toBe(false);
  });

  test('that was interrupted is finished by the next one', () => {
    install();
    const whole = files();
    rmSync(join(root, program, 'dist'), { recursive: true });
    expect(install()).toMatchObject({ status: 0 });
    expect(files()).toEqual(whole);
  });

  test('does not touch a file of someone else', () => {
    mkdirSync(join(root, 'usr/bin'), { recursive: true });
    writeFileSync(join(root, 'usr/bin/understudy'), 'not ours');
    expect(install()).toMatchObject({ status: 1, said: expect.stringContaining('usr/bin/understudy') });
    expect(files()).toEqual({ 'usr/bin/understudy': 'not ours' });
  });

  test('enables its units in the root tree when that is asked for (needs systemd)', (context) => {
    context.skip(spawnSync('systemctl', ['--version']).error !== undefined, 'needs systemctl');
    expect(install('--enable')).toMatchObject({ status: 0 });
    const wanted = (target: string) =>
      readdirSync(join(root, 'etc/systemd/system', `${target}.wants`)).sort();
    expect(wanted('sockets.target')).toEqual(['understudy-helper.socket']);
    expect(wanted('timers.target')).toEqual(['understudy-stage.timer']);
    expect(wanted('sysinit.target')).toEqual([
      'understudy-activate.service',
      'understudy-livepatch.service',
      'understudy-modules.service',
      'understudy-recover.service',
      'understudy-trial-watchdog.timer',
    ]);
    expect(wanted('multi-user.target')).toEqual([
      'understudy-health.service',
      'understudy-modules-clean.service',
      'understudy-schedule.service',
    ]);
    expect(readdirSync(join(root, 'etc/systemd/system/boot-complete.target.requires'))).toEqual([
      'understudy-health.service',
    ]);
    expect(install('--uninstall', '--enable')).toMatchObject({ status: 0 });
    expect(readdirSync(join(root, 'etc/systemd/system'))).toEqual([]);
  });
});

describe('taking it away', () => {
  test('leaves no trial in the boot loader, and what else is there', () => {
    const ours = [
      'boot/grub/understudy.env',
      'boot/efi/understudy/understudy.env',
      'boot/efi/loader/entries/understudy-trial-point-1+1.conf',
    ];
    const others = ['boot/grub/grubenv', 'boot/efi/loader/entries/machine-6.1.conf'];
    for (const name of [...ours, ...others]) {
      mkdirSync(join(root, name, '..'), { recursive: true });
      writeFileSync(join(root, name), name);
    }
    install();
    for (const name of ours) expect(existsSync(join(root, name)), name).toBe(true);
    expect(install('--uninstall')).toMatchObject({ status: 0 });
    expect(Object.keys(files()).sort()).toEqual([...others].sort());
  });

  test('leaves what was there before, the records and the settings', () => {
    const others = [
      'usr/bin/other',
      'var/lib/understudy/journal/1',
      'etc/understudy/settings.json',
      'usr/lib/systemd/system/x.service',
    ];
    for (const name of others) {
      mkdirSync(join(root, name, '..'), { recursive: true });
      writeFileSync(join(root, name), name);
    }
    const before = files();
    install();
    expect(install('--uninstall')).toMatchObject({ status: 0 });
    expect(files()).toEqual(before);
    expect(existsSync(join(root, program))).toBe(false);
    expect(install('--uninstall')).toMatchObject({ status: 0 });
  });

  test.each([
    '../etc/passwd',
    'etc/passwd',
    `${program}/../../../etc/passwd`,
    'usr/lib/systemd/system/ssh.service',
    '/etc/passwd',
  ])('does not follow a list that names %s', (name) => {
    install();
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(root, 'etc/passwd'), 'root');
    writeFileSync(join(root, program, 'installed-files'), `${name}\n`, { flag: 'a' });
    const before = files();
    expect(install('--uninstall')).toMatchObject({ status: 1, said: expect.stringContaining(name) });
    expect(files()).toEqual(before);
  });

  test('keeps files that someone put among those of the program', () => {
    install();
    writeFileSync(join(root, program, 'note'), 'mine');
    symlinkSync('/etc', join(root, program, 'link'));
    chmodSync(join(root, program, 'note'), 0o600);
    expect(install('--uninstall')).toMatchObject({ status: 0 });
    expect(files()).toEqual({ [`${program}/note`]: 'mine' });
  });
});
