/**
 * Power cuts at moments by chance, with fixed seeds, as the disk of each file system sees them (`test/lab/disk-cuts`). In guests, with a kernel that
 * starts afterwards, they are made by `npm run test:powercut`.
 */
import { describe, expect, it } from 'vitest';
import { cutDisk } from '../lab/disk-cuts/cut-disk.js';
import { cutSystemImpossible, type CutFileSystem } from '../lab/disk-cuts/cut-system.js';

const some: readonly (readonly [CutFileSystem, { readonly cuts: number; readonly seed: number }])[] = [
  ['ext4', { cuts: 6, seed: 20261127 }],
  ['btrfs', { cuts: 6, seed: 20261128 }],
  ['zfs', { cuts: 4, seed: 20261130 }],
];

describe.each(some)('power cuts on %s', (fileSystem, { cuts, seed }) => {
  it(
    `leave the old system or the new one (${cuts} cuts, seed ${seed})`,
    { timeout: 900_000 },
    async (context) => {
      const impossible = await cutSystemImpossible(fileSystem);
      context.skip(impossible !== undefined, impossible);
      const tally = await cutDisk({ fileSystem, cuts, seed, say: (text) => console.log(text) });
      console.log(`${fileSystem}: ${cuts} cuts, seed ${seed}: ${JSON.stringify(tally)}`);
      expect(tally.inActivation + tally.inRollback + tally.atStart).toBe(cuts);
      expect(tally.old).toBeGreaterThan(0);
      expect(tally.new).toBeGreaterThan(0);
    },
  );
});
