import { describe, expect, it } from 'vitest';
import {
  compareReleases,
  describeKernels,
  flavourOf,
  installedKernels,
  largestPair,
} from '../../../electron/engine/inspect/kernels.js';
import { newestKernel, pendingReboot } from '../../../electron/engine/inspect/reboot.js';
import { fixture } from './fixture.js';

describe('installed kernels', () => {
  it('reads Debian’s names, newest first, with modules and sizes', () => {
    const { write, view } = fixture();
    for (const release of ['6.1.0-9-amd64', '6.1.0-41-amd64']) {
      write(`root/boot/vmlinuz-${release}`, 'x'.repeat(100));
      write(`root/usr/lib/modules/${release}/kernel/fs/ext4.ko`);
    }
    write('root/boot/initrd.img-6.1.0-41-amd64', 'x'.repeat(400));
    write('root/boot/vmlinuz-6.1.0-9-amd64.dpkg-bak');
    write('root/boot/config-6.1.0-41-amd64');
    write('root/usr/lib/modules/6.1.0-5-amd64/updates/dkms/left-behind.ko');
    const kernels = installedKernels(view);
    expect(describeKernels(kernels, '6.1.0-9-amd64')).toEqual([
      {
        release: '6.1.0-41-amd64',
        image: '/boot/vmlinuz-6.1.0-41-amd64',
        initramfs: '/boot/initrd.img-6.1.0-41-amd64',
        modules: true,
        running: false,
      },
      {
        release: '6.1.0-9-amd64',
        image: '/boot/vmlinuz-6.1.0-9-amd64',
        initramfs: null,
        modules: true,
        running: true,
      },
    ]);
    expect(largestPair(view, kernels)).toBe(500);
  });

  it('reads Arch’s names, which lack the release', () => {
    const { write, view } = fixture();
    write('root/boot/vmlinuz-linux');
    write('root/boot/initramfs-linux.img');
    write('root/boot/initramfs-linux-fallback.img');
    write('root/usr/lib/modules/6.10.1-arch1-1/pkgbase', 'linux\n');
    write('root/usr/lib/modules/6.10.1-arch1-1/kernel/a.ko');
    expect(installedKernels(view)).toEqual([
      {
        release: '6.10.1-arch1-1',
        image: 'boot/vmlinuz-linux',
        initramfs: 'boot/initramfs-linux.img',
        modules: true,
      },
    ]);
  });

  it('takes Arch’s image for the newest one’s where the modules of another one stay', () => {
    const { write, view } = fixture();
    write('root/boot/vmlinuz-linux');
    for (const release of ['6.10.1-arch1-1', '6.9.9-arch1-1']) {
      write(`root/usr/lib/modules/${release}/pkgbase`, 'linux\n');
      write(`root/usr/lib/modules/${release}/kernel/a.ko`);
    }
    expect(installedKernels(view).map(({ release, image }) => [release, image])).toEqual([
      ['6.10.1-arch1-1', 'boot/vmlinuz-linux'],
      ['6.9.9-arch1-1', null],
    ]);
  });

  it('reads Fedora’s names and leaves the rescue image out', () => {
    const { write, view } = fixture();
    write('root/boot/vmlinuz-6.11.4-301.fc41.x86_64');
    write('root/boot/.vmlinuz-6.11.4-301.fc41.x86_64.hmac');
    write('root/boot/initramfs-6.11.4-301.fc41.x86_64.img');
    write('root/boot/vmlinuz-0-rescue-0123456789abcdef0123456789abcdef');
    expect(installedKernels(view)).toEqual([
      {
        release: '6.11.4-301.fc41.x86_64',
        image: 'boot/vmlinuz-6.11.4-301.fc41.x86_64',
        initramfs: 'boot/initramfs-6.11.4-301.fc41.x86_64.img',
        modules: false,
      },
    ]);
  });

  it('reads the Boot Loader Specification’s folders', () => {
    const { write, view } = fixture();
    write('root/efi/0123456789abcdef0123456789abcdef/6.12.1-amd64/linux');
    write('root/efi/0123456789abcdef0123456789abcdef/6.12.1-amd64/initrd');
    const [kernel] = installedKernels(view);
    expect(kernel?.image).toBe('efi/0123456789abcdef0123456789abcdef/6.12.1-amd64/linux');
    expect(kernel?.initramfs).toBe('efi/0123456789abcdef0123456789abcdef/6.12.1-amd64/initrd');
  });

  it('lists complete modules without an image, and nothing in an empty tree', () => {
    const { write, view } = fixture();
    expect(installedKernels(view)).toEqual([]);
    expect(largestPair(view, [])).toBe(0);
    write('root/usr/lib/modules/6.1.0-9-amd64/kernel/a.ko');
    expect(installedKernels(view)).toEqual([
      { release: '6.1.0-9-amd64', image: null, initramfs: null, modules: true },
    ]);
  });
});

