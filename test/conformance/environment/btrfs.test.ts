import { describe } from 'vitest';
import { btrfsEnvironment } from '../../../electron/engine/environments/btrfs/btrfs.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { btrfsLayouts, btrfsSystem } from '../../lab/btrfs-system.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { diskImpossible } from '../../lab/disk-image.js';
import { environmentRootIn } from '../../lab/environment-root.js';
import { environmentConformance } from './conformance.js';
import { join } from 'node:path';

const impossible = (await debianRootImpossible()) ?? (await diskImpossible('btrfs'));

describe.skipIf(impossible !== undefined)(`the backend btrfs${impossible ? ` (${impossible})` : ''}`, () => {
  // The two ways in which the next start finds its root; every layout is switched there and back in test/system/layouts.
  for (const name of ['Ubuntu, Mint, Arch: @ and @home', 'openSUSE: @/.snapshots/1/snapshot'] as const) {
    environmentConformance(name, async () => {
      const layout = btrfsLayouts[name];
      const { root, boot, dispose } = await btrfsSystem(layout, environmentRootIn);
      return {
        environment: btrfsEnvironment,
        root,
        boot,
        dispose,
        list: 'changed.jsonl',
        async takeAway(system, restorePoint) {
          const tree = join(system.store, 'environments', restorePoint);
          await runOrFault(['btrfs', 'subvolume', 'delete', tree], { timeoutMs: 30_000 });
        },
      };
    });
  }
});
