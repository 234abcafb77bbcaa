/** The checks of the disk: room, boot-room, root-file-system, overlay-support. Real small file systems where root. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bootRoom } from '../../../electron/engine/checks/boot-room.js';
import { overlaySupport } from '../../../electron/engine/checks/overlay-support.js';
import { room } from '../../../electron/engine/checks/room.js';
import { rootFileSystem } from '../../../electron/engine/checks/root-file-system.js';
import type { CheckContext } from '../../../electron/engine/checks/check.js';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { thisMachine } from '../../../electron/engine/inspect/sources.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { openSystem, type Settings } from '../../../electron/engine/system.js';
import { fixture, isRoot, mountInfo, type Fixture } from '../inspect/fixture.js';
import { context, newKernel, plan } from './context.js';

const mega = 1_000_000;

/** A root tree on a memory file system of 64 MiB of its own, seen through the real mount table. */
function onMemory(machine: Fixture, settings: Partial<Settings>, ...options: string[]): CheckContext {
  const root = machine.mount('disk', '-t', 'tmpfs', '-o', ['size=64m', ...options].join(','), 'tmpfs');
  for (const folder of ['usr', 'etc', 'var/lib', 'boot']) mkdirSync(join(root, folder), { recursive: true });
  return context(machine, {
    system: openSystem(root, { settings }),
    view: plainView(raw(root)),
    sources: { ...machine.sources, proc: thisMachine.proc, sys: thisMachine.sys },
  });
}

const needing = (staging: number, download = 0, restorePoint = 0): ReturnType<typeof plan> =>
  plan({
    needs: { staging, download, boot: 0 },
    restorePoint: { holds: [], bytes: restorePoint },
  });