describe('kernel releases', () => {
  it.each([
    ['6.1.0-9-amd64', '6.1.0-41-amd64'],
    ['6.1.0-41-amd64', '6.12.38+deb13-amd64'],
    ['6.12.0-rc1', '6.12.0'],
    ['6.12.38+deb13-amd64', '6.12.38+deb13.1-amd64'],
    ['6.9.9-arch1-1', '6.10.1-arch1-1'],
    ['6.11.4-301.fc41.x86_64', '6.11.10-300.fc41.x86_64'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareReleases(older, newer)).toBeLessThan(0);
    expect(compareReleases(newer, older)).toBeGreaterThan(0);
    expect(compareReleases(newer, newer)).toBe(0);
  });

  it.each([
    ['6.1.0-41-amd64', 'amd64'],
    ['6.12.38+deb13-amd64', 'amd64'],
    ['6.1.0-41-cloud-amd64', 'cloud-amd64'],
    ['6.10.1-arch1-1', 'arch'],
    ['6.6.40-1-lts', 'lts'],
    ['6.12.0-rc1', ''],
  ])('%s is of the flavour "%s"', (release, flavour) => {
    expect(flavourOf(release)).toBe(flavour);
  });
});

describe('pending reboot', () => {
  it('is asked for by packages, through the link /var/run', () => {
    const { write, link, view } = fixture();
    expect(pendingReboot(view, [], '6.1.0-9-amd64')).toBeNull();
    link('root/var/run', '/run');
    write('root/run/reboot-required', '*** System restart required ***\n');
    write('root/run/reboot-required.pkgs', 'libc6\nlinux-base\nlibc6\n');
    expect(pendingReboot(view, [], null)).toEqual({ packages: ['libc6', 'linux-base'], kernel: null });
  });

  it('shows in a newer kernel of the same flavour, and in no other', () => {
    const { write, view } = fixture();
    write('root/boot/vmlinuz-6.1.0-41-amd64');
    write('root/boot/vmlinuz-6.12.1-cloud-amd64');
    const kernels = installedKernels(view);
    expect(pendingReboot(view, kernels, '6.1.0-9-amd64')).toEqual({ packages: [], kernel: '6.1.0-41-amd64' });
    expect(pendingReboot(view, kernels, '6.1.0-41-amd64')).toBeNull();
    expect(pendingReboot(view, kernels, '6.18.44-host-made')).toBeNull();
    expect(pendingReboot(view, kernels, null)).toBeNull();
    const newest = ['6.1.0-9-amd64', '6.1.0-41-amd64', '6.0.0-cloud-amd64', '6.18.44-host-made'];
    expect(newest.map((running) => newestKernel(kernels, running))).toEqual([
      ...['6.1.0-41-amd64', '6.1.0-41-amd64', '6.12.1-cloud-amd64'],
      null,
    ]);
  });
});
