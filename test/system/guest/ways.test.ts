/**
 * Debian 13 with systemd 257: an update of user space is switched to by a soft-reboot, and one of the kernel by kexec, in one run of the machine each;
 * then the latter is taken back. On ext4 the running root is the new one by then, on btrfs the new one is another root.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { inCheckout } from '../../lab/checkout.js';
import { guestImpossible, makeGuest, type Guest } from '../../lab/guest/guest.js';
import type { GuestFileSystem } from '../../lab/guest/guest-disk.js';
import { installUnderstudy } from '../../lab/guest/installed-root.js';
import type { Ended } from '../../lab/guest/machine.js';
import { mirrors } from '../../lab/mirror.js';
import { isThorough, notAsked } from '../../lab/thorough.js';
import { editAsUser } from '../../lab/user-edits.js';

const inside = inCheckout('dist/test/lab/guest/inside/');
/** For a machine that is busy with other things. */
const minutes = 25;
const patience = (minutes + 15) * 60_000;

const sound = {
  began: 'running',
  audit: '',
  failed: '',
  modules: true,
  edited: expect.stringContaining('colour = green'),
  open: [],
  account: expect.stringContaining('eve:'),
};
const old = { ...sound, program: '1.0-1', settings: 'level = 1\n' };
const updated = { ...sound, program: '1.1-1', settings: 'level = 2\n' };
const own = [expect.stringContaining('printer'), 'of the user\n', 'of the last minute\n'];

/** The update of user space is rehearsed, then the user changes files and accounts beside it. */
async function stageAndEdit(root: string): Promise<void> {
  await stage(root);
  await editAsUser(root);
}

/** Debian's own update of the kernel. */
async function stageKernel(root: string): Promise<void> {
  const { security } = mirrors() ?? {};
  writeFileSync(join(root, 'etc/apt/sources.list.d/security.list'), `deb ${security} trixie-security main\n`);
  await stage(root, '--scope', 'kernel');
  rmSync(join(root, 'etc/apt/sources.list.d/security.list'));
}

/** As a process of its own, which leaves no handle on the disk behind. */
async function stage(root: string, ...words: readonly string[]): Promise<void> {
  const program = inCheckout('electron/cli/understudy.js');
  await runOrFault([process.execPath, program, '--root', root, 'stage', ...words, '--quiet'], {
    timeoutMs: 15 * 60_000,
  });
}

const releaseOf = (line: Line | undefined): string => String(line?.['kernel']);
type Line = Readonly<Record<string, unknown>>;

describe.each(['ext4', 'btrfs'] as const satisfies readonly GuestFileSystem[])(
  'on %s',
  async (fileSystem) => {
    const impossible = isThorough ? await guestImpossible(fileSystem) : notAsked;
    describe.skipIf(impossible)(`the ways to switch (${impossible ?? 'run'})`, () => {
      let guest: Guest;
      let before = '';
      beforeAll(async () => {
        guest = await makeGuest({
          suite: 'trixie',
          include: ['kexec-tools', ...(fileSystem === 'btrfs' ? ['btrfs-progs'] : [])],
          fileSystem,
          prepare: async (root) => {
            await installUnderstudy(root);
            mkdirSync(join(root, 'etc/understudy'), { recursive: true });
            writeFileSync(join(root, 'etc/understudy/btrfs-environments'), '');
          },
          prepareOnDisk: stageAndEdit,
        });
      }, patience);
      afterAll(() => guest.dispose());

      const errand = async (task: string): Promise<Ended & { readonly of: (key: string) => Line[] }> => {
        const files = { 'guest-system.js': { from: `${inside}guest-system.js` }, task: { text: task } };
        const ended = await guest.run({ script: `${inside}switch-ways.js`, files, minutes, keep: true });
        const lines = ended.lines as Line[];
        console.log(`${fileSystem}, ${task}: ${ended.seconds.toFixed(0)} s`);
        return { ...ended, of: (key) => lines.filter((line) => key in line) };
      };
      /** What the history has of the newest switch. */
      const newest = (ended: Awaited<ReturnType<typeof errand>>): unknown => {
        const [answer] = ended.of('history') as [{ history?: { value?: { entries?: unknown[] } } }];
        return answer.history?.value?.entries?.[0];
      };
      const measured = (how: string) => ({
        kind: 'activate',
        outcome: 'done',
        interruption: { how, seconds: expect.any(Number) },
      });

      it(
        'switches by a soft-reboot: the kernel stays, and so does what the user changed',
        async () => {
          const ended = await errand('soft-reboot');
          const [first, second, ...more] = ended.of('began');
          before = releaseOf(first);
          expect(first, ended.story).toMatchObject(old);
          expect(second, ended.story).toMatchObject({ ...updated, own, boot: first?.['boot'] });
          expect(more).toEqual([]);
          expect(ended.of('measured')).toEqual([{ measured: true }]);
          expect(newest(ended), ended.story).toMatchObject(measured('soft-reboot'));
          expect(ended.of('history')).toMatchObject([{ status: { value: { update: { state: 'done' } } } }]);
        },
        patience,
      );

      it(
        'switches by kexec: a new kernel runs, and the system is taken back',
        async () => {
          await guest.onDisk(stageKernel);
          const ended = await errand('kexec rollback');
          const [first, second] = ended.of('began');
          expect(first, ended.story).toMatchObject({ ...updated, kernel: before });
          expect(second, ended.story).toMatchObject({ ...updated, own });
          expect([releaseOf(second), second?.['boot']], ended.story).not.toContain(before);
          expect(second?.['boot']).not.toBe(first?.['boot']);
          expect(newest(ended), ended.story).toMatchObject(measured('kexec'));
          expect(ended.of('rollback'), ended.story).toMatchObject([{ rollback: { ok: true } }]);
        },
        patience,
      );

      it(
        'is the system before after that',
        async () => {
          const ended = await errand('look');
          expect(ended.of('began'), ended.story).toMatchObject([{ ...updated, own, kernel: before }]);
          expect(newest(ended), ended.story).toMatchObject({ kind: 'rollback', outcome: 'done' });
        },
        patience,
      );
    });
  },
);
