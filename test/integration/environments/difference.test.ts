/** What btrfs tells of two snapshots and what a look at everything finds is the same, after any sequence of changes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { btrfsDriver } from '../../../electron/engine/environments/btrfs/btrfs-driver.js';
import { treeDifference } from '../../../electron/engine/environments/snapshots/tree-difference.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { base, rehearsal } from '../../conformance/environment/scenario.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../../lab/btrfs-system.js';
import { diskImpossible } from '../../lab/disk-image.js';
import { seeded } from '../../lab/seeded.js';

const impossible = await diskImpossible('btrfs');

describe.skipIf(impossible !== undefined)(
  `differences of snapshots${impossible ? ` (${impossible})` : ''}`,
  () => {
    let place: BtrfsSystem;
    let system: System;
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
      btrfsDriver.attach(system, { create: true });
    });
    afterAll(() => place.dispose());

    const shell = (script: string): Promise<unknown> =>
      runOrFault(['bash', '-c', script, 'bash'], { timeoutMs: 60_000, cwd: join(place.root, 'work') });

    /** Both answers to what `script` changes, as lines. */
    async function answers(script: string): Promise<{ told: string[]; looked: string[] }> {
      const before = btrfsDriver.take(system, 'before', { readOnly: true });
      await shell(script);
      const after = btrfsDriver.take(system, 'after', { readOnly: true });
      const ask = (walk: boolean): string[] =>
        treeDifference(btrfsDriver, system, {
          name: 'question',
          before,
          after,
          fixed: 'after',
          skip: (path) => path.startsWith('var/lib/understudy'),
          walk,
        }).map(({ kind, type, path, bytes }) => `${kind} ${type} ${bytes} ${path}`);
      const both = { told: ask(false), looked: ask(true) };
      for (const name of ['before', 'after', 'question-before', 'question-after'])
        btrfsDriver.remove(system, name);
      return both;
    }

    it('agree on every kind of entry and every way to change it', async () => {
      await shell(base);
      const { told, looked } = await answers(rehearsal);
      expect(told.length).toBeGreaterThan(60);
      expect(told).toEqual(looked);
    });

    it('agree after folders moved into and over one another', { timeout: 180_000 }, async () => {
      const random = seeded(20261126);
      const name = (): string => random.pick(['a', 'b', 'c', 'd', 'e', 'f']);
      const path = (): string => Array.from({ length: 1 + random.below(3) }, name).join('/');
      const kinds = [
        () => `mkdir -p ${path()}`,
        () => `echo ${random.below(1_000_000)} > ${path()}`,
        () => `mv -T ${path()} ${path()}`,
        () => `rm -rf ${path()}`,
        () => `ln ${path()} ${path()}`,
        () => `ln -s ${name()} ${path()}`,
        () => `chmod ${random.pick([700, 755])} ${path()}`,
      ];
      let found = 0;
      for (let round = 0; round < 25; round += 1) {
        const steps = Array.from({ length: 60 }, () => random.pick(kinds)());
        const { told, looked } = await answers(
          `mkdir -p tree; cd tree; { ${steps.join('; ')}; } 2>/dev/null; true`,
        );
        expect(told, `round ${round}: ${steps.join('; ')}`).toEqual(looked);
        found += told.length;
      }
      expect(found).toBeGreaterThan(200);
    });
  },
);
