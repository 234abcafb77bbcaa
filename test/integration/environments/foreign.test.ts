/** Snapshots of snapper and timeshift on real btrfs, in the layouts that distributions use: which of them are of the root, and which are ours. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { btrfsEnvironment } from '../../../electron/engine/environments/btrfs/btrfs.js';
import { treeEnvironment } from '../../../electron/engine/environments/tree/tree.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { openSystem } from '../../../electron/engine/system.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../../lab/btrfs-system.js';
import { diskImpossible } from '../../lab/disk-image.js';
import { timeshiftSnapshot } from '../../lab/foreign-snapshots.js';

const impossible = await diskImpossible('btrfs');
const limit = { timeoutMs: 30_000 };

describe.skipIf(impossible)(`snapshots of other programs (${impossible ?? 'runs'})`, () => {
  let place: BtrfsSystem | undefined;
  afterEach(() => place?.dispose());

  const make = async (layout: (typeof btrfsLayouts)[keyof typeof btrfsLayouts]): Promise<BtrfsSystem> => {
    place = await btrfsSystem(
      layout,
      (root) => {
        for (const name of ['usr', 'etc', 'var/lib']) mkdirSync(join(root, name), { recursive: true });
        return Promise.resolve();
      },
      320,
    );
    return place;
  };
  /** By hand, as snapper has them; without `info` there is no record. */
  const snapper = async ({ root }: BtrfsSystem, number: string, info?: string): Promise<void> => {
    const folder = join(root, '.snapshots', number);
    mkdirSync(folder, { recursive: true });
    await runOrFault(['btrfs', 'subvolume', 'snapshot', '-r', root, join(folder, 'snapshot')], limit);
    if (info !== undefined) writeFileSync(join(folder, 'info.xml'), info);
  };
  const foreign = ({ root }: BtrfsSystem) => btrfsEnvironment.foreign(openSystem(root));

  it('on openSUSE the root is itself one of them, and is not listed among them', async () => {
    const system = await make(btrfsLayouts['openSUSE: @/.snapshots/1/snapshot']);
    writeFileSync(join(system.root, '.snapshots/1/info.xml'), '<snapshot>\n  <num>1</num>\n</snapshot>\n');
    await snapper(
      system,
      '2',
      [
        '<?xml version="1.0"?>',
        '<snapshot>',
        '  <type>pre</type>',
        '  <num>2</num>',
        '  <date>2026-11-26 22:04:05</date>',
        '  <description>zypp(zypper) &amp; &#x6253;&#21360;</description>',
        '</snapshot>',
        '',
      ].join('\n'),
    );
    expect(foreign(system)).toEqual([
      {
        id: 'snapper-2',
        tool: 'snapper',
        name: '2',
        created: '2026-11-26T22:04:05.000Z',
        title: 'zypp(zypper) & 打印',
        place: '@/.snapshots/2/snapshot',
      },
    ]);
  });

  it('what is damaged, a link or no snapshot is listed without its words, or not at all', async () => {
    const system = await make(btrfsLayouts['Fedora: root and home']);
    expect(foreign(system)).toEqual([]);
    await snapper(system, '3');
    await snapper(
      system,
      '4',
      '<snapshot>\n  <date>2026-13-99 99:00:00</date>\n  <description>&#xFFFFFFF;</description>\n',
    );
    await snapper(system, '5');
    symlinkSync('/etc/passwd', join(system.root, '.snapshots/5/info.xml'));
    await snapper(system, '6', 'x'.repeat(70_000));
    mkdirSync(join(system.root, '.snapshots/7/snapshot'), { recursive: true });
    await snapper(system, 'latest');
    const day = { name: 'root', seconds: 1_793_556_001, comments: '' };
    await timeshiftSnapshot(system.top, { ...day, date: '2026-11-01_18-00-01' });
    await timeshiftSnapshot(system.top, { ...day, date: '2026-11-02_18-00-01' });
    await timeshiftSnapshot(system.top, { ...day, date: 'of-mine' });
    const record = join(system.top, 'timeshift-btrfs/snapshots/2026-11-02_18-00-01/info.json');
    rmSync(record);
    mkdirSync(record);
    const known = foreign(system).map(({ id, title, created }) => [id, title, created]);
    expect(known).toEqual([
      ['snapper-3', '', null],
      ['snapper-4', '&#xFFFFFFF;', null],
      ['snapper-5', '', null],
      ['snapper-6', '', null],
      ['timeshift-2026-11-01-18-00-01', '', new Date(1_793_556_001_000).toISOString()],
      ['timeshift-2026-11-02-18-00-01', '', null],
    ]);
    expect(treeEnvironment.foreign(openSystem(system.root))).toEqual([]);
  });
});
