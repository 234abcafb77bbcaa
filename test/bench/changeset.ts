/**
 * The changeset of 200 changed files among very many, on btrfs, which tells what was touched, and on ZFS, where everything is looked at. There the
 * peers tell what of the time is the file system's own: programs that ask it the same of the same two trees, and do nothing with the answers.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { btrfsDriver } from '../../electron/engine/environments/btrfs/btrfs-driver.js';
import type { SnapshotDriver, TreeId } from '../../electron/engine/environments/snapshots/snapshot-driver.js';
import { treeDifference } from '../../electron/engine/environments/snapshots/tree-difference.js';
import { zfsDriver } from '../../electron/engine/environments/zfs/zfs-driver.js';
import { runOrFault } from '../../electron/engine/process/run.js';
import { openSystem, type System } from '../../electron/engine/system.js';
import { btrfsLayouts, btrfsSystem } from '../lab/btrfs-system.js';
import { diskImpossible } from '../lab/disk-image.js';
import { zfsImpossible } from '../lab/zfs-daemon.js';
import { zfsLayouts, zfsSystem } from '../lab/zfs-system.js';
import { seconds, type Bench, type BenchRow } from './row.js';

const changed = 200;
const perFolder = 500;
const target = { atMost: 1, of: 'value' } as const;
const limit = { timeoutMs: 30 * 60_000 };

export const benchChangeset: Bench = {
  name: 'changeset',
  impossible: () => diskImpossible('btrfs'),
  async run({ quick, say }) {
    const files = quick ? 30_000 : 300_000;
    const rows = await onBtrfs(files, say);
    const noZfs = await zfsImpossible();
    if (noZfs === undefined) rows.push(...(await onZfs(files, say)));
    else say(`no ZFS: ${noZfs}`);
    return rows;
  },
};

type Say = (text: string) => void;

interface Place {
  readonly driver: SnapshotDriver;
  readonly system: System;
  /** A tree of ours, as the system was before the files changed. */
  readonly before: TreeId;
}

async function onBtrfs(files: number, say: Say): Promise<BenchRow[]> {
  say(`btrfs: making a root of ${files.toLocaleString('en')} files`);
  const layout = btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'];
  const made = await btrfsSystem(layout, (root) => fill(root, files), 3000);
  try {
    const place = changeSome(btrfsDriver, made.root, files);
    return [
      {
        name: `btrfs: changeset of ${changed} files among ${files.toLocaleString('en')}`,
        ours: await look(place, { walk: false }),
        unit: 's',
        peer: await look(place, { walk: true }),
        peerName: 'a look at everything',
        target,
      },
    ];
  } finally {
    await made.dispose();
  }
}

async function onZfs(files: number, say: Say): Promise<BenchRow[]> {
  say(`ZFS: making a root of ${files.toLocaleString('en')} files`);
  const layout = zfsLayouts['ZFSBootMenu, OpenZFS guides: pool/ROOT/name'];
  const made = await zfsSystem(layout, (root) => fill(root, files), { mebibytes: 3000 });
  try {
    const place = changeSome(zfsDriver, made.root, files);
    say('ZFS: looking at everything');
    const ours = await look(place, { walk: true });
    say('ZFS: what the file system itself takes for that');
    const rows: BenchRow[] = [];
    const name = `ZFS (zfs-fuse): changeset of ${changed} files among ${files.toLocaleString('en')}`;
    for (const [peerName, argv] of bareLooks) {
      // Anew for each: what was just mounted is not in the kernel's memory.
      const trees = ['bench-bare-before', 'bench-bare-after'] as const;
      const of = [place.before, zfsDriver.current(place.system)] as const;
      const folders = trees.map((tree, index) => {
        const id = zfsDriver.take(place.system, tree, { readOnly: true, of: of[index]! });
        return zfsDriver.find(place.system, id)!;
      });
      const peer = await seconds(() => runOrFault([...argv, ...folders], limit));
      for (const tree of trees) zfsDriver.remove(place.system, tree);
      rows.push({ name, ours, unit: 's', peer, peerName, target });
    }
    return rows;
  } finally {
    await made.dispose();
  }
}

const bareLooks: readonly (readonly [string, readonly [string, ...string[]]])[] = [
  ['names and status of both trees: du', ['du', '--summarize', '--inodes']],
  [
    'and names of attributes: getfattr',
    ['getfattr', '--recursive', '--physical', '--no-dereference', '--match=-'],
  ],
];

const nameOf = (index: number): string =>
  `usr/share/many/${Math.floor(index / perFolder)}/${index % perFolder}`;

function fill(root: string, files: number): Promise<void> {
  for (let index = 0; index < files; index++) {
    if (index % perFolder === 0) mkdirSync(dirname(join(root, nameOf(index))), { recursive: true });
    writeFileSync(join(root, nameOf(index)), `${index}\n`);
  }
  for (const folder of ['etc', 'var/lib']) mkdirSync(join(root, folder), { recursive: true });
  return Promise.resolve();
}

function changeSome(driver: SnapshotDriver, root: string, files: number): Place {
  const system = openSystem(root);
  driver.attach(system, { create: true });
  const before = driver.take(system, 'bench', { readOnly: true });
  for (let index = 0; index < changed; index++)
    writeFileSync(join(root, nameOf(Math.floor((index * files) / changed))), 'changed\n');
  return { driver, system, before };
}

function look({ driver, system, before }: Place, { walk }: { readonly walk: boolean }): Promise<number> {
  const after = driver.current(system);
  return seconds(() => {
    const question = { name: 'bench-look', before, after, fixed: 'before', walk } as const;
    const found = treeDifference(driver, system, { ...question, skip: () => false });
    const many = found.filter(({ path }) => path.startsWith('usr/share/many/')).length;
    if (many !== changed) throw new Error(`${many} changes instead of ${changed}`);
  });
}