describe.skipIf(!isRoot)('room (needs root to mount small file systems)', () => {
  it('passes where everything fits, and says how much there is', async () => {
    const disk = onMemory(fixture(), { reserveBytes: 10 * mega });
    const answer = await room.run({ ...disk, plan: needing(20 * mega, 5 * mega, 5 * mega) }, 'before-stage');
    expect(answer).toMatchObject({ id: 'room', result: 'pass', remedy: null });
    expect(answer.measured).toBe('67.1 MB free, 30.0 MB needed on /; 10.0 MB are kept free');
  });

  it('warns where it only just fits', async () => {
    const disk = onMemory(fixture(), { reserveBytes: 10 * mega });
    expect((await room.run({ ...disk, plan: needing(50 * mega) }, 'before-stage')).result).toBe('warn');
  });

  it('blocks where it does not fit, and says what is missing', async () => {
    const disk = onMemory(fixture(), { reserveBytes: 10 * mega });
    const answer = await room.run({ ...disk, plan: needing(60 * mega) }, 'before-stage');
    expect(answer).toMatchObject({
      result: 'block',
      sentence: 'There is not enough room: missing are 2.9 MB on /.',
    });
    expect(answer.remedy).toContain('understudy prune');
  });

  it('does not ask twice for what is staged already', async () => {
    const disk = onMemory(fixture(), { reserveBytes: 10 * mega });
    expect((await room.run({ ...disk, plan: needing(60 * mega) }, 'before-activation')).result).toBe('pass');
  });

  it('counts what goes where when /var is a file system of its own', async () => {
    const machine = fixture();
    const disk = onMemory(machine, { reserveBytes: mega });
    machine.mount('disk/var', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs');
    mkdirSync(join(machine.base, 'disk/var/lib'));
    const answer = await room.run({ ...disk, plan: needing(9 * mega, 0, mega) }, 'before-stage');
    expect(answer.result).toBe('block');
    expect(answer.measured).toContain(
      '8.4 MB free, 9.0 MB needed on /var; 67.1 MB free, 10.0 MB needed on /;',
    );
  });

  it('warns and blocks where inodes run out', async () => {
    const few = onMemory(fixture(), { reserveBytes: 0 }, 'nr_inodes=20000');
    expect(await room.run({ ...few, plan: needing(mega) }, 'before-stage')).toMatchObject({ result: 'warn' });
    const none = onMemory(fixture(), { reserveBytes: 0 }, 'nr_inodes=100');
    const answer = await room.run({ ...none, plan: needing(mega) }, 'before-stage');
    expect(answer).toMatchObject({ result: 'block' });
    expect(answer.sentence).toContain('inodes on /');
  });

  it('judges the reserve alone without a plan', async () => {
    expect((await room.run(onMemory(fixture(), { reserveBytes: mega }), 'before-stage')).result).toBe('pass');
    expect((await room.run(onMemory(fixture(), { reserveBytes: 70 * mega }), 'before-stage')).result).toBe(
      'block',
    );
  });
});

describe('boot-room', () => {
  it('passes without a plan, without a kernel in it, when one is only removed, and without /boot', async () => {
    const machine = fixture();
    const removal = { ...newKernel, action: 'remove' as const };
    for (const more of [{}, { plan: plan() }, { plan: plan({ changes: [removal] }) }]) {
      expect((await bootRoom.run(context(machine, more), 'before-stage')).result).toBe('pass');
    }
    const bare = { ...context(machine), view: { ...machine.view, resolve: () => undefined } };
    const answer = await bootRoom.run({ ...bare, plan: plan({ changes: [newKernel] }) }, 'before-stage');
    expect(answer.measured).toBe('no /boot');
  });

  it.skipIf(!isRoot).each([
    [5, 'pass'],
    [22, 'warn'],
    [35, 'block'],
  ])('with a pair of %i MB beside it answers %s (needs root to mount)', async (megabytes, result) => {
    const machine = fixture();
    const disk = onMemory(machine, {});
    const boot = machine.mount('disk/boot', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs');
    writeFileSync(join(boot, 'vmlinuz-6.1.0-41-amd64'), Buffer.alloc(mega));
    writeFileSync(join(boot, 'initrd.img-6.1.0-41-amd64'), Buffer.alloc((megabytes - 1) * mega));
    const answer = await bootRoom.run({ ...disk, plan: plan({ changes: [newKernel] }) }, 'before-stage');
    expect(answer.result).toBe(result);
    expect(answer.measured).toMatch(/ free, .* needed on \/boot$/);
  });

  it.skipIf(!isRoot)(
    'takes the plan’s need where no kernel is installed yet (needs root to mount)',
    async () => {
      const disk = onMemory(fixture(), {});
      const needs = { download: 0, staging: 0, boot: 100 * mega };
      const answer = await bootRoom.run(
        { ...disk, plan: plan({ changes: [newKernel], needs }) },
        'before-stage',
      );
      expect(answer).toMatchObject({ result: 'block', measured: '67.1 MB free, 100.0 MB needed on /' });
    },
  );
});

describe('root-file-system', () => {
  it('passes on writable file systems without errors', async () => {
    const machine = fixture();
    machine.write('sys/fs/ext4/sda1/errors_count', '0\n');
    expect(await rootFileSystem.run(context(machine), 'before-stage')).toMatchObject({
      result: 'pass',
      measured: '/ ext4',
    });
  });

  it.skipIf(!isRoot)('blocks on a file system that is really read-only (needs root to mount)', async () => {
    const machine = fixture();
    const disk = onMemory(machine, {});
    expect((await rootFileSystem.run(disk, 'before-stage')).result).toBe('pass');
    execFileSync('mount', ['-o', 'remount,ro', join(machine.base, 'disk')]);
    const answer = await rootFileSystem.run(disk, 'before-stage');
    expect(answer).toMatchObject({ result: 'block', sentence: 'The file system of / is read-only.' });
  });

  it('blocks on errors that ext4 recorded, also below a mapped device', async () => {
    const machine = fixture();
    machine.write('sys/fs/ext4/sda1/errors_count', '3\n');
    const answer = await rootFileSystem.run(context(machine), 'before-activation');
    expect(answer).toMatchObject({ result: 'block', measured: '3 recorded on /dev/sda1' });
    machine.write('sys/fs/ext4/sda1/errors_count', '0\n');
    machine.write('proc/self/mountinfo', mountInfo('253:0 / / rw - ext4 /dev/mapper/vg-root rw'));
    machine.link('sys/dev/block/253:0', '../../devices/virtual/block/dm-0');
    machine.write('sys/fs/ext4/dm-0/errors_count', '1\n');
    expect((await rootFileSystem.run(context(machine), 'before-stage')).result).toBe('block');
  });

  it('warns about a read-only /boot, and blocks when a kernel is to go there', async () => {
    const machine = fixture();
    const disk = '8:1 / / rw - ext4 /dev/sda1 rw';
    machine.write(
      'proc/self/mountinfo',
      mountInfo(disk, `8:2 / ${machine.root}/boot ro - ext4 /dev/sda2 ro`),
    );
    expect((await rootFileSystem.run(context(machine), 'before-stage')).result).toBe('warn');
    const withKernel = context(machine, { plan: plan({ changes: [newKernel] }) });
    expect((await rootFileSystem.run(withKernel, 'before-stage')).result).toBe('block');
  });
});

describe('overlay-support', () => {
  it('passes where a clone and the exchange are possible', async () => {
    expect((await overlaySupport.run(context(fixture()), 'before-stage')).result).toBe('pass');
  });

  it('warns where only the exchange is not', async () => {
    const machine = fixture();
    const disk = '8:1 / / rw - ext4 /dev/sda1 rw';
    machine.write('proc/self/mountinfo', mountInfo(disk, `8:2 / ${machine.root}/usr rw - ext4 /dev/sda2 rw`));
    const answer = await overlaySupport.run(context(machine), 'before-stage');
    expect(answer).toMatchObject({ result: 'warn', sentence: '/usr is a file system of its own.' });
  });

  it('blocks on an overlay', async () => {
    const machine = fixture();
    machine.write('proc/self/mountinfo', mountInfo('0:30 / / rw - overlay overlay rw'));
    expect((await overlaySupport.run(context(machine), 'before-stage')).result).toBe('block');
  });
});
