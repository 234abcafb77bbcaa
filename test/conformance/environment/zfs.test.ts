import { rmdirSync } from 'node:fs';
import { describe } from 'vitest';
import { zfsEnvironment } from '../../../electron/engine/environments/zfs/zfs.js';
import { run } from '../../../electron/engine/process/run.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { environmentRoot } from '../../lab/environment-root.js';
import { isThorough, notAsked } from '../../lab/thorough.js';
import { zfsImpossible } from '../../lab/zfs-daemon.js';
import { moveIn, whenFree, zfsLayouts, zfsSystem, type ZfsLayout } from '../../lab/zfs-system.js';
import { environmentConformance } from './conformance.js';
import { join } from 'node:path';

const impossible = (await debianRootImpossible()) ?? (await zfsImpossible());

const reason = impossible ?? (isThorough ? undefined : notAsked);

describe.skipIf(reason !== undefined)(`the backend zfs${reason ? ` (${reason})` : ''}`, () => {
  // What is someone's own, in a dataset of its own, is in no clone: here all is to be the same.
  const layouts = Object.entries<ZfsLayout>(zfsLayouts).slice(0, 2);
  for (const [name, layout] of layouts)
    environmentConformance(name, async () => {
      const { root, parent, boot, dispose } = await zfsSystem({ ...layout, others: [] }, async (place) =>
        moveIn(await environmentRoot(), place),
      );
      return {
        environment: zfsEnvironment,
        root,
        boot,
        dispose,
        list: 'changed.jsonl',
        // zfs-fuse keeps times in seconds, and an access control list as an attribute like any other: "cp -p" gives the copy one.
        told: (lines) =>
          lines.filter((line) => line !== 'changed file nanosecond').concat('changed file changed-back'),
        async takeAway(system, restorePoint) {
          const place = join(system.store, 'environments', restorePoint);
          await run(['umount', '--recursive', place], { timeoutMs: 30_000 });
          rmdirSync(place);
          await whenFree(['zfs', 'destroy', '-r', `${parent}/${restorePoint}`]);
        },
      };
    });
});
