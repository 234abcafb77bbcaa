/**
 * The power of a guest is cut at moments by chance, in the switch, in the rollback and at the starts after them (`test/lab/guest/power-cuts.ts`).
 * Five cuts with a fixed seed in every run, beside those of disks (`test/system/disk-cuts.test.ts`); `npm run test:powercut` makes as many as one likes.
 */
import { describe, expect, it } from 'vitest';
import type { GuestFileSystem } from '../../lab/guest/guest-disk.js';
import { guestImpossible } from '../../lab/guest/guest.js';
import { isThorough, notAsked } from '../../lab/thorough.js';
import { cutPower } from '../../lab/guest/power-cuts.js';

interface Some {
  readonly fileSystem: GuestFileSystem;
  readonly cuts: number;
  readonly seed: number;
  readonly onDemand: boolean;
}

const some: readonly Some[] = [
  { fileSystem: 'ext4', cuts: 5, seed: 20261127, onDemand: false },
  { fileSystem: 'btrfs', cuts: 2, seed: 20261126, onDemand: true },
  { fileSystem: 'zfs', cuts: 2, seed: 20261128, onDemand: true },
];

/** The first time on ZFS its modules are compiled, and every start of it takes longer. */
const timeout = 3 * 60 * 60_000;

describe.each(some)('power cuts on $fileSystem', ({ fileSystem, cuts, seed, onDemand }) => {
  it(`leave the old system or the new one (${cuts} cuts, seed ${seed})`, { timeout }, async (context) => {
    const impossible = await guestImpossible(fileSystem);
    context.skip(impossible !== undefined, impossible);
    context.skip(onDemand && !isThorough, `${notAsked}; npm run test:powercut`);
    const tally = await cutPower({ fileSystem, cuts, seed, say: (text) => console.log(text) });
    console.log(`${fileSystem}: ${JSON.stringify(tally)}`);
    expect(tally.inActivation + tally.inRollback + tally.atStart).toBeGreaterThanOrEqual(cuts);
    expect(tally.old + tally.new).toBeGreaterThan(0);
  });
});
