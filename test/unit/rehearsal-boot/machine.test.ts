/** What the machine of a rehearsal is made of: the emulator that is found, its arguments, and the initramfs with what is added to it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { findBootFiles } from '../../../electron/engine/rehearsal-boot/boot-files.js';
import { emulatorName, findEmulator } from '../../../electron/engine/rehearsal-boot/emulator.js';
import { machineArgv } from '../../../electron/engine/rehearsal-boot/machine.js';
import { writeInitramfs } from '../../../electron/engine/rehearsal-boot/supplement.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { virtualMachine } from '../../../electron/engine/checks/virtual-machine.js';
import { context } from '../checks/context.js';
import { fixture } from '../inspect/fixture.js';

const gibibyte = 1024 ** 2; // in kB, as in meminfo

function machine(flags: string, availableKb: number, hardware = 'x86_64') {
  const made = fixture();
  made.write('proc/cpuinfo', `processor\t: 0\nflags\t\t: fpu ${flags} sse\n`);
  made.write('proc/meminfo', `MemTotal: 1 kB\nMemAvailable:   ${availableKb} kB\n`);
  return { ...made, sources: { ...made.sources, hardware: () => hardware } };
}

describe('the emulator', () => {
  const here = (made: ReturnType<typeof machine>, kvm = '/dev/null') => {
    made.program(`bin/${emulatorName}`, '#!/bin/sh\n');
    return findEmulator({ sources: made.sources, folders: [join(made.base, 'bin')], kvmDevice: kvm });
  };

  it('uses the processor where it can virtualise and the device is there, and can do without', () => {
    expect(here(machine('vmx', 8 * gibibyte))).toMatchObject({
      found: { accelerators: ['kvm', 'software'], memoryMebibytes: 2048 },
    });
    expect(here(machine('', 8 * gibibyte))).toMatchObject({ found: { accelerators: ['software'] } });
    expect(here(machine('svm', 8 * gibibyte), '/dev/no-such')).toMatchObject({
      found: { accelerators: ['software'] },
    });
  });

  it('takes at most half of the memory that is free, and says when that is too little', () => {
    expect(here(machine('', 3 * gibibyte))).toMatchObject({ found: { memoryMebibytes: 1024 } });
    expect(here(machine('', gibibyte))).toMatchObject({
      missing: expect.stringContaining('memory') as string,
    });
  });

  it('is missing on other processors and where there is no QEMU', () => {
    expect(here(machine('', 8 * gibibyte, 'riscv64'))).toMatchObject({
      missing: expect.stringContaining('riscv64') as string,
    });
    const { sources, base } = machine('', 8 * gibibyte);
    expect(findEmulator({ sources, folders: [base] })).toEqual({
      missing: 'QEMU is not installed.',
      remedy: expect.stringContaining('qemu-system-x86') as string,
    });
  });

  it('is looked at by a check that never blocks, and warns only where a boot is always wanted', async () => {
    const made = machine('', 8 * gibibyte, 'riscv64');
    const answer = async (rehearsalBoot: 'off' | 'kernel' | 'always') => {
      const given = context(made, { system: made.system({ settings: { rehearsalBoot } }) });
      return (await virtualMachine.run(given, 'before-stage')).result;
    };
    expect([await answer('off'), await answer('kernel'), await answer('always')]).toEqual([
      'pass',
      'pass',
      'warn',
    ]);
  });

  it('is given no disk, no network, no window and no more rights than it needs', () => {
    const emulator = {
      program: raw('/usr/bin/q'),
      accelerators: ['software'] as const,
      memoryMebibytes: 1024,
    };
    const argv = machineArgv(emulator, 'software');
    const after = (option: string) => argv[argv.indexOf(option) + 1];
    expect([after('-nic'), after('-display'), after('-m'), after('-accel')]).toEqual([
      'none',
      'none',
      '1024',
      'tcg,thread=multi',
    ]);
    expect(argv).toEqual(expect.arrayContaining(['-nodefaults', '-no-user-config', '-no-reboot']));
    expect(argv.filter((word) => /^-(drive|hda|cdrom|netdev|blockdev)$/.test(word))).toEqual([]);
    expect(after('-sandbox')).toMatch(/^on,.*elevateprivileges=deny,spawn=deny/);
    expect(after('-append')).toMatch(/^root=rehearsal rootfstype=9p .*\bpanic=-1\b.*\bfstab=no\b/);
    expect(machineArgv(emulator, 'kvm')).toEqual(expect.arrayContaining(['-accel', 'kvm', '-cpu', 'host']));
  });
});

describe('the files to boot', () => {
  let folder: string;
  const release = '6.1.0-9-amd64';
  const modules = `usr/lib/modules/${release}`;
  const put = (path: string, text = path): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'understudy-boot-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const found = () => findBootFiles(plainView(raw(folder)), []);

  it('are named one by one where something is missing', () => {
    expect(found()).toEqual({ missing: 'There is no kernel in this environment.' });
    put(`boot/vmlinuz-${release}`);
    expect(found()).toMatchObject({ missing: expect.stringContaining('systemd') as string });
    put('usr/lib/systemd/systemd');
    expect(found()).toMatchObject({ missing: expect.stringContaining('no initramfs') as string });
    put(`boot/initrd.img-${release}`);
    expect(found()).toMatchObject({ missing: expect.stringContaining('initramfs-tools') as string });
    put('usr/share/initramfs-tools/init');
    expect(found()).toMatchObject({ missing: expect.stringContaining('9P') as string });
  });

  it('bring the modules for the root with what these depend on, and every index', () => {
    put(
      `${modules}/modules.dep`,
      [
        'kernel/fs/9p/9p.ko.xz: kernel/net/9p/9pnet.ko.xz',
        'kernel/net/9p/9pnet.ko.xz:',
        'kernel/net/9p/9pnet_virtio.ko.xz: kernel/net/9p/9pnet.ko.xz kernel/drivers/virtio/virtio.ko.xz',
        'kernel/drivers/virtio/virtio.ko.xz:',
        'kernel/other.ko.xz:',
      ].join('\n'),
    );
    put(`${modules}/modules.builtin`, 'kernel/drivers/virtio/virtio-pci.ko\n');
    put(`${modules}/modules.alias`);
    for (const name of ['fs/9p/9p', 'net/9p/9pnet', 'net/9p/9pnet_virtio', 'drivers/virtio/virtio', 'other'])
      put(`${modules}/kernel/${name}.ko.xz`);
    const files = found();
    if ('missing' in files) throw new Error(files.missing);
    const names = files.found.supplement.map(({ path }) => path.slice(`lib/modules/${release}/`.length));
    expect(names.sort()).toEqual([
      'kernel/drivers/virtio/virtio.ko.xz',
      'kernel/fs/9p/9p.ko.xz',
      'kernel/net/9p/9pnet.ko.xz',
      'kernel/net/9p/9pnet_virtio.ko.xz',
      'modules.alias',
      'modules.builtin',
      'modules.dep',
    ]);
  });

  it.each([0, 1, 2, 3])('are appended to an initramfs of a length of 4n + %i, as cpio reads it', (odd) => {
    const files = found();
    if ('missing' in files) throw new Error(files.missing);
    const own = Buffer.concat([Buffer.from('the initramfs of before'), Buffer.alloc(1 + odd, 'x')]);
    const [before, after] = [join(folder, 'before'), join(folder, 'after')];
    writeFileSync(before, own);
    writeInitramfs(raw(before), files.found.supplement, raw(after));
    const whole = readFileSync(after);
    expect(whole.subarray(0, own.length)).toEqual(own);
    const begin = whole.indexOf('070701');
    expect(begin % 4).toBe(0);
    expect(whole.subarray(own.length, begin).every((byte) => byte === 0)).toBe(true);
    expect(begin - own.length).toBeGreaterThanOrEqual(4);
    const into = mkdtempSync(join(folder, 'into-'));
    mkdirSync(join(into, 'lib'));
    execFileSync('cpio', ['--extract', '--quiet', '--no-absolute-filenames'], {
      cwd: into,
      input: whole.subarray(begin),
    });
    for (const { path, from } of files.found.supplement)
      expect(readFileSync(join(into, path))).toEqual(readFileSync(from));
    expect(statSync(join(into, `lib/modules/${release}/kernel/fs`)).mode & 0o777).toBe(0o755);
    // The kernel lays a folder over a link: where /lib is one, it must not be in the archive.
    const list = execFileSync('cpio', ['--list', '--quiet'], { input: whole.subarray(begin) }).toString();
    expect(list.split('\n')).not.toContain('lib');
  });
});
