/** Root trees on real ZFS, in a pool on a file, laid out as systems have it, and started anew the way that the pool says. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { copyAttributes } from '../../electron/engine/files/attributes.js';
import { copyTree } from '../../electron/engine/files/copy-tree.js';
import { readMountTable } from '../../electron/engine/inspect/mount-table.js';
import { thisMachine } from '../../electron/engine/inspect/sources.js';
import { raw } from '../../electron/engine/posix/raw-path.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { removeRoot } from './template.js';
import { openZfsDaemon, zfsFolderPrefix } from './zfs-daemon.js';

export interface ZfsLayout {
  /** The dataset of the root, below the pool. */
  readonly root: string;
  /** Whether it mounts by itself, as installers leave it; else only as the root. */
  readonly canmount: 'on' | 'noauto';
  /** Datasets below it that are mounted in the root where their names say; those between only hold them. */
  readonly parts?: readonly string[];
  /** The same of someone's own. */
  readonly others?: readonly string[];
}

export const zfsLayouts = {
  'ZFSBootMenu, OpenZFS guides: pool/ROOT/name': { root: 'ROOT/debian', canmount: 'noauto' },
  'Ubuntu: pool/ROOT/name with datasets below it, mounted by themselves': {
    root: 'ROOT/ubuntu_1a2b3c',
    canmount: 'on',
    parts: ['usr/local', 'var/lib'],
    others: ['var/spool', 'var/www'],
  },
  'beside each other in the pool: pool/name': { root: 'debian', canmount: 'noauto' },
} as const satisfies Record<string, ZfsLayout>;

export interface ZfsSystem {
  readonly root: string;
  readonly pool: string;
  /** The dataset below which the environments lie. */
  readonly parent: string;
  /** A private folder beside the root. */
  readonly folder: string;
  /** The file that the pool lies in. */
  readonly image: string;
  /** Starts it anew: what the pool says becomes the root. */
  boot: () => Promise<void>;
  /** Unmounts everything and lets go of the image, so that another can take its place. */
  giveUp: () => Promise<void>;
  /** Knows the pool in the image again. */
  takeIn: () => Promise<void>;
  dispose: () => Promise<void>;
}

const limit = { timeoutMs: 60_000 };

