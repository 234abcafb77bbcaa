import { rmSync } from 'node:fs';
import { describe } from 'vitest';
import { treeEnvironment } from '../../../electron/engine/environments/tree/tree.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { diskImpossible, openDisks, type DiskKind } from '../../lab/disk-image.js';
import { environmentRoot, environmentRootIn } from '../../lab/environment-root.js';
import type { System } from '../../../electron/engine/system.js';
import { environmentConformance } from './conformance.js';
import { join } from 'node:path';

const tree = {
  environment: treeEnvironment,
  list: 'backward.jsonl',
  takeAway: ({ store }: System, restorePoint: string): void =>
    rmSync(join(store, 'restore-points', restorePoint, 'saved/0')),
};

const impossible = await debianRootImpossible();

describe.skipIf(impossible !== undefined)(`the backend tree${impossible ? ` (${impossible})` : ''}`, () => {
  environmentConformance('in a folder', async () => {
    const root = await environmentRoot();
    return { ...tree, root, dispose: () => removeRoot(root) };
  });
});

for (const [kind, mebibytes] of [
  ['ext4', 700],
  ['xfs', 700],
  ['tmpfs', 700],
] as const satisfies [DiskKind, number][]) {
  const reason = impossible ?? (await diskImpossible(kind));
  describe.skipIf(reason !== undefined)(`the backend tree${reason ? ` (${reason})` : ''}`, () => {
    environmentConformance(`on a file system of its own: ${kind}`, async () => {
      const disks = openDisks();
      const root = join(disks.folder, 'root');
      try {
        await disks.mount(kind, root, mebibytes);
        await environmentRootIn(root);
      } catch (error) {
        await disks.dispose();
        throw error;
      }
      return { ...tree, root, dispose: () => disks.dispose() };
    });
  });
}
