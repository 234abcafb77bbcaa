import { describe, expect, it } from 'vitest';
import { classify, outsideEnvironment } from '../../../electron/engine/environments/areas.js';
import type { RawPath } from '../../../electron/engine/posix/raw-path.js';

describe('what belongs to an environment', () => {
  it.each([
    ['usr/bin/true', 'system'],
    ['etc/fstab', 'system'],
    ['boot/vmlinuz-6.1.0', 'system'],
    ['opt/vendor/tool', 'system'],
    ['var/lib/ucf/hashfile', 'system'],
    ['etc/ld.so.cache', 'derived'],
    ['var/cache/man/index.db', 'derived'],
    ['var/lib/dpkg/status', 'derived'],
    ['var/log/syslog', 'log'],
    ['var/lib/postgresql/15/main/base', 'service'],
    ['var/lib/postgresqlish', 'system'],
    ['home/user/.bashrc', 'foreign'],
    ['root/.ssh/id_ed25519', 'foreign'],
    ['var/lib/understudy/journal', 'foreign'],
    ['var/.understudy/stages', 'foreign'],
    ['.understudy', 'foreign'],
    ['etc/understudy', 'foreign'],
    ['etc/understudy/settings.json', 'foreign'],
    ['etc/understudy-practice/settings.conf', 'system'],
    ['boot/understudy/point-1/vmlinuz', 'foreign'],
    ['boot/grub/understudy.env', 'foreign'],
    ['boot/grub/grub.cfg', 'system'],
    ['boot/efi/understudy/understudy.env', 'foreign'],
    ['boot/loader/entries/understudy-trial+1.conf', 'foreign'],
    ['boot/loader/entries/mine.conf', 'system'],
    ['tmp/x', 'foreign'],
    ['.snapshots/1/snapshot/etc/fstab', 'foreign'],
    ['timeshift-btrfs/snapshots', 'foreign'],
    ['', 'foreign'],
  ] as const)('%s is %s', (path, kind) => {
    expect(classify(path as RawPath)).toBe(kind);
  });

  it('never prunes the root of a scan, nor a folder that holds parts of the system', () => {
    expect(
      ['', 'var', 'var/lib', 'var/cache', 'etc'].filter((path) => outsideEnvironment(path as RawPath)),
    ).toEqual([]);
    expect(['home', 'var/log', 'var/tmp'].filter((path) => !outsideEnvironment(path as RawPath))).toEqual([]);
  });
});
