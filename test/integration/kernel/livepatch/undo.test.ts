/** What is done to live patches is in the history, and can be taken back; what was cut short is settled by what the kernel says. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { HistoryEntry } from '../../../../shared/history.js';
import { history } from '../../../../electron/engine/history.js';
import { begin } from '../../../../electron/engine/journal/journal.js';
import { loadLivepatch, removeLivepatch, undoLivepatch } from '../../../../electron/engine/livepatch.js';
import { recover } from '../../../../electron/engine/recover.js';
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
  why,
} from './fixture.js';

const undo = (transaction?: string) =>
  undoLivepatch(system(), transaction === undefined ? {} : { transaction });
const entries = async (): Promise<HistoryEntry[]> => (await value(history(system()))).entries;
/** The newest first: what was done to which, how it ended, and whether it can be taken back. */
const told = async () =>
  (await entries()).map(({ kind, outcome, livepatch }) => [
    kind,
    livepatch?.name,
    outcome,
    ...(livepatch?.undo === true ? ['undo'] : []),
  ]);

describe.skipIf(!isRoot)('live patches in the history (needs root)', () => {
  describeMachine();
  beforeEach(() => value(add('fix_net')));

  test('a load is an entry that can be taken back, and so is what takes it back', async () => {
    await value(load('fix_net'));
    expect(await entries()).toMatchObject([
      {
        ...{ kind: 'load', outcome: 'done', packages: [], restorePoint: null },
        livepatch: { release: testRelease, name: 'fix_net', replaced: [], undo: true },
      },
    ]);
    expect(await value(undo())).toMatchObject({ action: 'undo', name: 'fix_net' });
    expect(machine.active()).toEqual([]);
    const [newest, ...older] = await told();
    expect([newest, older]).toEqual([['unload', 'fix_net', 'done', 'undo'], [['load', 'fix_net', 'done']]]);
    await value(undo());
    expect(await why('fix_net')).toEqual(['understudy', false, 'on-trial']);
  });

  test('what was so already is no entry', async () => {
    await value(load('fix_net'));
    await value(load('fix_net'));
    await value(unload('fix_net'));
    await value(unload('fix_net'));
    expect((await told()).map(([kind]) => kind)).toEqual(['unload', 'load']);
  });

  test('an entry is taken back by its id, and only the newest of its patch', async () => {
    await value(add('fix_fs'));
    await value(load('fix_net'));
    await value(load('fix_fs'));
    const [, first] = await entries();
    await value(undo(first?.transaction));
    expect(machine.active()).toEqual(['fix_fs']);
    await refused(undo(first?.transaction), 'LIVEPATCH_NO_UNDO');
    await refused(undo('load-of-another-time'), 'LIVEPATCH_NO_UNDO');
    expect(machine.active()).toEqual(['fix_fs']);
  });

  test('what it took the place of comes back', async () => {
    await value(add('fix_all', { replaces: true }));
    await value(load('fix_net'));
    machine.write('replace', 'fix_net');
    await value(load('fix_all'));
    expect((await entries())[0]?.livepatch).toMatchObject({ replaced: ['fix_net'], undo: true });
    rmSync(join(machine.root, '../machine/replace'));
    await value(undo());
    expect(machine.active()).toEqual(['fix_net']);
    await value(held());
    machine.restart();
    expect((await value(boot())).loaded).toEqual(['fix_net']);
  });

  test('one that takes the place of all does so when it comes back: the kernel is never without any', async () => {
    await value(add('fix_all_1', { replaces: true }));
    await value(add('fix_all_2', { replaces: true }));
    await value(load('fix_all_1'));
    machine.write('replace', 'fix_all_1');
    await value(load('fix_all_2'));
    machine.write('replace', 'fix_all_2');
    const before = machine.asked().length;
    await value(undo());
    expect(machine.active()).toEqual(['fix_all_1']);
    expect(machine.asked()[before]).toBe('insmod fix_all_1.ko');
  });

  test('is not to be taken back where what it replaced is kept no more, or another kernel runs', async () => {
    await value(add('fix_all', { replaces: true }));
    await value(load('fix_net'));
    machine.write('replace', 'fix_net');
    await value(load('fix_all'));
    await value(removeLivepatch(system(), { name: 'fix_net' }));
    expect((await entries())[0]?.livepatch?.undo).toBe(false);
    await refused(undo(), 'LIVEPATCH_NO_UNDO');
    expect(machine.active()).toEqual(['fix_all']);
    machine.restart('6.9.0-1-amd64');
    expect((await told()).flat()).not.toContain('undo');
    await refused(undo(), 'LIVEPATCH_NO_UNDO');
  });

  test('one that the kernel refused, or that was cancelled, is an entry without a way back', async () => {
    machine.write('refuse', 'insmod: ERROR: could not insert module: Invalid module format\n');
    await refused(load('fix_net'), 'LIVEPATCH_REFUSED');
    rmSync(join(machine.root, '../machine/refuse'));
    machine.stall(true);
    const signal = AbortSignal.timeout(300);
    const waiting = { ...system({ transitionMs: 30_000 }), signal };
    await refused(loadLivepatch(waiting, { name: 'fix_net', again: false }), 'CANCELLED');
    expect(await told()).toEqual([
      ['load', 'fix_net', 'failed'],
      ['load', 'fix_net', 'failed'],
    ]);
    await refused(undo(), 'LIVEPATCH_NO_UNDO');
  });

  test('what speaks against it before anything is altered is no entry', async () => {
    await refused(load('fix_other'), 'LIVEPATCH_UNKNOWN');
    await refused(unload('fix_other'), 'LIVEPATCH_UNKNOWN');
    expect(await entries()).toEqual([]);
  });

  describe('cut short', () => {
    const open = (kind: 'load' | 'unload', name = 'fix_net') =>
      begin(system(), kind, `${kind}-20261127-120000-abcdef`, {
        ...{ release: testRelease, name, before: machine.active() },
      });
    const settled = async () => (await value(recover(system()))).transactions;

    test('a load that is at work went forward, and returns after a restart', async () => {
      await value(load('fix_net'));
      await value(held());
      // As it is when nobody came to note the level.
      const state = machine.stored('state.json');
      writeFileSync(state, '{"version":1,"levels":{},"trials":[],"heldBack":[]}');
      open('load');
      expect(await settled()).toMatchObject([{ kind: 'load', outcome: 'rolled-forward' }]);
      expect(await why('fix_net')).toEqual(['understudy', true, 'loaded-again']);
      expect((await told())[0]).toEqual(['load', 'fix_net', 'rolled-forward', 'undo']);
    });

    test('a load that is not at work went back', async () => {
      open('load');
      expect(await settled()).toMatchObject([{ kind: 'load', outcome: 'rolled-back' }]);
      expect(machine.active()).toEqual([]);
      expect(await told()).toEqual([['load', 'fix_net', 'rolled-back']]);
    });

    test('an unload is judged the same way', async () => {
      await value(load('fix_net'));
      open('unload');
      expect(await settled()).toMatchObject([{ kind: 'unload', outcome: 'rolled-back' }]);
      expect(machine.active()).toEqual(['fix_net']);
    });

    test('the next verb says that it was settled, and alters nothing', async () => {
      open('load');
      await refused(load('fix_net'), 'RECOVERED');
      expect(machine.asked()).toEqual([]);
      await value(load('fix_net'));
    });

    test('damaged records of live patches keep no transaction open', async () => {
      await value(load('fix_net'));
      open('load');
      writeFileSync(machine.stored('state.json'), '{');
      expect(await settled()).toMatchObject([{ outcome: 'rolled-forward' }]);
      await refused(load('fix_net'), 'LIVEPATCH_RECORDS_DAMAGED');
    });
  });
});
