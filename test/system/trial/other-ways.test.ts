/** The trial of a new system that is started by kexec or by a soft-reboot, past the boot loader; and what becomes of a way that turns out closed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { activate } from '../../../electron/engine/activate.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { rollback } from '../../../electron/engine/rollback.js';
import { stage } from '../../../electron/engine/stage.js';
import { valueOf } from '../../lab/value-of.js';
import { changed, impossible, trialSystem } from './fixture.js';

const limit = { timeoutMs: 60_000 };

describe.skipIf(impossible !== undefined)(
  `a trial by another way${impossible ? ` (${impossible})` : ''}`,
  () => {
    const trial = trialSystem();
    const {
      at,
      level,
      loader,
      wordsOf,
      startWith,
      startUserSpace,
      startUsual,
      recovered,
      manager,
      kexec,
      asked,
      examined,
    } = trial;
    /** A staged update is switched to now. */
    const updateBy = async (how: 'kexec' | 'soft-reboot', refused?: string) => {
      manager('', refused);
      valueOf(await stage({ ...trial.system, isRunning: false }));
      asked();
      return valueOf(await activate(trial.system, { how }));
    };

    const newSystem = 'The new system runs after the next restart.';

    it('goes on trial by kexec too: until it is confirmed, the boot loader takes the one before', async () => {
      const { how, remarks, restorePoint } = await updateBy('kexec');
      expect({ how, remarks }).toEqual({ how: 'kexec', remarks: [newSystem] });
      const [load = '', ...then] = asked();
      expect(load).toMatch(
        /^kexec --kexec-file-syscall --load \S+\/boot\/vmlinuz-\S+ --initrd=\S+\/boot\/initrd/,
      );
      const words = /--command-line=(.*)$/.exec(load)?.[1]?.split(' ') ?? [];
      expect(words.join(' ')).toMatch(
        /^root=UUID=0 ro rootflags=subvol=@ quiet understudy\.trial=point-\S+ panic=30 rd\.shell=0 /,
      );
      expect(then).toEqual(['kexec']);
      expect(loader().state()).toEqual({ restorePoint, state: 'tried' });
      // The shutdown is no failed trial: what runs is on its way out.
      expect((await recovered()).transactions).toEqual([]);
      expect(await activate(trial.system, { scheduled: true })).toMatchObject({
        problem: { code: 'NOTHING_TO_DO' },
      });

      // It panics, and the machine restarts through its firmware.
      await startWith(wordsOf('previous'));
      expect((await recovered()).transactions).toMatchObject([{ kind: 'rollback', outcome: 'rolled-back' }]);
      await startUsual();
      expect([level(), loader().state()]).toEqual(['1', undefined]);

      await updateBy('kexec');
      await startWith(['/vmlinuz', ...words]);
      expect([level(), (await recovered()).transactions]).toEqual(['2', []]);
      expect(await examined()).toMatchObject({ healthy: true, findings: [] });
      expect(loader().state()).toBeUndefined();
      valueOf(await rollback(trial.system));
      await startWith(wordsOf('previous'));
      await recovered();
      expect(level()).toBe('1');
    }, 300_000);

    it('goes on trial by a soft-reboot, into the root that is mounted for it', async () => {
      mkdirSync(at('usr/lib/systemd'), { recursive: true });
      writeFileSync(at('usr/lib/systemd/libsystemd-shared-257.so'), '');
      await startUsual();
      const { how, remarks, restorePoint } = await updateBy('soft-reboot');
      expect({ how, remarks, asked: asked() }).toEqual({
        how: 'soft-reboot',
        remarks: [newSystem],
        asked: ['soft-reboot'],
      });
      expect(readFileSync(at(`run/nextroot/${changed}`), 'utf8')).toContain('2');
      expect(loader().state()).toEqual({ restorePoint, state: 'tried' });
      expect((await recovered()).transactions).toEqual([]);

      await startUserSpace();
      expect([level(), (await recovered()).transactions]).toEqual(['2', []]);
      expect(await examined('broken.service loaded failed failed Broken')).toMatchObject({
        restarting: true,
      });
      expect(asked()).toEqual(['reboot']);
      await startWith(wordsOf('previous'));
      await recovered();
      expect([level(), loader().state()]).toEqual(['1', undefined]);

      // One that hangs is left by a restart of the machine.
      await startUsual();
      await updateBy('soft-reboot');
      await startUserSpace();
      await recovered();
      await startWith(wordsOf('previous'));
      expect((await recovered()).transactions).toMatchObject([{ kind: 'rollback', outcome: 'rolled-back' }]);
      await startUsual();
      expect(level()).toBe('1');
    }, 300_000);

    it('restarts through the firmware where the other way turns out closed', async () => {
      kexec(1);
      const { how, remarks, restorePoint } = await updateBy('kexec');
      expect([how, asked().at(-1)]).toEqual(['reboot', 'reboot']);
      expect(remarks).toEqual([
        newSystem,
        expect.stringMatching(/^No kexec, but an ordinary restart: .*not be loaded/),
      ]);
      expect(loader().state()).toEqual({ restorePoint, state: 'waiting' });
      valueOf(await rollback(trial.system));

      await runOrFault(['mount', '-t', 'tmpfs', 'other', at('run/nextroot')], limit);
      const soft = await updateBy('soft-reboot');
      expect([soft.how, asked()]).toEqual(['reboot', ['reboot']]);
      expect(soft.remarks.join(' ')).toContain('Another program has mounted a root');
      expect(loader().state()?.state).toBe('waiting');
      await runOrFault(['umount', at('run/nextroot')], limit);
      valueOf(await rollback(trial.system));

      // The service manager refuses: nothing stays loaded or mounted, and the menu alone says what starts.
      kexec();
      const refused = await updateBy('kexec', 'kexec');
      expect(asked()).toEqual([
        expect.stringContaining('--load'),
        'kexec',
        'kexec --kexec-file-syscall --unload',
      ]);
      expect(refused.remarks.slice(1)).toEqual([
        'The restart (kexec) could not be started; restart the machine when it suits you.',
        expect.stringContaining('by hand in the boot menu'),
      ]);
      expect([loader().state(), existsSync(at('var/lib/understudy/interruption.json'))]).toEqual([
        undefined,
        false,
      ]);
      await startUsual();
      await recovered();
      expect(level()).toBe('2');
    }, 300_000);
  },
);
