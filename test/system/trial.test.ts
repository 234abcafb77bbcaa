/**
 * The trial of a new system on btrfs with a /boot of its own, through the verbs: it is confirmed, or it falls back at whatever point it came to. What
 * GRUB does between two starts is done here as test/conformance/boot-loader shows that it does it; the machine is one that the test describes.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate } from '../../electron/engine/activate.js';
import { bootLoaderFor } from '../../electron/engine/bootloader/registry.js';
import { health } from '../../electron/engine/health.js';
import { history } from '../../electron/engine/history.js';
import type { MachineSources } from '../../electron/engine/inspect/sources.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { recover } from '../../electron/engine/recover.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { openSystem, type System } from '../../electron/engine/system.js';
import type { Outcome } from '../../shared/errors.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../lab/btrfs-system.js';
import { inCheckout } from '../lab/checkout.js';
import { debianRootImpossible, removeRoot } from '../lab/debian-root.js';
import { describedMachine } from '../lab/described-machine.js';
import { diskImpossible, openDisks } from '../lab/disk-image.js';
import { practiceSystem } from '../lab/practice-system.js';

const impossible =
  (await debianRootImpossible()) ?? (await diskImpossible('btrfs')) ?? (await diskImpossible('ext4'));
const limit = { timeoutMs: 60_000 };
const changed = 'etc/understudy-practice/untouched.conf';
const usual = 'root=UUID=0 ro rootflags=subvol=@ quiet';

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}

describe.skipIf(impossible !== undefined)(`a trial on btrfs${impossible ? ` (${impossible})` : ''}`, () => {
  const disks = openDisks();
  const folder = mkdtempSync(join(tmpdir(), 'understudy-machine-'));
  const bootDisk = join(disks.folder, 'boot');
  let place: BtrfsSystem;
  let device = '';
  let kernels: string[] = [];
  let system: System;
  let machine: MachineSources;
  let starts = 0;
  const at = (path: string): string => join(place.root, path);
  const read = (path: string): string => readFileSync(at(path), 'utf8');
  const level = (): string => /\d+/.exec(read(changed))?.[0] ?? '';
  const grub = (name: string): string => at(`boot/grub/${name}`);
  const loader = () => {
    const found = bootLoaderFor(system);
    if (!found) throw new Error('no boot loader');
    return found;
  };

  /** What GRUB notes before it starts a trial. */
  const noteTry = (): void => {
    const text = readFileSync(grub('understudy.env'), 'latin1');
    writeFileSync(grub('understudy.env'), text.replace('understudy_trial=1', 'understudy_trial=2'));
  };
  /** The words that an entry of ours gives the kernel. */
  const wordsOf = (id: 'trial' | 'previous'): string[] => {
    const entry = readFileSync(grub('custom.cfg'), 'utf8')
      .split('menuentry ')
      .find((one) => one.includes(`--id understudy-${id} `));
    const line = /^ +(?:if )?linux (.*?)(?:; then)?$/m.exec(entry ?? '')?.[1] ?? '';
    return [...line.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
  };
  /** Starts what these words name; the last of several counts. */
  const startWith = async (words: readonly string[]): Promise<void> => {
    const flags = words.findLast((word) => word.startsWith('rootflags='))?.slice('rootflags='.length) ?? '';
    await run(['umount', '--recursive', place.root], limit);
    await runOrFault(['mount', '-t', 'btrfs', '-o', flags, device, place.root], limit);
    writeFileSync(join(folder, 'cmdline'), `BOOT_IMAGE=/vmlinuz ${words.slice(1).join(' ')}\n`);
    writeFileSync(join(folder, 'sys/kernel/random/boot_id'), `start-${(starts += 1)}\n`);
    await openAgain();
  };
  /** User space alone starts anew, in what is mounted for it. */
  const startUserSpace = async (): Promise<void> => {
    const offered = await runOrFault(
      ['findmnt', '--noheadings', '--output', 'FSROOT', at('run/nextroot')],
      limit,
    );
    await run(['umount', '--recursive', place.root], limit);
    const flags = `subvol=${offered.stdout.trim()}`;
    await runOrFault(['mount', '-t', 'btrfs', '-o', flags, device, place.root], limit);
    await openAgain();
  };
  const openAgain = async (): Promise<void> => {
    await runOrFault(['mount', '--bind', bootDisk, at('boot')], limit);
    system = {
      ...openSystem(place.root, { settings: { reserveBytes: 16 * 1024 ** 2 } }),
      isRunning: true,
      machine,
    };
  };
  const startUsual = (): Promise<void> => startWith(['/vmlinuz', ...usual.split(' ')]);
  const recovered = async () => valueOf(await recover(system));
  const titles = async () => valueOf(await history(system)).entries.map(({ title }) => title);

  /** A service manager of which these units failed, and which does not restart in these ways. */
  const manager = (failed: string, refused = 'none'): void => {
    const text = `#!/bin/sh
echo "$*" >> ${folder}/asked
case "$1" in ${refused}) exit 1 ;; is-active | reboot | kexec | soft-reboot) exit 0 ;; *) echo '${failed}' ;; esac\n`;
    writeFileSync(join(folder, 'systemctl'), text, { mode: 0o755 });
  };
  /** kexec(8), which says what it is asked for. */
  const kexec = (status = 0): void => {
    const text = `#!/bin/sh\necho "kexec $*" >> ${folder}/asked\nexit ${status}\n`;
    writeFileSync(join(folder, 'kexec'), text, { mode: 0o755 });
  };
  /** What the service manager and kexec(8) were asked for since the last time, without the questions of the health check. */
  const asked = (): string[] => {
    const lines = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
    writeFileSync(join(folder, 'asked'), '');
    return lines.filter((line) => !/^(list-units|is-active|show)/.test(line));
  };
  /** A staged update is switched to now. */
  const updateBy = async (how: 'kexec' | 'soft-reboot', refused?: string) => {
    manager('', refused);
    valueOf(await stage({ ...system, isRunning: false }));
    writeFileSync(join(folder, 'asked'), '');
    return valueOf(await activate(system, { how }));
  };
  const patience = { totalMs: 2000, networkMs: 100, scriptMs: 500, pauseMs: 50 };
  const examined = async (failed = '') => {
    manager(failed);
    return valueOf(await health(system, { patience }));
  };

  /** A staged update is switched to, as at a shutdown. */
  const update = async (): Promise<readonly string[]> => {
    manager('');
    valueOf(await stage({ ...system, isRunning: false }));
    valueOf(await activate(system, { how: 'shutdown' }));
    const { remarks, restorePoint } = valueOf(await activate(system, { scheduled: true }));
    if (restorePoint !== null) expect(loader().state()).toEqual({ restorePoint, state: 'waiting' });
    return remarks;
  };

  beforeAll(async () => {
    await disks.mount('ext4', bootDisk, 96);
    place = await btrfsSystem(btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'], async (root) => {
      const made = await practiceSystem();
      await runOrFault(['cp', '-a', `${made}/.`, root], { timeoutMs: 120_000 });
      removeRoot(made);
    });
    const mounts = await runOrFault(['findmnt', '--noheadings', '--output', 'SOURCE', place.top], limit);
    device = mounts.stdout.trim();
    cpSync(at('boot'), bootDisk, { recursive: true });
    for (const name of readdirSync(at('boot'))) rmSync(at(`boot/${name}`), { recursive: true });
    mkdirSync(join(bootDisk, 'grub'));
    writeFileSync(join(bootDisk, 'grub/grub.cfg'), 'source ${config_directory}/custom.cfg\n');
    mkdirSync(at('etc/understudy'), { recursive: true });
    writeFileSync(at('etc/understudy/btrfs-environments'), '');
    kernels = readdirSync(bootDisk)
      .filter((name) => name.startsWith('vmlinuz-'))
      .map((name) => name.slice(8))
      .sort();
    symlinkSync('/proc/self', join(folder, 'self'));
    mkdirSync(join(folder, 'sys/kernel/random'), { recursive: true });
    mkdirSync(join(folder, 'sysfs/kernel'), { recursive: true });
    writeFileSync(join(folder, 'sysfs/kernel/kexec_loaded'), '0\n');
    kexec();
    machine = describedMachine(folder, () => kernels[0] ?? '');
    rmSync(at('var/lib/machines'), { recursive: true, force: true });
    mkdirSync(dirname(at('var/lib/machines')), { recursive: true });
    await runOrFault(['btrfs', 'subvolume', 'create', at('var/lib/machines')], limit);
    writeFileSync(at('var/lib/machines/file'), 'nested\n');
    await startUsual();
  });
  afterAll(async () => {
    await run(['umount', '--recursive', place.root], limit);
    await place.dispose();
    await disks.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

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
      valueOf(await stage({ ...system, isRunning: false }));
      valueOf(await activate(system, { how: 'shutdown' }));
      const argv = [process.execPath, child, place.root, folder, kernels[0] ?? '', step] as const;
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

    valueOf(await rollback(system));
    expect(loader().state()?.state).toBe('tried');
    expect(wordsOf('previous')[0]).toContain(kernels[0]);
    await startWith(wordsOf('previous'));
    await recovered();
    expect([level(), loader().state()]).toEqual(['1', undefined]);
  }, 300_000);

  it('stands where the boot loader has no room left for a trial', async () => {
    await startUsual();
    manager('');
    valueOf(await stage({ ...system, isRunning: false }));
    valueOf(await activate(system, { how: 'shutdown' }));
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
    const { remarks, restorePoint } = valueOf(await activate({ ...system, onStep }, { scheduled: true }));
    expect(restorePoint).not.toBeNull();
    expect(remarks.join(' ')).toMatch(/by hand in the boot menu.*no room|by hand in the boot menu.*space/i);
    expect(loader().state()).toBeUndefined();
    rmSync(filling);
    await startUsual();
    await recovered();
    expect(level()).toBe('2');
    valueOf(await rollback(system));
    await startWith(wordsOf('previous'));
    await recovered();
    expect(level()).toBe('1');
  }, 300_000);

  it('takes a trial back that was never started, and says where there can be none', async () => {
    await startUsual();
    await update();
    valueOf(await rollback(system));
    expect([level(), loader().state(), existsSync(grub('custom.cfg'))]).toEqual(['1', undefined, false]);
    writeFileSync(grub('grub.cfg'), 'menuentry x {}\n');
    valueOf(await stage({ ...system, isRunning: false }));
    valueOf(await activate(system, { how: 'shutdown' }));
    const { remarks } = valueOf(await activate(system, { scheduled: true }));
    expect(remarks.join(' ')).toMatch(/by hand in the boot menu.*41_custom is missing/);
    expect(existsSync(grub('custom.cfg'))).toBe(false);
  }, 300_000);

  const newSystem = 'The new system runs after the next restart.';

  it('goes on trial by kexec too: until it is confirmed, the boot loader takes the one before', async () => {
    valueOf(await rollback(system));
    writeFileSync(grub('grub.cfg'), 'source ${config_directory}/custom.cfg\n');
    await startUsual();
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
    expect(await activate(system, { scheduled: true })).toMatchObject({ problem: { code: 'NOTHING_TO_DO' } });

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
    valueOf(await rollback(system));
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
    expect(await examined('broken.service loaded failed failed Broken')).toMatchObject({ restarting: true });
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
    valueOf(await rollback(system));

    await runOrFault(['mount', '-t', 'tmpfs', 'other', at('run/nextroot')], limit);
    const soft = await updateBy('soft-reboot');
    expect([soft.how, asked()]).toEqual(['reboot', ['reboot']]);
    expect(soft.remarks.join(' ')).toContain('Another program has mounted a root');
    expect(loader().state()?.state).toBe('waiting');
    await runOrFault(['umount', at('run/nextroot')], limit);
    valueOf(await rollback(system));

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
});
