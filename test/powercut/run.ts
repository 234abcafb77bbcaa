/**
 * `npm run test:powercut`: cuts the power of guests at moments by chance, from the start of a switch until the system that comes of it is up, and
 * looks whether each is exactly the old or the new one afterwards.
 *
 *     --cuts N     of each guest; 30
 *     --seed N     the moments; by the clock
 *     --on NAME    a guest of this file system alone (ext4, btrfs); can be repeated
 */
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { guestFileSystems } from '../lab/guest/guest-disk.js';
import { guestImpossible } from '../lab/guest/guest.js';
import { cutPower } from '../lab/guest/power-cuts.js';

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    on: { type: 'string', multiple: true, default: [...guestFileSystems] },
  },
});
const [cuts, seed] = [Number(values.cuts), Number(values.seed)];
if (!Number.isInteger(cuts) || cuts < 1 || !Number.isInteger(seed))
  throw new Error('--cuts takes a whole number from 1 on, --seed a whole number');
const unknown = values.on.filter((name) => !guestFileSystems.some((known) => known === name));
if (unknown.length > 0)
  throw new Error(`--on takes ${guestFileSystems.join(', ')}; not ${unknown.join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'understudy-powercut-'));
process.env['TMPDIR'] = folder;
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

let isWhole = true;
for (const fileSystem of guestFileSystems.filter((name) => values.on.includes(name))) {
  const reason = await guestImpossible(fileSystem);
  if (reason !== undefined) {
    console.log(`${fileSystem}: skipped: ${reason}`);
    continue;
  }
  try {
    const tally = await cutPower({ fileSystem, cuts, seed, say: (text) => console.log(text) });
    console.log(`${fileSystem}: ${cuts} cuts, seed ${seed}: ${JSON.stringify(tally)}`);
  } catch (error) {
    isWhole = false;
    console.error(`${fileSystem}, seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exitCode = isWhole ? 0 : 1;