/** `fill` puts the system into the empty root. */
export async function zfsSystem(
  layout: ZfsLayout,
  fill: (root: string) => Promise<void>,
  { mebibytes = 900, inMemory = true }: { readonly mebibytes?: number; readonly inMemory?: boolean } = {},
): Promise<ZfsSystem> {
  const folder = mkdtempSync(zfsFolderPrefix);
  const daemon = await openZfsDaemon(folder).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const [root, image, pool] = [join(folder, 'root'), join(folder, 'disk/image'), `understudy${process.pid}`];
  const dispose = async (): Promise<void> => {
    await unmountBelow(root);
    await whenFree(['zpool', 'destroy', '-f', pool]).catch(() => undefined);
    await daemon.dispose();
    await unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    mkdirSync(root);
    mkdirSync(dirname(image));
    // In memory: every change of a property waits for what the pool writes.
    if (inMemory)
      await runOrFault(['mount', '-t', 'tmpfs', '-o', 'mode=700', 'understudy', dirname(image)], limit);
    writeFileSync(image, '');
    truncateSync(image, mebibytes * 1024 ** 2);
    // Ones that fill a page with zeros are kept as holes, as every ZFS of today does.
    const properties = ['-O', 'mountpoint=none', '-O', 'compression=on', '-O', 'atime=off'];
    await runOrFault(['zpool', 'create', '-o', 'cachefile=none', ...properties, pool, image], limit);
    const dataset = `${pool}/${layout.root}`;
    const parent = dataset.slice(0, dataset.lastIndexOf('/'));
    if (parent !== pool) await runOrFault(['zfs', 'create', parent], limit);
    await runOrFault(['zfs', 'create', '-o', 'mountpoint=legacy', dataset], limit);
    await runOrFault(['zfs', 'set', `canmount=${layout.canmount}`, dataset], limit);
    await runOrFault(['zpool', 'set', `bootfs=${dataset}`, pool], limit);
    const boot = async (): Promise<void> => {
      await unmountBelow(root);
      const { stdout } = await runOrFault(['zpool', 'list', '-H', '-o', 'bootfs', pool], limit);
      const next = stdout.trim();
      await whenFree(['zfs', 'set', `mountpoint=${root}`, next]);
      await mountAll(root, pool, next);
    };
    const giveUp = async (): Promise<void> => {
      await unmountBelow(root);
      await whenFree(['zpool', 'export', '-f', pool]);
    };
    const takeIn = async (): Promise<void> => {
      const options = ['-f', '-o', 'cachefile=none', '-d', dirname(image)];
      await runOrFault(['zpool', 'import', ...options, pool], limit);
    };
    await boot();
    await fill(root);
    await separate(dataset, root, layout);
    await runOrFault(['sync', '--file-system', root], limit);
    return { root, pool, parent, folder, image, boot, giveUp, takeIn, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** As initramfs-tools does it: the root with all below it; and as "zfs mount -a" does it at every start: what mounts by itself. */
async function mountAll(root: string, pool: string, next: string): Promise<void> {
  const argv = [
    'zfs',
    'list',
    '-H',
    '-r',
    '-t',
    'filesystem',
    '-o',
    'name,canmount,mountpoint',
    pool,
  ] as const;
  const { stdout } = await runOrFault(argv, limit);
  const all = stdout.split('\n').map((line) => line.split('\t'));
  const isInside = (name = ''): boolean => name === next || name.startsWith(`${next}/`);
  for (const atOnce of [true, false])
    for (const [name, canmount, place = ''] of all) {
      const isWanted = atOnce ? isInside(name) && canmount !== 'off' : canmount === 'on';
      const isHere = place === root || place.startsWith(`${root}/`);
      if (name !== undefined && isWanted && isHere && !mountPoints().includes(place))
        await whenFree(['zfs', 'mount', name]);
    }
}

/** Gives some folders of the root datasets of their own. */
async function separate(dataset: string, root: string, layout: ZfsLayout): Promise<void> {
  const { parts = [], others = [] } = layout;
  for (const path of [...parts, ...others]) {
    const [place, beside] = [join(root, path), join(root, `${path}.moved`)];
    mkdirSync(place, { recursive: true });
    renameSync(place, beside);
    const above = `${dataset}/${path}`.split('/').slice(0, -1);
    for (let length = dataset.split('/').length + 1; length <= above.length; length += 1)
      await run(['zfs', 'create', '-o', 'canmount=off', above.slice(0, length).join('/')], limit);
    // What is someone's own stays there whichever root is mounted; zfs-fuse knows no other way to say it.
    const options = others.includes(path) ? ['-o', `mountpoint=${place}`] : [];
    await runOrFault(['zfs', 'create', ...options, `${dataset}/${path}`], limit);
    copyTree(raw(beside), raw(place));
    copyAttributes(raw(beside), raw(place), { time: true });
    rmSync(beside, { recursive: true });
  }
}

/**
 * Fills the root with a tree, which is removed. zfs-fuse takes an access control list for an attribute like any other, so what sets modes by
 * way of lists, as cp(1) does, would set none.
 */
export function moveIn(made: string, root: string): void {
  // Every entry costs a walk its time: what no test looks at stays out.
  for (const path of [
    'usr/share/perl',
    'usr/share/perl5',
    'usr/lib/x86_64-linux-gnu/perl',
    'usr/lib/terminfo',
    'usr/share/bash-completion',
    'usr/share/lintian',
    'usr/share/bug',
  ])
    rmSync(join(made, path), { recursive: true, force: true });
  copyTree(raw(made), raw(root));
  removeRoot(made);
}

/** Runs a command of ZFS again while a mount is just being given up: zfs-fuse learns of it a moment later. */
export async function whenFree(argv: readonly [string, ...string[]]): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const { status, stderr } = await run(argv, limit);
    if (status === 0) return;
    if (attempt === 100 || !/busy|already mounted/.test(stderr))
      throw new Error(`${argv.join(' ')}: ${stderr}`);
    await wait(50);
  }
}

function mountPoints(): string[] {
  return readMountTable(thisMachine).entries.map(({ mountPoint }) => mountPoint);
}

async function unmountBelow(folder: string): Promise<void> {
  const inside = mountPoints().filter((place) => place === folder || place.startsWith(`${folder}/`));
  for (const place of inside.reverse()) {
    const { status } = await run(['umount', place], limit);
    if (status !== 0) await run(['umount', '--lazy', place], limit);
  }
}
