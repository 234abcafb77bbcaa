/**
 * The installed helper in a Debian system on btrfs: its unit keeps it from writing to the disk, so that it can mount nothing of it by itself.
 * anna rehearses, switches by a restart, and takes the update back by another.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestImpossible, makeGuest, type Guest } from '../../lab/guest/guest.js';
import type { GuestFiles } from '../../lab/guest/files-disk.js';
import { installUnderstudy } from '../../lab/guest/installed-root.js';
import type { Ended } from '../../lab/guest/machine.js';
import { usersPrograms } from '../../lab/guest/users-programs.js';
import { isThorough, notAsked } from '../../lab/thorough.js';

const impossible = isThorough ? await guestImpossible('btrfs') : notAsked;
const inside = new URL('../../../dist/test/lab/guest/inside/', import.meta.url).pathname;
/** For a machine that is busy with other things. */
const minutes = 14;

const sound = { audit: '', system: 'running', failed: '', edited: expect.stringContaining('colour = green') };
const old = { ...sound, program: '1.0-1', settings: 'level = 1\n', account: false };
const updated = { ...sound, program: '1.1-1', settings: 'level = 2\n', account: true };

describe.skipIf(impossible)(`the installed helper on btrfs (${impossible ?? 'runs'})`, () => {
  let guest: Guest;
  let scripts: GuestFiles;
  beforeAll(async () => {
    scripts = {
      'guest-system.js': { from: `${inside}guest-system.js` },
      ...(await usersPrograms('through-services')),
    };
    guest = await makeGuest({
      fileSystem: 'btrfs',
      prepare: async (root) => {
        await installUnderstudy(root);
        mkdirSync(join(root, 'etc/understudy'), { recursive: true });
        writeFileSync(join(root, 'etc/understudy/btrfs-environments'), '');
      },
    });
  });
  afterAll(() => guest.dispose());

  const anna = async (task: string): Promise<Ended & { readonly of: (key: string) => unknown[] }> => {
    const script = `${inside}anna-switches.js`;
    const ended = await guest.run({
      script,
      files: { ...scripts, task: { text: task } },
      minutes,
      keep: true,
    });
    console.log(`${task}: ${ended.seconds.toFixed(0)} s`);
    const lines = ended.lines as Record<string, unknown>[];
    return { ...ended, of: (key) => lines.filter((line) => key in line) };
  };

  it('rehearses in a snapshot, and switches by a restart', async () => {
    const errand = await anna('plan stage restart');
    expect(errand.of('began'), errand.story).toEqual([expect.objectContaining({ ...old, began: 'running' })]);
    expect(errand.of('did'), errand.story).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ did: 'plan', value: expect.objectContaining({ changes: 8 }) }),
        expect.objectContaining({ did: 'stage', value: expect.objectContaining({ ready: true }) }),
      ]),
    );
    expect(errand.of('after')[1], errand.story).toMatchObject(old);
    // The machine goes before the app can tell how the switch went.
    expect(errand.of('phase').at(-1), errand.story).toEqual({ phase: 'switch' });
  });

  it('runs the new system then, and takes it back', async () => {
    const errand = await anna('rollback');
    expect(errand.of('began'), errand.story).toEqual([
      expect.objectContaining({ ...updated, began: 'running' }),
    ]);
    expect(errand.of('recovery')).toEqual([{ recovery: 'success', wasFirst: true, open: [] }]);
    expect(errand.of('did'), errand.story).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ did: 'rollback', value: expect.anything() }),
        expect.objectContaining({
          did: 'history',
          value: ['rollback', 'activate', 'stage'].map((kind) => ({ kind, how: 'done' })),
        }),
      ]),
    );
  });

  it('runs the old system after the next restart', async () => {
    const errand = await anna('history');
    expect(errand.of('began'), errand.story).toEqual([expect.objectContaining({ ...old, began: 'running' })]);
    expect(errand.of('recovery')).toEqual([{ recovery: 'success', wasFirst: true, open: [] }]);
    expect(errand.of('complaints')[0]).toMatchObject({ complaints: '' });
  });
});
