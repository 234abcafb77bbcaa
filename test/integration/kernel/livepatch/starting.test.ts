/** What a start brings back, and what went down with the machine and is not loaded again. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  bootLivepatches,
  livepatchesHeld,
  livepatchStatus,
  removeLivepatch,
} from '../../../../electron/engine/livepatch.js';
import { facts, recordsStamp } from '../../../../electron/engine/status.js';
import { testRelease } from '../../../lab/livepatch-module.js';
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
} from './fixture.js';

describe.skipIf(!isRoot)('live patches (needs root)', () => {
  describeMachine();

  describe('at a start', () => {
    const nothing = { off: null, loaded: [], heldBack: [], left: [], failed: [] };
    const prepared = async (...names: readonly string[]): Promise<void> => {
      for (const name of names) {
        await value(add(name));
        await value(load(name));
      }
      await value(held());
    };

    test('the same kernel gets what it had, in its order, and another one does not', async () => {
      await prepared('b_second', 'a_first');
      machine.restart('6.9.0-1-amd64');
      expect(await value(boot())).toEqual({ action: 'boot', running: '6.9.0-1-amd64', ...nothing });
      machine.restart(testRelease);
      expect(await value(boot())).toMatchObject({ ...nothing, loaded: ['b_second', 'a_first'] });
      expect(machine.active()).toEqual(['a_first', 'b_second']);
      expect(await why('a_first')).toEqual(['understudy', false, 'on-trial']);
      // Once more, as a restart of the unit would.
      expect(await value(boot())).toMatchObject({ loaded: ['b_second', 'a_first'], failed: [] });
      expect(machine.asked().filter((line) => line.startsWith('insmod'))).toHaveLength(4);
    });

    test('with installOnReboot off nothing returns, and what is off stays off', async () => {
      await prepared('fix_net');
      expect(await why('fix_net', { installOnReboot: false })).toEqual(['understudy', false, 'setting']);
      machine.restart();
      expect(await value(boot({ installOnReboot: false }))).toMatchObject(nothing);
      expect(machine.active()).toEqual([]);
      machine.restart();
      expect(await value(boot())).toMatchObject(nothing);
    });

    test('with upgradeOnReboot a kernel gets everything that is kept for it', async () => {
      const file = machine.module('newer', { values: { vermagic: '6.9.0-1-amd64 SMP' } });
      await value(add('newer', { file }));
      await value(add('never_loaded'));
      machine.restart('6.9.0-1-amd64');
      expect(await value(boot({ upgradeOnReboot: true }))).toMatchObject({ loaded: ['newer'] });
      expect(await value(livepatchesHeld(system(), { now: true }))).toMatchObject({ held: ['newer'] });
      expect(await why('newer', { upgradeOnReboot: true })).toEqual(['understudy', true, 'all-loaded']);
    });

    test('what was added so that it does not return does not', async () => {
      await value(add('fix_net', { returns: false }));
      await value(load('fix_net'));
      await value(held());
      expect(await why('fix_net')).toEqual(['understudy', false, 'kept-away']);
      machine.restart();
      expect(await value(boot())).toMatchObject(nothing);
    });

    test('what was on trial when the machine went down is not loaded again, and that is told', async () => {
      await prepared('fix_net');
      await value(add('crashes'));
      await value(load('crashes'));
      machine.restart();
      // Already before anything of Understudy ran.
      expect((await status()).heldBack).toMatchObject([{ name: 'crashes', release: testRelease }]);
      expect(facts(system()).heldBack).toMatchObject([{ name: 'crashes', release: testRelease }]);
      expect(await value(boot())).toMatchObject({ loaded: ['fix_net'], heldBack: ['crashes'], failed: [] });
      expect(machine.active()).toEqual(['fix_net']);
      await value(held());
      machine.restart();
      expect(await value(boot())).toMatchObject({ loaded: ['fix_net'], heldBack: ['crashes'] });
      await refused(load('crashes'), 'LIVEPATCH_HELD_BACK');
      expect(await value(load('crashes', true))).toMatchObject({ already: false });
      await value(held());
      expect((await status()).heldBack).toEqual([]);
      machine.restart();
      expect((await value(boot())).loaded).toEqual(['fix_net', 'crashes']);
    });

    test('what is removed is kept from nothing, and the status notices', async () => {
      await value(add('crashes'));
      await value(load('crashes'));
      machine.restart();
      await value(boot());
      const before = recordsStamp(system());
      await value(removeLivepatch(system(), { name: 'crashes' }));
      expect(recordsStamp(system())).not.toBe(before);
      expect(facts(system())).toMatchObject({ heldBack: [], problem: null });
      expect((await status()).heldBack).toEqual([]);
    });

    test('that goes down itself ends after one attempt', async () => {
      await prepared('fix_net');
      machine.restart();
      const onStep = (step: string): void => {
        if (step === 'livepatch-inserted') throw new Error('the power is gone');
      };
      await bootLivepatches({ ...system(), onStep });
      machine.restart();
      expect(await value(boot())).toMatchObject({ ...nothing, heldBack: ['fix_net'] });
      expect(machine.active()).toEqual([]);
    });

    test('another module of the same name is not held back', async () => {
      await prepared('fix_net');
      await value(unload('fix_net'));
      await value(load('fix_net'));
      machine.restart();
      expect((await value(boot())).heldBack).toEqual(['fix_net']);
      await value(removeLivepatch(system(), { name: 'fix_net' }));
      await value(add('fix_net', { file: machine.module('fix_net', { values: { description: 'mended' } }) }));
      expect(await value(load('fix_net'))).toMatchObject({ already: false });
    });

    test('what stands on one that is missing is left, up to one that replaces all before it', async () => {
      await prepared('one', 'two');
      await value(add('all', { replaces: true }));
      await value(load('all'));
      await value(held());
      writeFileSync(machine.stored(testRelease, 'one/one.ko'), 'altered');
      machine.restart();
      expect(await value(boot())).toMatchObject({
        ...{ loaded: ['all'], left: ['two'] },
        failed: [{ name: 'one', problem: { code: 'LIVEPATCH_ALTERED' } }],
      });
    });

    test.each([
      ['kernel-parameter', () => machine.write('cmdline', 'root=/dev/vda understudy.livepatch=off quiet\n')],
      [
        'file',
        () => {
          mkdirSync(join(machine.root, 'etc/understudy'), { recursive: true });
          writeFileSync(join(machine.root, 'etc/understudy/livepatch-off'), '');
        },
      ],
    ])(
      'switched off by the %s, nothing is loaded, and what returns later is not forgotten',
      async (off, switchOff) => {
        await prepared('fix_net');
        switchOff();
        expect(await why('fix_net')).toEqual(['understudy', false, 'switched-off']);
        machine.restart();
        expect(await value(boot())).toMatchObject({ ...nothing, off });
        await refused(load('fix_net'), 'LIVEPATCH_OFF');
        expect(await status()).toMatchObject({ off, active: [] });
        machine.write('cmdline', 'quiet\n');
        rmSync(join(machine.root, 'etc/understudy/livepatch-off'), { force: true });
        machine.restart();
        expect((await value(boot())).loaded).toEqual(['fix_net']);
      },
    );

    test('with damaged records nothing is loaded, and they are left as they are', async () => {
      await prepared('fix_net');
      machine.restart();
      const path = machine.stored('state.json');
      for (const [text, code] of [
        ['{"version":1,', 'LIVEPATCH_RECORDS_DAMAGED'],
        ['{"version":1,"levels":{"x":["../y"]},"trials":[],"heldBack":[]}', 'LIVEPATCH_RECORDS_DAMAGED'],
        ['{"version":2}', 'STATE_NEWER'],
      ] as const) {
        writeFileSync(path, text);
        for (const verb of [boot(), load('fix_net'), held(), livepatchStatus(system())])
          await refused(verb, code);
        expect(readFileSync(path, 'utf8')).toBe(text);
        // An update does not depend on them.
        expect(facts(system())).toMatchObject({ heldBack: [], problem: null });
      }
      expect(machine.active()).toEqual([]);
    });
  });

  describe('the trial', () => {
    beforeEach(async () => {
      await value(add('fix_net'));
      await value(load('fix_net'));
    });
    const judge = () => value(livepatchesHeld(system(), { now: false }));

    test('is over after some minutes', async () => {
      expect(await judge()).toMatchObject({ held: [], onTrial: ['fix_net'] });
      const later = { ...machine.system().machine!, monotonic: () => 1_000_000 + 290_000 };
      const old = machine.system({ machine: later });
      expect(await value(livepatchesHeld(old, { now: false }))).toMatchObject({ held: ['fix_net'] });
    });

    test('is over at an orderly end of the system', async () => {
      machine.write('running', 'stopping\n');
      expect(await judge()).toMatchObject({ held: ['fix_net'], onTrial: [] });
    });

    test('goes on through a soft-reboot, which is no start of the kernel', async () => {
      expect(await value(boot())).toMatchObject({ loaded: ['fix_net'], heldBack: [] });
      expect(await why('fix_net')).toEqual(['understudy', false, 'on-trial']);
    });
  });
});
