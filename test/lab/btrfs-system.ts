/** Root trees on real btrfs in a loop device, laid out as distributions do it, and started anew the way their boot entries say. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readMountTable } from '../../electron/engine/inspect/mount-table.js';
import { thisMachine } from '../../electron/engine/inspect/sources.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { openDisks } from './disk-image.js';

export interface BtrfsLayout {
  /** The subvolume of the root, from the top level; empty for the top level itself. */
  readonly root: string;
  /** Whether the boot entry names it; else the default subvolume decides. */
  readonly named: boolean;
  /** Other subvolumes, and where each is mounted in the root. */
  readonly mounts: Readonly<Record<string, string>>;
}

export const btrfsLayouts = {
  'Ubuntu, Mint, Arch: @ and @home': { root: '@', named: true, mounts: { '@home': 'home' } },
  'Fedora: root and home': { root: 'root', named: true, mounts: { home: 'home' } },
  'openSUSE: @/.snapshots/1/snapshot': {
    root: '@/.snapshots/1/snapshot',
    named: false,
    mounts: { '@/home': 'home', '@/.snapshots': '.snapshots' },
  },
  'a default subvolume': { root: 'system', named: false, mounts: {} },
  'the top level': { root: '', named: false, mounts: {} },
} as const satisfies Record<string, BtrfsLayout>;

export interface BtrfsSystem {
  readonly root: string;
  /** The top level, mounted beside. */
  readonly top: string;
  readonly device: string;
  /** Starts it anew: what the boot entry and the file system say becomes the root. */
  boot: () => Promise<void>;
  dispose: () => Promise<void>;
}

const limit = { timeoutMs: 60_000 };

/** `fill` puts the system into the empty root. */
export async function btrfsSystem(
  layout: BtrfsLayout,
  fill: (root: string) => Promise<void>,
  mebibytes = 900,
): Promise<BtrfsSystem> {
  const disks = openDisks();
  const [top, root] = [join(disks.folder, 'top'), join(disks.folder, 'root')];
  const dispose = async (): Promise<void> => {
    await run(['umount', '--recursive', root], limit);
    await disks.dispose();
  };
  try {
    await disks.mount('btrfs', top, mebibytes);
    const device = readMountTable(thisMachine).entries.find(({ mountPoint }) => mountPoint === top)?.source;
    if (device === undefined) throw new Error('the file system is not mounted');
    mkdirSync(root);
    for (const name of [layout.root, ...Object.keys(layout.mounts)].filter(Boolean)) {
      let made = top;
      for (const part of name.split('/')) {
        made = join(made, part);
        const isSubvolume = made === join(top, name) || part.startsWith('@') || part === '.snapshots';
        if (isSubvolume) await run(['btrfs', 'subvolume', 'create', made], limit);
        else mkdirSync(made, { recursive: true });
      }
    }
    if (!layout.named && layout.root !== '')
      await runOrFault(['btrfs', 'subvolume', 'set-default', join(top, layout.root)], limit);
    const boot = async (): Promise<void> => {
      await run(['umount', '--recursive', root], limit);
      const options = layout.named ? ['-o', `subvol=${layout.root}`] : [];
      await runOrFault(['mount', '-t', 'btrfs', ...options, device, root], limit);
      for (const [name, place] of Object.entries(layout.mounts)) {
        mkdirSync(join(root, place), { recursive: true });
        await runOrFault(['mount', '-t', 'btrfs', '-o', `subvol=${name}`, device, join(root, place)], limit);
      }
    };
    await boot();
    await fill(root);
    const option = layout.named ? `subvol=/${layout.root}` : 'defaults';
    mkdirSync(dirname(join(root, 'etc/fstab')), { recursive: true });
    writeFileSync(join(root, 'etc/fstab'), `UUID=0 / btrfs ${option} 0 0\n`);
    await runOrFault(['sync', '--file-system', root], limit);
    return { root, top, device, boot, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
