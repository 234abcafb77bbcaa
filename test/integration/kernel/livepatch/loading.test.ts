/** What is brought into the kernel, what is taken back, and what goes out of it again. */
import {
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { livepatches, loadLivepatch, removeLivepatch } from '../../../../electron/engine/livepatch.js';
import { tryLock } from '../../../../electron/engine/posix/lock.js';
import { raw } from '../../../../electron/engine/posix/raw-path.js';
import { buildModule, testRelease } from '../../../lab/livepatch-module.js';
import {
  describeMachine,
  isRoot,
  machine,
  system,
  add,
  load,
  unload,
  held,
  boot,
  value,
  refused,
  status,
  why,
  done,
} from './fixture.js';

describe.skipIf(!isRoot)('live patches (needs root)', () => {
  describeMachine();

  describe('loading', () => {
    beforeEach(() => value(add('fix_net')));

    test('brings it into the kernel, on trial, and says whether it returns', async () => {
      expect(await value(load('fix_net'))).toEqual({ action: 'load', name: 'fix_net', ...done });
      expect(machine.asked()).toEqual([
        'insmod fix_net.ko',
        'systemctl --no-block restart understudy-livepatch-held.service',
      ]);
      expect(machine.active()).toEqual(['fix_net']);
      expect(await why('fix_net')).toEqual(['understudy', false, 'on-trial']);
      expect(await value(held())).toEqual({ action: 'held', held: ['fix_net'], onTrial: [] });
      expect(await status()).toMatchObject({
        ...{ running: testRelease, supported: true, off: null, heldBack: [], stalled: [], unseen: [] },
        active: [{ name: 'fix_net', state: 'enabled', objects: ['vmlinux'], returns: true }],
      });
      expect(await value(load('fix_net'))).toMatchObject({ already: true });
    });

    test('is marked on the disk before the module is in memory', async () => {
      const marks: string[] = [];
      const onStep = (step: string): void => {
        if (!step.startsWith('livepatch-')) return;
        const trials = JSON.parse(readFileSync(machine.stored('state.json'), 'utf8')) as { trials: unknown };
        marks.push(`${step}: ${JSON.stringify(trials.trials)} ${machine.active().length}`);
      };
      await value(loadLivepatch({ ...system(), onStep }, { name: 'fix_net', again: false }));
      expect(marks).toEqual([
        expect.stringMatching(/^livepatch-marked: .*"name":"fix_net".*"boot":"start-1".* 0$/),
        expect.stringMatching(/^livepatch-inserted: .* 1$/),
      ]);
    });

    test.each([
      ['altered', (path: string) => writeFileSync(path, buildModule({ values: { description: 'x' } }))],
      ['cut short', (path: string) => writeFileSync(path, buildModule().subarray(0, 100))],
      ['gone', (path: string) => rmSync(path)],
      [
        'a link',
        (path: string) => {
          renameSync(path, `${path}.there`);
          symlinkSync(`${path}.there`, path);
        },
      ],
    ])('a copy that is %s is not loaded, and the list says so', async (_, alter) => {
      alter(machine.stored(testRelease, 'fix_net/fix_net.ko'));
      await refused(load('fix_net'), 'LIVEPATCH_ALTERED');
      expect(machine.asked()).toEqual([]);
      expect((await value(livepatches(system()))).patches).toMatchObject([{ state: 'damaged' }]);
      expect(await value(removeLivepatch(system(), { name: 'fix_net' }))).toMatchObject({ action: 'remove' });
    });

    test('a copy in the folder of another release, or of another name, is not loaded', async () => {
      const [here, there] = [machine.stored(testRelease), machine.stored('6.9.0-1-amd64')];
      renameSync(here, there);
      machine.restart('6.9.0-1-amd64');
      await refused(load('fix_net'), 'LIVEPATCH_ALTERED');
      renameSync(join(there, 'fix_net'), join(there, 'fix_fs'));
      await refused(load('fix_fs'), 'LIVEPATCH_ALTERED');
      expect(machine.asked()).toEqual([]);
    });

    test('a release that was built anew is another kernel', async () => {
      const note = (id: string): string => {
        const head = Buffer.alloc(12);
        [4, id.length, 3].forEach((number, index) => head.writeUInt32LE(number, index * 4));
        return `${head.toString('latin1')}GNU\0${id}`;
      };
      machine.write('sysfs/kernel/notes', note('abcd'));
      await value(load('fix_net'));
      await value(held());
      machine.restart();
      machine.write('sysfs/kernel/notes', note('efgh'));
      expect(await refused(load('fix_net'), 'LIVEPATCH_OTHER_KERNEL')).toContain('built anew');
      expect((await value(boot())).failed).toMatchObject([{ problem: { code: 'LIVEPATCH_OTHER_KERNEL' } }]);
      machine.write('sysfs/kernel/notes', note('abcd'));
      expect((await value(boot())).loaded).toEqual(['fix_net']);
    });

    test('what the kernel refuses is told in its words, and is not on trial', async () => {
      machine.write('refuse', 'insmod: ERROR: could not insert module: Key was rejected by service\n');
      expect(await refused(load('fix_net'), 'LIVEPATCH_REFUSED')).toContain('Key was rejected by service');
      machine.restart();
      expect(await status()).toMatchObject({ active: [], heldBack: [] });
    });

    test('a module that patches nothing is taken out again', async () => {
      machine.write('empty', '');
      await refused(load('fix_net'), 'LIVEPATCH_REFUSED');
      machine.restart();
      expect((await status()).heldBack).toEqual([]);
    });

    test('where a task does not change over in time, it is named and all of it is taken back', async () => {
      machine.stall(true);
      expect(await refused(load('fix_net'), 'LIVEPATCH_STALLED')).toBe('41 waiter');
      expect(machine.active()).toEqual([]);
      expect(machine.asked()).toEqual(['insmod fix_net.ko', 'rmmod fix_net']);
      machine.restart();
      expect(await status()).toMatchObject({ active: [], heldBack: [] });
    });

    test('where it cannot be taken back either, that is told, and it stays on trial', async () => {
      machine.stall(false);
      expect(await refused(load('fix_net'), 'LIVEPATCH_STUCK')).toBe('42 ready');
      expect(await status()).toMatchObject({
        active: [{ name: 'fix_net', state: 'disabling' }],
        stalled: ['42 ready'],
      });
      await refused(
        add('fix_fs').then(() => load('fix_fs')),
        'LIVEPATCH_REFUSED',
      );
      machine.restart();
      expect((await status()).heldBack).toMatchObject([{ name: 'fix_net' }]);
    });

    test('that is cancelled is taken back', async () => {
      machine.stall(true);
      const cancel = new AbortController();
      const waiting = loadLivepatch(
        { ...system({ transitionMs: 30_000 }), signal: cancel.signal },
        { name: 'fix_net', again: false },
      );
      setTimeout(() => cancel.abort(), 300);
      await refused(waiting, 'CANCELLED');
      expect(machine.active()).toEqual([]);
    });

    test('tells what takes the place of others', async () => {
      await value(add('fix_all', { replaces: true }));
      await value(load('fix_net'));
      machine.write('replace', 'fix_net');
      expect(await value(load('fix_all'))).toMatchObject({ replaced: ['fix_net'] });
      expect(machine.asked()).toContain('rmmod fix_net');
      await value(held());
      machine.restart();
      rmSync(join(machine.root, '../machine/replace'));
      expect((await value(boot())).loaded).toEqual(['fix_all']);
    });
  });

  describe('unloading and removing', () => {
    beforeEach(async () => {
      await value(add('fix_net'));
      await value(load('fix_net'));
      await value(held());
    });

    test('takes it out of the kernel, and out of what returns', async () => {
      await refused(removeLivepatch(system(), { name: 'fix_net' }), 'LIVEPATCH_IN_USE');
      expect(await value(unload('fix_net'))).toEqual({ action: 'unload', name: 'fix_net', ...done });
      expect(machine.active()).toEqual([]);
      expect(machine.asked()).toContain('rmmod fix_net');
      expect(await value(unload('fix_net'))).toMatchObject({ already: true });
      machine.restart();
      expect(await value(boot())).toMatchObject({ loaded: [], failed: [] });
      expect(await value(removeLivepatch(system(), { name: 'fix_net' }))).toMatchObject({ action: 'remove' });
      expect(readdirSync(machine.stored(testRelease))).toEqual([]);
      await refused(removeLivepatch(system(), { name: 'fix_net' }), 'LIVEPATCH_UNKNOWN');
    });

    test('where a task stays in it, it is active again', async () => {
      machine.stall(false);
      writeFileSync(join(machine.root, '../machine/sysfs/kernel/livepatch/fix_net/transition'), '1\n');
      setTimeout(() => rmSync(join(machine.root, '../machine/stall')), 300);
      const said = await refused(unload('fix_net'), 'LIVEPATCH_STALLED');
      expect(said).toBe('42 ready');
      machine.unstall();
      expect(await why('fix_net')).toEqual(['understudy', true, 'loaded-again']);
    });

    test('of what another program brought is refused', async () => {
      for (const name of ['other', 'kpatch_fs']) {
        machine.write(`sysfs/kernel/livepatch/${name}/enabled`, '1\n');
        machine.write(`sysfs/kernel/livepatch/${name}/transition`, '0\n');
        await refused(unload(name), 'LIVEPATCH_FOREIGN');
      }
      await refused(unload('none'), 'LIVEPATCH_UNKNOWN');
      expect(machine.active()).toEqual(['fix_net', 'kpatch_fs', 'other']);
    });

    test('asks for the release where several kernels have one', async () => {
      for (const release of ['6.9.0-1-amd64', '6.9.0-2-amd64']) {
        const file = machine.module('fix_fs', { values: { vermagic: `${release} SMP` } });
        await value(add('fix_fs', { file }));
      }
      const remove = (release?: string) =>
        removeLivepatch(system(), { name: 'fix_fs', ...(release === undefined ? {} : { release }) });
      expect(await refused(remove(), 'USAGE')).toContain('--release: 6.9.0-1-amd64, 6.9.0-2-amd64');
      expect(await value(remove('6.9.0-1-amd64'))).toMatchObject({ release: '6.9.0-1-amd64' });
      expect(await value(remove())).toMatchObject({ release: '6.9.0-2-amd64' });
    });
  });

  test('what alters is for one at a time', async () => {
    await value(add('fix_net'));
    chmodSync(machine.stored(), 0o700);
    const lock = tryLock(raw(join(machine.root, 'var/lib/understudy/lock')));
    if (!('held' in lock)) throw new Error('somebody has it');
    await refused(load('fix_net'), 'BUSY_UNDERSTUDY');
    // The end of a trial waits for no long work.
    expect(await value(held())).toMatchObject({ held: [] });
    lock.held.release();
    expect(machine.asked()).toEqual([]);
  });
});
