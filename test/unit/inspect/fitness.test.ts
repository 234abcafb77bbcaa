/** What speaks against a return to a tree: its kernels as each distribution names them, and what would lock its packages. */
import { describe, expect, it } from 'vitest';
import { fitness } from '../../../electron/engine/fitness.js';
import { fixture } from './fixture.js';

/** Where each puts image, initramfs and modules of a kernel, the image first. */
const layouts = {
  Debian: ['boot/vmlinuz-6.1.0-41-amd64', 'boot/initrd.img-6.1.0-41-amd64', 'usr/lib/modules/6.1.0-41-amd64'],
  'Debian with /lib of its own': [
    'boot/vmlinuz-6.1.0-41-amd64',
    'boot/initrd.img-6.1.0-41-amd64',
    'lib/modules/6.1.0-41-amd64',
  ],
  Fedora: [
    'boot/vmlinuz-6.10.3-200.fc40.x86_64',
    'boot/initramfs-6.10.3-200.fc40.x86_64.img',
    'usr/lib/modules/6.10.3-200.fc40.x86_64',
  ],
  openSUSE: ['boot/vmlinuz-6.4.0-150', 'boot/initrd-6.4.0-150', 'usr/lib/modules/6.4.0-150'],
  Arch: ['boot/vmlinuz-linux', 'boot/initramfs-linux.img', 'usr/lib/modules/6.10.1-arch1-1'],
  'the Boot Loader Specification': [
    'boot/0123456789abcdef0123456789abcdef/6.10.3/linux',
    'boot/0123456789abcdef0123456789abcdef/6.10.3/initrd',
    'usr/lib/modules/6.10.3',
  ],
} as const;
type Layout = keyof typeof layouts;
const names = Object.keys(layouts) as Layout[];
/** Its name, as it is told. */
const releaseOf = (layout: Layout): string => layouts[layout][2].split('/').at(-1) ?? '';

interface Parts {
  readonly initramfs?: string | null;
  readonly modules?: boolean;
  readonly index?: boolean;
}

function tree(layout: Layout, { initramfs = 'initramfs', modules = true, index = true }: Parts = {}) {
  const { write, view } = fixture();
  const [image, beside, folder] = layouts[layout];
  write(`root/${image}`, 'kernel');
  if (initramfs !== null) write(`root/${beside}`, initramfs);
  if (modules) write(`root/${folder}/kernel/fs/ext4.ko`);
  if (modules && layout === 'Arch') write(`root/${folder}/pkgbase`, 'linux\n');
  if (modules && index) write(`root/${folder}/modules.dep`, 'kernel/fs/ext4.ko:\n');
  return { write, view };
}

describe.each(names)('a kernel of %s', (layout) => {
  it('that is whole speaks against nothing', () => {
    expect(fitness(tree(layout).view)).toEqual([]);
  });

  it('without modules, or without their index, cannot be started', () => {
    const without = fitness(tree(layout, { modules: false }).view);
    expect(without).toHaveLength(1);
    expect(without[0]).toContain('its modules are missing');
    expect(fitness(tree(layout, { index: false }).view)).toEqual([
      `Kernel ${releaseOf(layout)}: its modules have no index.`,
    ]);
  });

  it('with an empty initramfs, or without one where they are made, cannot be started', () => {
    expect(fitness(tree(layout, { initramfs: '' }).view)).toEqual([
      `Kernel ${releaseOf(layout)}: its initramfs is empty.`,
    ]);
    const { view, write } = tree(layout, { initramfs: null });
    expect(fitness(view)).toEqual([]);
    write('root/etc/initramfs-tools/initramfs.conf');
    expect(fitness(view)).toEqual([`Kernel ${releaseOf(layout)}: its initramfs is missing.`]);
  });
});

it('one kernel that can be started is enough', () => {
  const { view, write } = tree('Debian');
  write('root/boot/vmlinuz-5.10.0-1-amd64', 'kernel');
  expect(fitness(view)).toEqual([]);
});

it('kernels that are gone are missed where they were, and nowhere else', () => {
  const { view, write } = fixture();
  write('root/usr/lib/modules/6.1.0-41-amd64/modules.dep', 'a.ko:\n');
  expect(fitness(view)).toEqual([]); // a container
  write('root/boot/config-6.1.0-41-amd64');
  expect(fitness(view)).toEqual(['No kernel is left in /boot for its modules.']);
});

it('a lock of pacman that was caught in it is told beside everything else', () => {
  const { view, write } = tree('Arch', { index: false });
  write('root/var/lib/pacman/db.lck');
  expect(fitness(view)).toEqual([
    'Kernel 6.10.1-arch1-1: its modules have no index.',
    '/var/lib/pacman/db.lck would keep the package manager locked.',
  ]);
});
