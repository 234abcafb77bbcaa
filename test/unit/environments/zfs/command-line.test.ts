import { describe, expect, it } from 'vitest';
import { pinnedDataset } from '../../../../electron/engine/environments/zfs/command-line.js';

describe('the kernel command line', () => {
  it.each([
    [
      'BOOT_IMAGE=/BOOT/ubuntu_1a2b3c@/vmlinuz root=ZFS=rpool/ROOT/ubuntu_1a2b3c ro quiet',
      'rpool/ROOT/ubuntu_1a2b3c',
    ],
    ['root=zfs:zroot/ROOT/void quiet', 'zroot/ROOT/void'],
    ['root=zfs:FILESYSTEM=tank/root', 'tank/root'],
    ['root=zfs:my+pool/ROOT/with+space', 'my pool/ROOT/with space'],
    ['boot=zfs root=rpool/ROOT/debian', 'rpool/ROOT/debian'],
    ['rootfstype=zfs root=rpool/ROOT/debian', 'rpool/ROOT/debian'],
    ['boot=zfs rpool=rpool bootfs=rpool/ROOT/debian', 'rpool/ROOT/debian'],
    ['dozfs root=/dev/ram0 real_root=ZFS=rpool/ROOT/gentoo', 'rpool/ROOT/gentoo'],
    ['root=zfs:AUTO root=zfs:tank/ROOT/later', 'tank/ROOT/later'],
  ])('names the root: %s', (line, name) => expect(pinnedDataset(line.split(' '))).toBe(name));

  it.each([
    '',
    'quiet',
    'root=zfs:AUTO',
    'root=zfs',
    'root=zfs:',
    'root=ZFS=AUTO',
    'root=UUID=1-2',
    'root=/dev/sda1',
    'boot=zfs rpool=rpool',
    'rootfstype=zfs root=/dev/zfs',
  ])('leaves it to the pool: %s', (line) => expect(pinnedDataset(line.split(' '))).toBeUndefined());
});
