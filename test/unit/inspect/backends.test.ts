import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backendsOf, treeSupport } from '../../../electron/engine/inspect/backends.js';
import { thisMachine } from '../../../electron/engine/inspect/sources.js';
import { fixture, isRoot, mountInfo } from './fixture.js';

describe('the backend tree', () => {
  it('can be used on ext4 with merged /usr', () => {
    const { system, sources } = fixture();
    expect(treeSupport(system(), sources)).toMatchObject({ usable: true, exchange: true });
  });

  it.each([
    ['overlay overlay', 'an overlay itself'],
    ['vfat /dev/sda1', 'FAT'],
    ['nfs4 server:/root', 'network file system'],
    ['squashfs /dev/loop0', 'read-only image'],
    ['strangefs /dev/sda1', 'not known'],
    ['zfs rpool/ROOT/debian', 'OpenZFS 2.2'],
  ])('cannot be used on %s', (entry, why) => {
    const { system, sources, write } = fixture();
    write('proc/self/mountinfo', mountInfo(`0:30 / / rw - ${entry} rw`));
    const support = treeSupport(system(), sources);
    expect(support.usable).toBe(false);
    expect(support.reason).toContain(why);
  });

  it('can be used on ZFS that is recent', () => {
    const { system, sources, write } = fixture();
    write('proc/self/mountinfo', mountInfo('0:30 / / rw - zfs rpool/ROOT/debian rw'));
    write('sys/module/zfs/version', '2.2.7-1\n');
    expect(treeSupport(system(), sources).usable).toBe(true);
  });

  it('cannot be used on a read-only file system, or when the store’s is unfit', () => {
    const { system, sources, write, root } = fixture();
    write('proc/self/mountinfo', mountInfo('8:1 / / ro - ext4 /dev/sda1 rw'));
    expect(treeSupport(system(), sources).reason).toBe('The file system of / is mounted read-only.');
    write(
      'proc/self/mountinfo',
      mountInfo('8:1 / / rw - ext4 /dev/sda1 rw', `0:9 / ${root}/var rw - nfs4 server:/var rw`),
    );
    expect(treeSupport(system(), sources).reason).toContain(
      'The file system of /var is a network file system',
    );
  });

  it('needs a kernel with overlays, and survives unreadable mounts', () => {
    const { system, sources, write, base } = fixture();
    write('proc/filesystems', '\text4\n');
    expect(treeSupport(system(), { ...sources, kernelRelease: () => 'none' }).reason).toContain('no overlay');
    rmSync(join(base, 'proc/self/mountinfo'));
    write('proc/filesystems', 'nodev\toverlay\n');
    expect(treeSupport(system(), sources)).toMatchObject({ usable: false, exchange: false });
  });

  it('cannot exchange /usr where it is a mount, has mounts inside, or is not merged', () => {
    const { system, sources, write, root } = fixture();
    const disk = '8:1 / / rw - ext4 /dev/sda1 rw';
    write('proc/self/mountinfo', mountInfo(disk, `8:2 / ${root}/usr rw - ext4 /dev/sda2 rw`));
    expect(treeSupport(system(), sources)).toMatchObject({
      usable: true,
      exchange: false,
      exchangeReason: '/usr is a file system of its own.',
    });
    write('proc/self/mountinfo', mountInfo(disk, `8:2 / ${root}/usr/local rw - ext4 /dev/sda2 rw`));
    expect(treeSupport(system(), sources).exchangeReason).toBe(
      '/usr is spread over several mounts: /usr/local.',
    );
    write('proc/self/mountinfo', mountInfo(disk));
    rmSync(join(root, 'sbin'));
    mkdirSync(join(root, 'sbin'));
    expect(treeSupport(system(), sources).exchangeReason).toBe(
      '/sbin lies beside /usr, not in it (no merged /usr).',
    );
  });

  it('takes the links of a distribution with merged sbin', () => {
    const { system, sources, root, link } = fixture();
    rmSync(join(root, 'sbin'));
    link('root/sbin', 'usr/bin');
    link('root/lib64', '/usr/lib');
    expect(treeSupport(system(), sources).exchange).toBe(true);
  });

  it.skipIf(!isRoot)('refuses a real overlay as the root, and takes a real tmpfs (needs root)', () => {
    const machine = fixture();
    const real = { ...machine.sources, proc: thisMachine.proc };
    const folder = machine.mount('memory', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs');
    for (const name of ['upper', 'work', 'tree/usr', 'tree/etc', 'tree/var/lib']) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    const open = (path: string): ReturnType<typeof machine.system> => ({
      ...machine.system(),
      root: path as never,
      store: `${path}/var/lib/understudy` as never,
    });
    expect(treeSupport(open(join(folder, 'tree')), real)).toMatchObject({ usable: true, exchange: true });
    const merged = machine.mount(
      'merged',
      ...[
        '-t',
        'overlay',
        '-o',
        `lowerdir=${folder}/tree,upperdir=${folder}/upper,workdir=${folder}/work`,
        'overlay',
      ],
    );
    expect(treeSupport(open(merged), real).reason).toContain('an overlay itself');
  });
});

describe('the other backends', () => {
  it.each([
    ['0:30 / ROOT rw - zfs rpool rw', 'The root is the pool rpool itself'],
    ['0:30 /inner ROOT rw - zfs rpool/ROOT/debian rw', 'a folder inside a dataset'],
    ['0:30 / / rw - zfs rpool/ROOT/debian rw', 'a folder inside a dataset'],
    ['0:30 / ROOT ro - zfs rpool/ROOT/debian rw', 'mounted read-only'],
  ])('say why there are no environments on ZFS: %s', (mount, why) => {
    const { system, sources, write, root } = fixture();
    write('proc/self/mountinfo', mountInfo(mount.replace(' ROOT ', ` ${root} `)));
    const backend = backendsOf(system(), sources).find(({ name }) => name === 'zfs');
    expect(backend?.usable).toBe(false);
    expect(backend?.reason).toContain(why);
  });

  it.skipIf(!isRoot)('say that ZFS could not be asked, where its commands fail', () => {
    const { system, sources, write, root } = fixture();
    write('proc/self/mountinfo', mountInfo(`0:30 / ${root} rw - zfs no-such-pool/ROOT/debian rw`));
    const backend = backendsOf(system(), sources).find(({ name }) => name === 'zfs');
    expect(backend?.usable).toBe(false);
    expect(backend?.reason).toContain('ZFS could not be asked');
  });

  it.each([
    ['rpool/var', 'var'],
    ['rpool/ROOT/debian/www', 'var/www'], // of no root, also where it lies
  ])('say why a dataset %s at /%s is in the way of environments on an older ZFS', (dataset, path) => {
    const { system, sources, write, root } = fixture();
    write('sys/module/zfs/version', '2.1.11-1\n');
    const mounts = [
      `0:30 / ${root} rw - zfs rpool/ROOT/debian rw`,
      `0:31 / ${root}/${path} rw - zfs ${dataset} rw`,
    ];
    write('proc/self/mountinfo', mountInfo(...mounts));
    const backend = backendsOf(system(), sources).find(({ name }) => name === 'zfs');
    expect(backend?.reason).toContain(
      `/${path} is a dataset of its own (${dataset}); an overlay on it needs OpenZFS 2.2`,
    );
  });

  it('say that a root in a folder of btrfs is no subvolume, and offer tree', () => {
    const { system, sources, write } = fixture();
    write('proc/self/mountinfo', mountInfo('0:30 /@ / rw - btrfs /dev/sda1 rw'));
    const [tree, btrfs] = backendsOf(system(), sources);
    expect(tree?.usable).toBe(true);
    expect(btrfs).toEqual({
      name: 'btrfs',
      usable: false,
      reason: 'The root is a folder inside a subvolume, not a file system of its own.',
    });
  });

  it('say which file system there is instead', () => {
    const { system, sources } = fixture();
    const [tree, btrfs, zfs] = backendsOf(system(), sources);
    expect(tree).toMatchObject({ name: 'tree', usable: true });
    expect(btrfs?.reason).toBe('The root file system is ext4, not btrfs.');
    expect(zfs?.reason).toBe('The root file system is ext4, not ZFS.');
  });
});
