/** What btrfs tells of two snapshots and what a look at everything finds is the same, after any sequence of changes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { btrfsDriver } from '../../../electron/engine/environments/btrfs/btrfs-driver.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { base, rehearsal } from '../../conformance/environment/scenario.js';
import { bothWays, randomChanges, shellIn } from '../../lab/both-ways.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../../lab/btrfs-system.js';
import { diskImpossible } from '../../lab/disk-image.js';
import { seeded } from '../../lab/seeded.js';

const impossible = await diskImpossible('btrfs');

describe.skipIf(impossible !== undefined)(
  `differences of snapshots${impossible ? ` (${impossible})` : ''}`,
  () => {
    let place: BtrfsSystem;
    let system: System;
    let shell: (script: string) => Promise<unknown>;
    beforeAll(async () => {
      place = await btrfsSystem(
        btrfsLayouts['a default subvolume'],
        (root) => {
          for (const name of ['usr', 'etc', 'var/lib', 'work'])
            mkdirSync(join(root, name), { recursive: true });
          return Promise.resolve();
        },
        320,
      );
      system = openSystem(place.root);
      shell = shellIn(join(place.root, 'work'));
      btrfsDriver.attach(system, { create: true });
    });
    afterAll(() => place.dispose());

    it('agree on every kind of entry and every way to change it', async () => {
      await shell(base);
      const { told, looked } = await bothWays(btrfsDriver, system, () => shell(rehearsal));
      expect(told.length).toBeGreaterThan(60);
      expect(told).toEqual(looked);
    });

    it('agree after folders moved into and over one another', { timeout: 180_000 }, async () => {
      const random = seeded(20261126);
      let found = 0;
      for (let round = 0; round < 25; round += 1) {
        const changes = randomChanges(random);
        const { told, looked } = await bothWays(btrfsDriver, system, () => shell(changes));
        expect(told, `round ${round}: ${changes}`).toEqual(looked);
        found += told.length;
      }
      expect(found).toBeGreaterThan(200);
    });
  },
);
