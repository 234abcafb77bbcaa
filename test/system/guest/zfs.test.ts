/** OpenZFS in the kernel of a guest, where the other tests have zfs-fuse: what `zfs diff` tells there is what a look at everything finds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../lab/checkout.js';
import { guestImpossible, makeGuest, type Guest } from '../../lab/guest/guest.js';
import { installUnderstudy } from '../../lab/guest/installed-root.js';
import { oneFile } from '../../lab/one-file.js';
import { isThorough, notAsked } from '../../lab/thorough.js';

const impossible = isThorough ? await guestImpossible('zfs') : notAsked;
const minutes = 30;

interface Compared {
  readonly compared: string;
  readonly found: number;
  readonly toldOnly: readonly string[];
  readonly lookedOnly: readonly string[];
}

describe.skipIf(impossible)(`OpenZFS (${impossible ?? 'runs'})`, () => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await makeGuest({
      fileSystem: 'zfs',
      include: ['acl', 'attr', 'libcap2-bin'],
      prepare: async (root) => {
        await installUnderstudy(root);
        mkdirSync(join(root, 'etc/understudy'), { recursive: true });
        writeFileSync(join(root, 'etc/understudy/zfs-environments'), '');
      },
    });
  }, 60 * 60_000);
  afterAll(() => guest.dispose());

  it('tells what differs, after any sequence of changes', { timeout: 60 * 60_000 }, async () => {
    const script = await oneFile('guest/inside/both-ways', '/usr/lib/understudy');
    const files = {
      'guest-system.js': { from: inCheckout('dist/test/lab/guest/inside/guest-system.js') },
    };
    const { status, lines, story, seconds } = await guest.run({ script, files, minutes });
    console.log(`compared in ${seconds.toFixed(0)} s`);
    expect(status, story).toBe(0);
    const all = lines.filter((line) => 'compared' in (line as object)) as Compared[];
    expect(all.length).toBe(13);
    for (const one of all) expect(one, one.compared).toMatchObject({ toldOnly: [], lookedOnly: [] });
    expect(all[0]?.found).toBeGreaterThan(60);
    expect(all.reduce((sum, { found }) => sum + found, 0)).toBeGreaterThan(150);
  });
});
