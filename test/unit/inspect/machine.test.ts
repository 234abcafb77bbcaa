import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineSchema } from '../../../shared/machine.js';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { bootLoaderOf } from '../../../electron/engine/inspect/boot-loader.js';
import { initOf } from '../../../electron/engine/inspect/init.js';
import { inspectMachine } from '../../../electron/engine/inspect/machine.js';
import { thisMachine } from '../../../electron/engine/inspect/sources.js';
import { openSystem } from '../../../electron/engine/system.js';
import { packages } from '../checks/packages.js';
import { fixture, isRoot, mountInfo } from './fixture.js';

describe('inspect', () => {
  it('describes this very machine', async () => {
    const system = openSystem('/');
    const machine = machineSchema.parse(await inspectMachine(system, [], plainView(system.root)));
    expect(machine.runningKernel).toBe(execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim());
    expect(machine.mounts[0]?.mountPoint).toBe('/');
    expect(machine.mounts[0]?.totalBytes).toBeGreaterThan(0);
    expect(machine.distribution.id).not.toBe('');
    expect(machine.init).not.toBeNull();
    expect(machine.backends.map(({ name }) => name)).toEqual(['tree', 'btrfs', 'zfs']);
  });

  it('describes another root, with mounts relative to it and without this machine’s kernel', async () => {
    const { system, sources, view, write, root } = fixture();
    write('root/etc/os-release', 'ID=debian\nNAME=Debian\nVERSION_ID=13\n');
    write('root/boot/vmlinuz-6.1.0-41-amd64');
    write('root/boot/grub/grub.cfg');
    write(
      'proc/self/mountinfo',
      mountInfo(
        '8:1 / / rw - ext4 /dev/sda1 rw',
        `8:2 / ${root}/boot rw - ext4 /dev/sda2 ro`,
        `0:5 / ${root}/proc rw - proc proc rw`,
        `0:6 / ${root}/run rw - tmpfs tmpfs rw`,
        '8:3 / /elsewhere rw - ext4 /dev/sda3 rw',
      ),
    );
    const manager = packages({ pending: () => Promise.reject(new Error('the index is damaged')) });
    const other = packages({ name: 'pacman', manages: () => false });
    const machine = machineSchema.parse(await inspectMachine(system(), [manager, other], view, sources));
    expect(machine).toMatchObject({
      distribution: { id: 'debian', version: '13', family: 'debian' },
      runningKernel: null,
      bootLoader: 'grub',
      packageManagers: ['apt'],
      pendingUpdates: [],
      architecture: 'unknown',
      init: null,
      rebootRequired: null,
    });
    expect(machine.kernels).toMatchObject([{ release: '6.1.0-41-amd64', running: false }]);
    expect(machine.mounts.map(({ mountPoint, device, readOnly }) => [mountPoint, device, readOnly])).toEqual([
      ['/', '/dev/sda1', false],
      ['/boot', '/dev/sda2', true],
    ]);
    expect(machine.unseen).toEqual([{ what: 'pending updates of apt', why: 'the index is damaged' }]);
  });

  it('goes on without a source that cannot be read, and says so', async () => {
    const { system, sources, view, base } = fixture();
    rmSync(join(base, 'proc'), { recursive: true });
    const machine = await inspectMachine(system(), [], view, sources);
    expect(machine.mounts).toEqual([]);
    expect(machine.unseen).toContainEqual({ what: 'mounts', why: 'It is not there.' });
    expect(machine.backends[0]?.usable).toBe(false);
  });

  it('does not wait for a pipe that lies where a file should be', async () => {
    const { system, sources, view, root } = fixture();
    execFileSync('mkfifo', [join(root, 'etc/os-release')]);
    const machine = await inspectMachine(system(), [], view, sources);
    expect(machine.unseen.find(({ what }) => what === 'distribution')?.why).toContain('is no regular file');
  });

  it('can be cancelled', async () => {
    const { system, sources, view } = fixture();
    const signal = AbortSignal.abort();
    await expect(inspectMachine(system({ signal }), [], view, sources)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it.skipIf(!isRoot)('works as an ordinary user and names what needs root (needs root to become one)', () => {
    const { root, base, write } = fixture();
    write('root/boot/vmlinuz-6.1.0-41-amd64');
    chmodSync(base, 0o755);
    chmodSync(join(root, 'boot'), 0o700);
    const script = `
      import { inspectMachine } from '${process.cwd()}/dist/electron/engine/inspect/machine.js';
      import { openSystem } from '${process.cwd()}/dist/electron/engine/system.js';
      import { plainView } from '${process.cwd()}/dist/electron/engine/environments/plain-view.js';
      process.setgid(65534); process.setuid(65534);
      const system = openSystem('${root}');
      console.log(JSON.stringify(await inspectMachine(system, [], plainView(system.root))));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    const machine = machineSchema.parse(JSON.parse(output));
    expect(machine.unseen).toContainEqual({ what: 'kernels', why: 'This needs root.' });
    expect(machine.unseen).toContainEqual({ what: 'boot loader', why: 'This needs root.' });
    expect(machine.bootLoader).toBe('unknown');
  });
});

describe('boot loader', () => {
  it('is told by the files in the tree', () => {
    const grub = fixture();
    grub.write('root/boot/grub2/grub.cfg');
    grub.write('root/boot/loader/entries/a.conf');
    expect(bootLoaderOf(grub.system(), grub.view, grub.sources, true)).toBe('grub');
    const systemdBoot = fixture();
    systemdBoot.write('root/boot/efi/EFI/systemd/systemd-bootx64.efi');
    expect(bootLoaderOf(systemdBoot.system(), systemdBoot.view, systemdBoot.sources, true)).toBe(
      'systemd-boot',
    );
    const bare = fixture();
    expect(bootLoaderOf(bare.system(), bare.view, bare.sources, true)).toBe('unknown');
    expect(bootLoaderOf(bare.system(), bare.view, bare.sources, false)).toBe('none');
  });

  it('is told by the firmware for the running system', () => {
    const machine = fixture();
    machine.write('root/boot/grub/grub.cfg');
    const path = 'sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';
    machine.write(path, `\x06\0\0\0${Buffer.from('systemd-boot 257', 'utf16le').toString('latin1')}`);
    const system = { ...machine.system(), isRunning: true };
    expect(bootLoaderOf(system, machine.view, machine.sources, true)).toBe('systemd-boot');
    expect(bootLoaderOf(machine.system(), machine.view, machine.sources, true)).toBe('grub');
  });
});

describe('init', () => {
  it('is what /sbin/init leads to in a tree', () => {
    const { system, view, write, link, sources } = fixture();
    expect(initOf(system(), view, sources)).toBeNull();
    write('root/usr/lib/systemd/systemd');
    link('root/usr/sbin/init', '../lib/systemd/systemd');
    expect(initOf(system(), view, sources)).toBe('systemd');
  });

  it('is what runs as process 1 on the running system', () => {
    const machine = fixture();
    const running = { ...machine.system(), isRunning: true };
    machine.write('proc/1/comm', 'openrc-init\n');
    expect(initOf(running, machine.view, machine.sources)).toBe('openrc-init');
    machine.write('proc/1/comm', 'init\n');
    machine.write('root/usr/sbin/init');
    machine.write('root/etc/inittab');
    expect(initOf(running, machine.view, machine.sources)).toBe('sysvinit');
    machine.write('root/run/systemd/system/.keep');
    expect(initOf(running, machine.view, machine.sources)).toBe('systemd');
    expect(initOf(openSystem('/'), plainView(openSystem('/').root), thisMachine)).not.toBeNull();
  });
});
