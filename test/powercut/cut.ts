/**
 * Cuts the power at moments by chance, from the start of a switch until the system that comes of it is up, and looks whether each is exactly the old or
 * the new one afterwards: of guests, whose machine is killed, and of disks, of which a copy is taken at that moment.
 *
 *     --cuts N     of each; 30
 *     --seed N     the moments; by the clock
 *     --on NAME    this one alone (ext4, btrfs, zfs: a guest; ext4-disk, btrfs-disk, zfs-disk); can be repeated
 */
import { parseArgs } from 'node:util';
import { cutDisk } from '../lab/disk-cuts/cut-disk.js';
import { cutFileSystems, cutSystemImpossible } from '../lab/disk-cuts/cut-system.js';
import { guestFileSystems } from '../lab/guest/guest-disk.js';
import { guestImpossible } from '../lab/guest/guest.js';
import { cutPower, type CutOptions, type Tally } from '../lab/guest/power-cuts.js';

interface Subject {
  readonly name: string;
  readonly impossible: () => Promise<string | undefined>;
  readonly cut: (options: CutOptions) => Promise<Tally>;
}

const subjects: readonly Subject[] = [
  ...guestFileSystems.map((fileSystem) => ({
    name: fileSystem,
    impossible: () => guestImpossible(fileSystem),
    cut: (options: CutOptions) => cutPower({ fileSystem, ...options }),
  })),
  ...cutFileSystems.map((fileSystem) => ({
    name: `${fileSystem}-disk`,
    impossible: () => cutSystemImpossible(fileSystem),
    cut: (options: CutOptions) => cutDisk({ fileSystem, ...options }),
  })),
];
const names = subjects.map(({ name }) => name);

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    on: { type: 'string', multiple: true, default: names },
  },
});
const [cuts, seed] = [Number(values.cuts), Number(values.seed)];
if (!Number.isInteger(cuts) || cuts < 1 || !Number.isInteger(seed))
  throw new Error('--cuts takes a whole number from 1 on, --seed a whole number');
const unknown = values.on.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`--on takes ${names.join(', ')}; not ${unknown.join(', ')}`);

let isWhole = true;
for (const { name, impossible, cut } of subjects.filter(({ name }) => values.on.includes(name))) {
  const reason = await impossible();
  if (reason !== undefined) {
    console.log(`${name}: skipped: ${reason}`);
    continue;
  }
  try {
    const tally = await cut({ cuts, seed, say: (text) => console.log(text) });
    console.log(`${name}: ${cuts} cuts, seed ${seed}: ${JSON.stringify(tally)}`);
  } catch (error) {
    isWhole = false;
    console.error(`${name}, seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exitCode = isWhole ? 0 : 1;
