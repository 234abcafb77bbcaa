/** The trial of a new system by a restart, through the verbs: it is confirmed, or it falls back at whatever point it came to. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { activate } from '../../../electron/engine/activate.js';
import { run } from '../../../electron/engine/process/run.js';
import { rollback } from '../../../electron/engine/rollback.js';
import { stage } from '../../../electron/engine/stage.js';
import { inCheckout } from '../../lab/checkout.js';
import { valueOf } from '../../lab/value-of.js';
import { impossible, trialSystem } from './fixture.js';

describe.skipIf(impossible !== undefined)(`a trial on btrfs${impossible ? ` (${impossible})` : ''}`, () => {
  const trial = trialSystem();
  const {
    at,
    read,
    level,
    grub,
    loader,
    noteTry,
    wordsOf,
    startWith,
    startUsual,
    recovered,
    titles,
    manager,
    examined,
    update,
    folder,
  } = trial;

  it('falls back from a new system that never got as far as to be the running one', async () => {
    expect(level()).toBe('1');
    expect(await update()).toEqual(['The new system runs after the next restart.']);
    const [kernel = '', ...words] = wordsOf('trial');
    expect(words.join(' ')).toMatch(
      /^root=UUID=0 ro rootflags=subvol=@ quiet understudy\.trial=point-\S+ panic=30 /,
    );
    expect(readFileSync(at(`boot${kernel}`)).length).toBeGreaterThan(0);
    const [before = ''] = wordsOf('previous');
    expect(before).toMatch(/^\/understudy\/point-/);
    // A look before the restart changes nothing of it.
    expect((await recovered()).transactions).toEqual([]);
    expect(loader().state()?.state).toBe('waiting');

    noteTry();
    await startWith(wordsOf('previous'));
    expect(level()).toBe('1');
    const { transactions } = await recovered();
    expect(transactions).toMatchObject([{ kind: 'rollback', outcome: 'rolled-back' }]);
    expect(transactions[0]?.sentence).toContain('did not come up');
    expect((await titles())[0]).toBe('The new system did not come up: the one before was started again');
    expect(await recovered()).toEqual({ transactions: [], cleaned: [] });
    expect(
      existsSync(grub('custom.cfg')) ||
        existsSync(grub('understudy.env')) ||
        existsSync(at('boot/understudy')),
    ).toBe(false);
    await startUsual();
    expect(level()).toBe('1');
    expect(await recovered()).toEqual({ transactions: [], cleaned: [] });
  }, 300_000);

  it('falls back from one that hung after it had become the running one', async () => {
    await update();
    noteTry();
    await startWith(wordsOf('trial'));
    expect((await recovered()).transactions).toEqual([]);
    expect([level(), read('var/lib/machines/file')]).toEqual(['2', 'nested\n']);
    await startWith(wordsOf('previous'));
    expect(level()).toBe('1');
    expect((await recovered()).transactions).toMatchObject([{ kind: 'rollback' }]);
    expect(read('var/lib/machines/file')).toBe('nested\n');
    await startUsual();
    expect(await recovered()).toEqual({ transactions: [], cleaned: [] });
    expect([level(), loader().state()]).toEqual(['1', undefined]);
  }, 300_000);

  it('returns from one that fails its health check, with what was written meanwhile', async () => {
    await update();
    noteTry();
    await startWith(wordsOf('trial'));
    await recovered();
    mkdirSync(at('srv'), { recursive: true });
    appendFileSync(at('srv/page'), 'written at the trial\n');
    const answer = await examined('broken.service loaded failed failed Broken');
    expect(answer).toMatchObject({ healthy: false, restarting: true });
    expect(answer.findings).toEqual(['broken.service failed, and had not before the update.']);
    // The one start in between takes the old kernel, by the usual name of the root.
    expect(loader().state()?.state).toBe('tried');
    expect(wordsOf('previous').join(' ')).toMatch(
      /^\/understudy\/\S+ root=UUID=0 ro rootflags=subvol=@ quiet understudy\.previous=\S+$/,
    );
    await startWith(wordsOf('previous'));
    await recovered();
    expect([level(), read('srv/page'), loader().state()]).toEqual(['1', 'written at the trial\n', undefined]);
    expect((await titles())[0]).toBe('The new system failed its health check: the system was taken back');
    await startUsual();
    expect(await recovered()).toEqual({ transactions: [], cleaned: [] });
  }, 300_000);

  it('is made up for after a cut between switch and trial, and the new system is judged in any case', async () => {
    const child = inCheckout('dist/test/lab/trial-child.js');
    const cutAt = async (step: string): Promise<void> => {
      manager('');
      valueOf(await stage({ ...trial.system, isRunning: false }));
      valueOf(await activate(trial.system, { how: 'shutdown' }));
      const argv = [process.execPath, child, trial.root, folder, trial.release, step, 'activate'] as const;
      expect(await run(argv, { timeoutMs: 120_000 })).toMatchObject({ signal: 'SIGKILL' });
      expect(loader().state()).toBeUndefined();
    };
    // Before the switch nothing of it stays.
    await cutAt('activate:commit:switch');
    expect((await recovered()).transactions).toMatchObject([{ kind: 'activate', outcome: 'rolled-back' }]);
    expect([loader().state(), await examined()]).toMatchObject([undefined, { restorePoint: null }]);

    // The process is killed: whatever looks next writes the trial.
    for (const step of ['activate:step:settle', 'activate:step:trial']) {
      await cutAt(step);
      expect((await recovered()).transactions).toMatchObject([{ outcome: 'rolled-forward' }]);
      expect(loader().state()?.state).toBe('waiting');
      noteTry();
      await startWith(wordsOf('previous'));
      expect((await recovered()).transactions).toMatchObject([{ kind: 'rollback', outcome: 'rolled-back' }]);
      await startUsual();
      expect([level(), loader().state()]).toEqual(['1', undefined]);
    }

    // The machine is off: what starts is the new system, by the usual entry.
    await cutAt('activate:step:trial');
    await startUsual();
    expect((await recovered()).transactions).toMatchObject([{ outcome: 'rolled-forward' }]);
    expect([level(), loader().state()]).toEqual(['2', undefined]);
    expect(await examined('broken.service loaded failed failed Broken')).toMatchObject({ restarting: true });
    await startWith(wordsOf('previous'));
    await recovered();
    expect([level(), loader().state()]).toEqual(['1', undefined]);
    await startUsual();
    expect(await recovered()).toEqual({ transactions: [], cleaned: [] });
  }, 300_000);

  it('stays with one that is healthy, and starts the old kernel at once on a way back', async () => {
    await update();
    noteTry();
    await startWith(wordsOf('trial'));
    await recovered();
    expect(await examined()).toMatchObject({ healthy: true, findings: [] });
    expect(loader().state()).toBeUndefined();
    expect(await examined()).toMatchObject({ restorePoint: null });
    await startUsual();
    expect([level(), await recovered()]).toEqual(['2', { transactions: [], cleaned: [] }]);

    const { kept } = valueOf(await rollback(trial.system));
    expect(kept.filter((path) => path.includes('understudy'))).toEqual([]);
    expect(loader().state()?.state).toBe('tried');
    expect(wordsOf('previous')[0]).toContain(trial.release);
    await startWith(wordsOf('previous'));
    await recovered();
    expect([level(), loader().state()]).toEqual(['1', undefined]);
  }, 300_000);

  it('stands where the boot loader has no room left for a trial', async () => {
    await startUsual();
    manager('');
    valueOf(await stage({ ...trial.system, isRunning: false }));
    valueOf(await activate(trial.system, { how: 'shutdown' }));
    // Full as soon as all that the switch itself needs is there.
    const filling = at('boot/filling');
    const onStep = (step: string): void => {
      if (step !== 'activate:step:trial') return;
      for (let size = 1024 ** 2; size >= 512; size /= 2)
        try {
          for (;;) appendFileSync(filling, Buffer.alloc(size, 1));
        } catch {
          // This much no longer fits.
        }
    };
    const { remarks, restorePoint } = valueOf(
      await activate({ ...trial.system, onStep }, { scheduled: true }),
    );
    expect(restorePoint).not.toBeNull();
    expect(remarks.join(' ')).toMatch(/by hand in the boot menu.*no room|by hand in the boot menu.*space/i);
    expect(loader().state()).toBeUndefined();
    rmSync(filling);
    await startUsual();
    await recovered();
    expect(level()).toBe('2');
    valueOf(await rollback(trial.system));
    await startWith(wordsOf('previous'));
    await recovered();
    expect(level()).toBe('1');
  }, 300_000);

  it('takes a trial back that was never started, and says where there can be none', async () => {
    await startUsual();
    await update();
    valueOf(await rollback(trial.system));
    expect([level(), loader().state(), existsSync(grub('custom.cfg'))]).toEqual(['1', undefined, false]);
    writeFileSync(grub('grub.cfg'), 'menuentry x {}\n');
    valueOf(await stage({ ...trial.system, isRunning: false }));
    valueOf(await activate(trial.system, { how: 'shutdown' }));
    const { remarks } = valueOf(await activate(trial.system, { scheduled: true }));
    expect(remarks.join(' ')).toMatch(/by hand in the boot menu.*41_custom is missing/);
    expect(existsSync(grub('custom.cfg'))).toBe(false);
  }, 300_000);
});
