/**
 * File systems of their own in image files, mounted through loop devices (tmpfs without one). `dispose` unmounts everything that was
 * mounted through it, in reverse, whatever happened before.
 */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runOrFault } from '../../electron/engine/process/run.js';

export type DiskKind = 'ext4' | 'xfs' | 'btrfs' | 'vfat' | 'tmpfs';

const makers: Readonly<Record<Exclude<DiskKind, 'tmpfs'>, readonly [string, ...string[]]>> = {
  ext4: ['mkfs.ext4', '-q', '-F', '-m', '0'],
  xfs: ['mkfs.xfs', '-q', '-f'],
  btrfs: ['mkfs.btrfs', '-q', '-f'],
  vfat: ['mkfs.vfat', '-F', '32'],
};

export interface Disks {
  /** A private folder for mount points, empty. */
  readonly folder: string;
  /** Makes a file system of so many MiB and mounts it at `place`, which is made when missing. */
  mount(kind: DiskKind, place: string, mebibytes: number): Promise<void>;
  dispose(): Promise<void>;
}

/** Why file systems of this kind cannot be mounted here, or `undefined`. For `describe.skipIf`. */
export async function diskImpossible(kind: DiskKind): Promise<string | undefined> {
  if (process.geteuid?.() !== 0) return 'needs root';
  const disks = openDisks();
  try {
    await disks.mount(kind, join(disks.folder, 'probe'), kind === 'xfs' || kind === 'btrfs' ? 320 : 64);
    return undefined;
  } catch (error) {
    return `no ${kind} can be made and mounted: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await disks.dispose();
  }
}

export function openDisks(): Disks {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-disks-'));
  const mounted: string[] = [];
  let images = 0;
  return {
    folder,
    async mount(kind, place, mebibytes) {
      mkdirSync(place, { recursive: true });
      if (kind === 'tmpfs') {
        await runOrFault(['mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'understudy', place], {
          timeoutMs: 30_000,
        });
      } else {
        const image = join(folder, `image-${images++}`);
        writeFileSync(image, '');
        truncateSync(image, mebibytes * 1024 ** 2);
        await runOrFault([...makers[kind], image], { timeoutMs: 60_000 });
        await runOrFault(['mount', '-t', kind, '-o', 'loop', image, place], { timeoutMs: 30_000 });
      }
      mounted.push(place);
    },
    async dispose() {
      for (const place of mounted.splice(0).reverse()) {
        const result = await run(['umount', place], { timeoutMs: 30_000 });
        if (result.status !== 0) await run(['umount', '--lazy', place], { timeoutMs: 30_000 });
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
