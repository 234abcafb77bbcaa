import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initramfsKind } from '../../../electron/engine/review/initramfs.js';
import { kernels } from '../../../electron/engine/review/kernels.js';
import { prove, samplePair, type SampleTree } from './sample-tree.js';

const cpio = Buffer.from('070701000000000000');
const release = '6.1.0-56-amd64';
const modules = `usr/lib/modules/${release}`;

let before: SampleTree;
let after: SampleTree;
let clean: () => void;
beforeEach(() => {
  ({ before, after, clean } = samplePair());
  for (const tree of [before, after])
    tree.link('lib', 'usr/lib').file('usr/sbin/update-initramfs', '#!/bin/sh\n', 0o755);
});
afterEach(() => clean());

function addKernel(tree: SampleTree): void {
  tree
    .file(`boot/vmlinuz-${release}`, 'MZ')
    .file(`boot/initrd.img-${release}`, cpio)
    .file(`${modules}/modules.dep`, 'kernel/fs/a.ko:\nkernel/fs/b.ko.xz: kernel/fs/a.ko\n')
    .file(`${modules}/kernel/fs/a.ko`, 'x')
    .file(`${modules}/kernel/fs/b.ko.xz`, 'x');
}
const proof = () => prove(kernels, before, after);

describe('the proof that new kernels can boot', () => {
  it('passes without a kernel', async () => {
    expect(await proof()).toEqual({
      id: 'kernels',
      result: 'pass',
      sentence: 'The update brings no kernel.',
      details: [],
    });
  });

  it('passes for a kernel with modules and initramfs, also where lib is a folder of its own', async () => {
    addKernel(after);
    expect(await proof()).toMatchObject({
      result: 'pass',
      sentence: expect.stringContaining(release) as string,
    });
    after
      .remove('lib')
      .remove(modules)
      .file(`lib/modules/${release}/modules.dep`, 'a.ko:\n')
      .file(`lib/modules/${release}/a.ko`);
    expect((await proof()).result).toBe('pass');
  });

  it('fails without a folder of modules, without an index, and with an empty one', async () => {
    addKernel(after);
    after.file(`${modules}/modules.dep`, '');
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: [`${release}: modules.dep is missing or empty.`],
    });
    after.remove(`${modules}/modules.dep`);
    expect((await proof()).details).toEqual([`${release}: modules.dep is missing or empty.`]);
    after.remove(modules);
    expect((await proof()).details).toEqual([`${release}: there is no folder usr/lib/modules/${release}.`]);
  });

  it('fails for modules in the index that are not in the tree, and lists some of many', async () => {
    addKernel(after);
    after.remove(`${modules}/kernel/fs/a.ko`);
    expect((await proof()).details).toEqual([
      `${release}: the module kernel/fs/a.ko is in modules.dep, but not in the tree.`,
    ]);
    after.file(
      `${modules}/modules.dep`,
      Array.from({ length: 25 }, (_, index) => `m${index}.ko:\n`).join(''),
    );
    const { details } = await proof();
    expect(details).toHaveLength(11);
    expect(details[10]).toContain('15 more modules');
  });

  it('fails without an initramfs where a tool makes one, and warns where the tree has none', async () => {
    addKernel(after);
    after.remove(`boot/initrd.img-${release}`);
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: [`${release}: there is no initramfs, though the tree has update-initramfs.`],
    });
    after.remove('usr/sbin/update-initramfs');
    expect(await proof()).toMatchObject({
      result: 'warn',
      details: [expect.stringContaining('no tool that makes one')],
    });
  });

  it('fails for an initramfs that is empty, no initramfs, or no file', async () => {
    addKernel(after);
    const image = `boot/initrd.img-${release}`;
    after.file(image, '');
    expect((await proof()).details).toEqual([`${image}: it is empty.`]);
    after.file(image, 'not an archive');
    expect((await proof()).details).toEqual([expect.stringContaining('it is no initramfs')]);
    after.remove(image).file(`${image}/in-a-folder`);
    expect((await proof()).details).toEqual([`${image}: it is no file.`]);
  });

  it('takes the names of other distributions', async () => {
    addKernel(after);
    after.remove(`boot/initrd.img-${release}`);
    for (const name of [
      `boot/initramfs-${release}.img`,
      `boot/0123abcd/${release}/initrd`,
      `${modules}/initrd`,
    ]) {
      after.file(name, gzipSync('x'));
      expect((await proof()).result, name).toBe('pass');
      after.remove(name);
    }
    // Arch: the files are named for the package, the modules for the release
    after.remove('boot').file('boot/vmlinuz-linux', 'MZ').file('boot/initramfs-linux.img', cpio);
    after.file(`${modules}/pkgbase`, 'linux\n').file(`${modules}/vmlinuz`, 'MZ');
    expect(await proof()).toMatchObject({
      result: 'pass',
      sentence: expect.stringContaining(release) as string,
    });
    after.file('boot/initramfs-linux.img', '');
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: ['boot/initramfs-linux.img: it is empty.'],
    });
  });

  it('warns when a DKMS module was built for another kernel only', async () => {
    addKernel(after);
    after.file('var/lib/dkms/wifi/1.0/6.1.0-55-amd64/x86_64/module/wifi.ko');
    expect(await proof()).toMatchObject({
      result: 'warn',
      details: [`${release}: the DKMS module wifi was not built for it.`],
    });
    after.file(`var/lib/dkms/wifi/1.0/${release}/x86_64/module/wifi.ko`);
    expect((await proof()).result).toBe('pass');
  });

  it('warns when the modules of the running kernel go, and fails when no kernel is left', async () => {
    addKernel(before);
    after.file('boot/vmlinuz-6.1.0-57', 'MZ').file('boot/initrd.img-6.1.0-57', cpio);
    after.file('usr/lib/modules/6.1.0-57/modules.dep', 'a.ko:\n').file('usr/lib/modules/6.1.0-57/a.ko');
    const running = await prove(kernels, before, after, { runningKernel: release });
    expect(running).toMatchObject({
      result: 'warn',
      details: [expect.stringContaining('modules of the running kernel go')],
    });
    expect((await proof()).result).toBe('pass');
    after.remove('boot').remove('usr/lib/modules');
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: ['boot: the update removes the last kernel.'],
    });
  });
});

describe('what an initramfs begins with', () => {
  it('knows every form that the kernel takes, and nothing else', () => {
    for (const [kind, start] of [
      ['cpio', '070701'], ['cpio', '070702'], ['gzip', '\x1f\x8b\x08'], ['zstd', '\x28\xb5\x2f\xfd'], ['xz', '\xfd7zXZ\0'],
      ['lz4', '\x02\x21\x4c\x18'], ['bzip2', 'BZh9'], ['lzma', '\x5d\0\0\x80'], ['lzo', '\x89LZO\0'],
    ] as const) expect(initramfsKind(Buffer.from(start, 'latin1'))).toBe(kind); // prettier-ignore
    for (const start of ['', '0', '07070', 'PK\x03\x04', '\x7fELF', '\0\0\0\0'])
      expect(initramfsKind(Buffer.from(start, 'latin1'))).toBeUndefined();
  });
});
