import { readFileSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { mountTable, parseMountInfo, readMountTable } from '../../../electron/engine/inspect/mount-table.js';
import { thisMachine } from '../../../electron/engine/inspect/sources.js';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { fixture, isRoot } from './fixture.js';

const at = (text: string): RawPath => raw(text);

describe('mount table', () => {
  it('reads optional fields, escapes and bytes that are no UTF-8', () => {
    const [first, second] = parseMountInfo(
      '20 1 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw\n' +
        '21 20 0:9 /@home /media/a\\040b\\134\\303\xff rw - btrfs /dev/sd\\040b ro,space_cache\n' +
        'rubbish\n\n',
    );
    expect(first).toMatchObject({
      id: 20,
      parent: 1,
      device: '8:1',
      mountPoint: '/',
      fileSystem: 'ext4',
      readOnly: false,
    });
    expect(second).toMatchObject({
      origin: '/@home',
      mountPoint: '/media/a b\\\xc3\xff',
      source: '/dev/sd b',
      readOnly: true,
    });
  });

  it('finds the mount with the longest prefix, by whole names', () => {
    const table = mountTable(
      parseMountInfo(
        '20 1 8:1 / / rw - ext4 a rw\n21 20 8:2 / /var rw - ext4 b rw\n22 21 8:3 / /var/lib rw - xfs c rw\n',
      ),
    );
    expect(table.holding(at('/variable'))?.source).toBe('a');
    expect(table.holding(at('/var'))?.source).toBe('b');
    expect(table.holding(at('/var/lib/dpkg'))?.source).toBe('c');
    expect(table.below(at('/var')).map(({ source }) => source)).toEqual(['c']);
    expect(table.below(at('/')).map(({ source }) => source)).toEqual(['b', 'c']);
  });

  it('does not find what a later mount hides', () => {
    const table = mountTable(
      parseMountInfo(
        '20 1 8:1 / / rw - ext4 root rw\n' +
          '21 20 8:2 / /a/b rw - ext4 hidden rw\n' + // mounted before /a, so its parent is the root
          '22 20 8:3 / /a rw - ext4 first rw\n' +
          '23 22 8:4 / /a rw - ext4 over rw\n',
      ),
    );
    expect(table.holding(at('/a/b/c'))?.source).toBe('over');
    expect(table.below(at('/')).map(({ source }) => source)).toEqual(['over']);
  });

  it('survives mounts that name each other as parents, and an empty list', () => {
    const table = mountTable(
      parseMountInfo(
        '20 20 8:1 / / rw - ext4 self rw\n21 22 8:2 / /a rw - ext4 x rw\n22 21 8:3 / /a rw - ext4 y rw\n',
      ),
    );
    expect(table.holding(at('/a'))?.source).toBe('self');
    expect(mountTable([]).holding(at('/'))).toBeUndefined();
  });

  it('agrees with stat about the mount that holds a folder of this machine', () => {
    const folder = realpathSync(tmpdir());
    const entry = readMountTable(thisMachine).holding(at(folder));
    expect(entry).toBeDefined();
    expect(readFileSync('/proc/self/mountinfo', 'latin1')).toContain(` ${entry!.device} `);
    if (entry!.fileSystem === 'btrfs') return; // its subvolumes have device numbers of their own
    const { dev } = statSync(folder);
    expect(entry!.device).toBe(`${(dev >>> 8) & 0xfff}:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`);
  });

  it.skipIf(!isRoot)(
    'sees a real mount on a folder with a space and a backslash in its name (needs root)',
    () => {
      const target = fixture().mount('od d\\n', '-t', 'tmpfs', '-o', 'size=1m', 'our source');
      const entry = readMountTable(thisMachine).holding(at(realpathSync(target)));
      expect(entry).toMatchObject({ fileSystem: 'tmpfs', source: 'our source' });
      expect(entry?.mountPoint).toBe(realpathSync(target));
    },
  );
});
