/** Whose a live patch is, and whether it is there again after a power loss. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bootLivepatches, livepatchStatus, loadLivepatch } from '../../../../electron/engine/livepatch.js';
import { testRelease } from '../../../lab/livepatch-module.js';
import { describeMachine, isRoot, machine, add, load, held, value, refused, status, why } from './fixture.js';

describe.skipIf(!isRoot)('live patches (needs root)', () => {
  describeMachine();

  describe('status', () => {
    test('knows others by their marks, and only reads them', async () => {
      const put = (name: string): void => {
        machine.write(`sysfs/kernel/livepatch/${name}/enabled`, '1\n');
        machine.write(`sysfs/kernel/livepatch/${name}/transition`, '0\n');
      };
      const inRoot = (path: string, text = ''): void => {
        mkdirSync(join(machine.root, path, '..'), { recursive: true });
        writeFileSync(join(machine.root, path), text);
      };
      for (const name of ['kpatch_one', 'livepatch_two', 'lkp_Ubuntu_5_15', 'by_hand']) put(name);
      machine.write('modules', 'ksplice_abc_vmlinux 1 0 - Live\nkcare 1 0 - Live\next4 1 0 - Live\n');
      expect(
        await Promise.all(['kpatch_one', 'lkp_Ubuntu_5_15', 'by_hand', 'kcare'].map((name) => why(name))),
      ).toEqual([
        ['kpatch', false, 'memory-only'],
        ['canonical-livepatch', false, 'provider-off'],
        ['unknown', false, 'memory-only'],
        ['kernelcare', false, 'provider-off'],
      ]);
      expect((await status()).providers).toEqual([]);
      for (const program of ['usr/sbin/kpatch', 'usr/sbin/uptrack-show', 'usr/bin/kcarectl']) inRoot(program);
      inRoot(`var/lib/kpatch/${testRelease}/livepatch-two.ko`);
      for (const unit of ['kpatch', 'kcare', 'snap.canonical-livepatch.canonical-livepatchd'])
        inRoot(`etc/systemd/system/multi-user.target.wants/${unit}.service`);
      const returns = ['livepatch_two', 'lkp_Ubuntu_5_15', 'ksplice_abc_vmlinux', 'kcare'];
      expect((await Promise.all(returns.map((name) => why(name)))).map((one) => one?.slice(1))).toEqual(
        returns.map(() => [true, 'provider']),
      );
      inRoot('etc/uptrack/uptrack.conf', '[Network]\n[Settings]\ninstall_on_reboot = no\n');
      expect(await why('ksplice_abc_vmlinux')).toEqual(['ksplice', false, 'provider-off']);
      inRoot('etc/uptrack/uptrack.conf', '[Settings]\ninstall_on_reboot = no\nupgrade_on_reboot = yes\n');
      expect(await why('ksplice_abc_vmlinux')).toEqual(['ksplice', true, 'provider']);
      expect((await status()).providers).toEqual(['kpatch', 'ksplice', 'kernelcare']);
      expect(machine.asked()).toEqual([]);
    });

    test('says what stands in the way of a return', async () => {
      await value(add('fix_net'));
      await value(load('fix_net'));
      await value(held());
      const unit = join(machine.root, 'etc/systemd/system/sysinit.target.wants/understudy-livepatch.service');
      writeFileSync(machine.stored(testRelease, 'fix_net/fix_net.ko'), 'altered');
      expect(await why('fix_net')).toEqual(['understudy', false, 'no-copy']);
      writeFileSync(machine.stored(testRelease, 'fix_net/livepatch.json'), '{}');
      expect(await why('fix_net')).toEqual(['understudy', false, 'no-copy']);
      await value(add('fix_fs'));
      // By hand, with insmod.
      machine.write('sysfs/kernel/livepatch/fix_fs/enabled', '1\n');
      machine.write('sysfs/kernel/livepatch/fix_fs/transition', '0\n');
      expect(await why('fix_fs')).toEqual(['understudy', false, 'memory-only']);
      rmSync(unit);
      expect(await why('fix_fs')).toEqual(['understudy', false, 'no-unit']);
    });

    test('of a system that does not run, and of a kernel without live patches', async () => {
      const still = machine.system({ isRunning: false });
      expect(await value(livepatchStatus(still))).toMatchObject({
        ...{ running: null, supported: false, active: [], heldBack: [] },
      });
      await value(add('fix_net'));
      await refused(loadLivepatch(still, { name: 'fix_net', again: false }), 'USAGE');
      await refused(bootLivepatches(still), 'USAGE');
      rmSync(join(machine.root, '../machine/sysfs'), { recursive: true });
      expect(await status()).toMatchObject({ running: testRelease, supported: false, active: [] });
      await refused(load('fix_net'), 'NO_LIVEPATCH');
      mkdirSync(join(machine.root, '../machine/sysfs/kernel/livepatch'), { recursive: true });
    });
  });
});
