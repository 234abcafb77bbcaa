/**
 * An errand on ZFS: changes files in every way, then by chance, and says each time whether `zfs diff` and a look at everything find the same, and
 * what only one of them found.
 */
import { mkdirSync } from 'node:fs';
import { zfsDriver } from '../../../../electron/engine/environments/zfs/zfs-driver.js';
import { openSystem } from '../../../../electron/engine/system.js';
import { base, rehearsal } from '../../../conformance/environment/scenario.js';
import { bothWays, randomChanges, shellIn } from '../../both-ways.js';
import { seeded } from '../../seeded.js';
import { say } from './guest-system.js';

const rounds = 12;
const folder = '/usr/local/work';
mkdirSync(folder);
const system = openSystem('/');
const shell = shellIn(folder);
zfsDriver.attach(system, { create: true });

async function compared(what: string, changes: string): Promise<void> {
  const { told, looked } = await bothWays(zfsDriver, system, () => shell(changes));
  say({
    compared: what,
    found: told.filter((line) => line.includes('usr/local/work')).length,
    toldOnly: told.filter((line) => !looked.includes(line)),
    lookedOnly: looked.filter((line) => !told.includes(line)),
  });
}

/** Where names are normalised, as the guides of OpenZFS advise, they are UTF-8 (zfsprops(7): normalization). */
const inUtf8 = (script: string): string => script.replaceAll('latin-\\377', 'latin-\\303\\244');
await shell(inUtf8(base));
await compared('every way', inUtf8(rehearsal));
const random = seeded(20261127);
for (let round = 1; round <= rounds; round += 1) {
  const changes = randomChanges(random);
  await compared(`round ${round}: ${changes}`, changes);
}
