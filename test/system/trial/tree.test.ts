/**
 * The trial of a new system that shares its root with the one before, on ext4, through the verbs. What the first process of a start in the one before
 * does (build/boot/start-before) is done by itself, in a chroot.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate } from '../../../electron/engine/activate.js';
import { bootLoaderFor } from '../../../electron/engine/bootloader/registry.js';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { recover } from '../../../electron/engine/recover.js';
import { reporter } from '../../../electron/engine/report.js';
import { rollback } from '../../../electron/engine/rollback.js';
import { stage } from '../../../electron/engine/stage.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import type { Activation } from '../../../shared/plan.js';
import { inCheckout } from '../../lab/checkout.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { diskImpossible, openDisks } from '../../lab/disk-image.js';
import { oneFile } from '../../lab/one-file.js';
import { inTree, practiceSystemIn } from '../../lab/practice-system.js';
import { editAsUser } from '../../lab/user-edits.js';
import { valueOf } from '../../lab/value-of.js';
import { enableHealthCheck, grubBetweenStarts, trialMachine } from './machine.js';

const impossible = (await debianRootImpossible()) ?? (await diskImpossible('ext4'));
const limit = { timeoutMs: 60_000 };
const usual = 'root=UUID=0 ro quiet';
const first = 'usr/lib/understudy/start-before';
const changed = 'etc/understudy-practice/untouched.conf';

describe.skipIf(impossible !== undefined)(`a trial on ext4${impossible ? ` (${impossible})` : ''}`, () => {
  const disks = openDisks();
  const root = join(disks.folder, 'root');
  const folder = mkdtempSync(join(tmpdir(), 'understudy-machine-'));
  const at = (path: string): string => join(root, path);
  const grub = (name: string): string => at(`boot/grub/${name}`);
  let release = '';
  const { machine, startKernel, manager, asked, startedIn } = trialMachine(folder, () => release);
  const { noteTry, wordsOf } = grubBetweenStarts(grub);
  let system: System;
  const loader = () => bootLoaderFor(system);
  const level = (): string => /\d+/.exec(readFileSync(at(changed), 'utf8'))?.[0] ?? '';
  const program = async (): Promise<string> =>
    (await inTree(root, ['/usr/bin/understudy-practice-listen'])).trim();
  const covers = async (): Promise<number> =>
    (await run(['findmnt', '--noheadings', '--mountpoint', at('usr')], limit)).stdout
      .split('\n')
      .filter((line) => line !== '').length;
  const { recovered, titles, examined } = startedIn(() => system);
  const nothingLeft = (): void => {
    expect(loader()?.state()).toBeUndefined();
    const left = [grub('custom.cfg'), grub('understudy.env'), at('boot/understudy')].filter(existsSync);
    expect(left).toEqual([]);
  };

  /** No mount outlives a start. The first process is the one that the words name. */
  const startWith = async (words: readonly string[]): Promise<void> => {
    while ((await covers()) > 0) await runOrFault(['umount', at('usr')], limit);
    startKernel(words);
    const init = words.findLast((word) => word.startsWith('init='))?.slice('init='.length);
    if (init === undefined) return;
    await runOrFault(['mount', '--bind', folder, at('proc')], limit);
    try {
      await runOrFault(['chroot', root, init, 'splash'], limit);
    } finally {
      await runOrFault(['umount', at('proc')], limit);
    }
  };
  const startUsual = (): Promise<void> => startWith(['/vmlinuz', ...usual.split(' ')]);
  const update = async (how: Activation = 'reboot') => {
    manager('');
    valueOf(await stage({ ...system, isRunning: false }));
    asked();
    return valueOf(await activate(system, { how }));
  };

  const layFirstProcess = (): void => copyFileSync(inCheckout('build/boot/start-before'), at(first));

  beforeAll(async () => {
    await disks.mount('ext4', root, 1500);
    await practiceSystemIn(root);
    mkdirSync(at('boot/grub'));
    mkdirSync(at('run/systemd/system'), { recursive: true });
    writeFileSync(grub('grub.cfg'), 'source ${config_directory}/custom.cfg\n');
    mkdirSync(at('usr/lib/understudy'), { recursive: true });
    layFirstProcess();
    enableHealthCheck(root);
    // The usual first process says what it found.
    const init = '#!/bin/sh\n{ echo "$*"; understudy-practice-listen; } >/started\n';
    writeFileSync(at('usr/sbin/init'), init, { mode: 0o755 });
    system = {
      ...openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } }),
      isRunning: true,
      machine,
    };
    [release = ''] = readdirSync(at('boot'))
      .filter((name) => name.startsWith('vmlinuz-'))
      .map((name) => name.slice(8))
      .sort();
    await startUsual();
  }, 120_000);
  afterAll(async () => {
    await run(['umount', '--recursive', at('usr')], limit);
    await disks.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('falls back from one that does not come up, and keeps what the user changed since', async () => {
    expect([level(), await program()]).toEqual(['1', '1.0-1']);
    const usr = statSync(at('usr')).ino;
    const { how, remarks, restorePoint } = await update();
    expect({ how, remarks, asked: asked() }).toEqual({
      how: 'reboot',
      remarks: [],
      asked: ['daemon-reload', 'reboot'],
    });
    expect(loader()?.state()).toEqual({ restorePoint, state: 'waiting' });
    const [kernel = '', ...words] = wordsOf('trial');
    expect(words.join(' ')).toMatch(/^root=UUID=0 ro quiet understudy\.trial=point-\S+ panic=30 /);
    expect(existsSync(at(kernel))).toBe(true);
    const [before = '', ...back] = wordsOf('previous');
    expect(before).toMatch(new RegExp(`^/boot/understudy/point-\\S+/vmlinuz-${release}$`));
    expect(back.join(' ')).toBe(
      `root=UUID=0 ro quiet understudy.previous=${restorePoint} understudy.usr=${usr} init=/${first}`,
    );
    // One at a time.
    expect(await activate(system, { how: 'live' })).toMatchObject({ problem: { code: 'RESTART_PENDING' } });
    // Nobody judges a system that was not started yet.
    expect([await recovered(), await examined()]).toMatchObject([
      { transactions: [] },
      { restorePoint: null },
    ]);
    await editAsUser(root);
    writeFileSync(at('usr/local/bin/own'), 'of the user\n');

    noteTry();
    await startWith(wordsOf('previous'));
    // From its first process on all programs are those from before.
    expect(readFileSync(at('started'), 'utf8')).toBe('splash\n1.0-1\n');
    expect([await covers(), await program(), level()]).toEqual([1, '1.0-1', '2']);
    asked();
    expect((await recovered()).transactions).toMatchObject([{ kind: 'rollback', outcome: 'rolled-back' }]);
    expect(asked()).toEqual(['daemon-reload']);
    expect([await covers(), await program(), level()]).toEqual([0, '1.0-1', '1']);
    expect(statSync(at('usr')).ino).toBe(usr);
    expect(readFileSync(at('etc/hosts'), 'utf8')).toContain('printer');
    expect(readFileSync(at('etc/passwd'), 'utf8')).toMatch(/^eve:/m);
    expect(readFileSync(at('usr/local/bin/own'), 'utf8')).toBe('of the user\n');
    expect((await titles())[0]).toBe('The new system did not come up: the one before was started again');
    expect(await examined()).toMatchObject({ restorePoint: null });
    nothingLeft();
    await startUsual();
    expect(await recovered()).toEqual({ transactions: [], cleaned: [] });
  }, 300_000);

  it('falls back without its own first process too: what runs then is of the new system, and restarts', async () => {
    rmSync(at(first));
    await update();
    expect(wordsOf('previous').at(-1)).toMatch(/^understudy\.previous=/);
    noteTry();
    await startWith(wordsOf('previous'));
    expect([await covers(), await program()]).toEqual([0, '1.1-1']);
    // Nor does it need to be told by the boot loader.
    rmSync(grub('understudy.env'));
    manager('', 'show');
    asked();
    expect((await recovered()).transactions).toMatchObject([{ kind: 'rollback' }]);
    expect(asked()).toEqual(['reboot']);
    expect([await program(), level()]).toEqual(['1.0-1', '1']);
    nothingLeft();
    layFirstProcess();
  }, 300_000);

  let child: string | undefined;
  const killedAt = async (step: string, verb: 'activate' | 'recover'): Promise<void> => {
    child ??= await oneFile('trial-child');
    const argv = [process.execPath, child, root, folder, release, step, verb] as const;
    expect(await run(argv, { timeoutMs: 120_000 }), step).toMatchObject({ signal: 'SIGKILL' });
  };

  it('goes on with a way back that was cut at any of its steps', async () => {
    const steps = ['step:prepare', 'commit:switch-back', 'step:settle', 'end:done'];
    for (const step of steps.map((name) => `rollback:${name}`)) {
      await update();
      noteTry();
      await startWith(wordsOf('previous'));
      await killedAt(step, 'recover');
      await startWith(wordsOf('previous'));
      expect(readFileSync(at('started'), 'utf8'), step).toBe('splash\n1.0-1\n');
      const found = (await recovered()).transactions.length;
      expect(found > 0, step).toBe(step !== 'rollback:end:done');
      await recovered();
      expect([await covers(), await program(), level()], step).toEqual([0, '1.0-1', '1']);
      nothingLeft();
      await startUsual();
      expect(await recovered(), step).toEqual({ transactions: [], cleaned: [] });
    }
  }, 300_000);

  it('is made up for by whatever looks next where the process was killed before it', async () => {
    valueOf(await stage({ ...system, isRunning: false }));
    valueOf(await activate(system, { how: 'shutdown' }));
    await killedAt('activate:step:settle', 'activate');
    expect(loader()?.state()).toBeUndefined();
    expect((await recovered()).transactions).toMatchObject([{ outcome: 'rolled-forward' }]);
    expect(loader()?.state()?.state).toBe('waiting');
    noteTry();
    await startWith(wordsOf('previous'));
    expect((await recovered()).transactions).toMatchObject([{ kind: 'rollback' }]);
    expect([await program(), level()]).toEqual(['1.0-1', '1']);
    await startUsual();
    await recovered();
    nothingLeft();
  }, 300_000);

  it('returns from one that fails its health check, and stays with one that passes', async () => {
    await update();
    noteTry();
    await startWith(wordsOf('trial'));
    expect([(await recovered()).transactions, await program()]).toEqual([[], '1.1-1']);
    asked();
    expect(await examined('broken.service loaded failed failed Broken')).toMatchObject({
      healthy: false,
      findings: ['broken.service failed, and had not before the update.'],
      restarting: true,
    });
    expect(asked()).toEqual(['reboot']);
    expect([await program(), level()]).toEqual(['1.0-1', '1']);
    expect((await titles())[0]).toBe('The new system failed its health check: the system was taken back');
    nothingLeft();
    await startUsual();
    expect(await recovered()).toEqual({ transactions: [], cleaned: [] });

    await update();
    noteTry();
    await startWith(wordsOf('trial'));
    await recovered();
    expect(await examined()).toMatchObject({ healthy: true, findings: [] });
    nothingLeft();
    await startUsual();
    expect([await recovered(), await program(), level()]).toEqual([
      { transactions: [], cleaned: [] },
      '1.1-1',
      '2',
    ]);
    const { kept } = valueOf(await rollback(system));
    expect(kept.filter((path) => path.startsWith('/boot/'))).toEqual([]);
    expect([await program(), level()]).toEqual(['1.0-1', '1']);
  }, 300_000);

  it('is none where nothing starts anew, and is over once the user returns', async () => {
    await update('live');
    nothingLeft();
    valueOf(await rollback(system));
    await update();
    expect(loader()?.state()?.state).toBe('waiting');
    valueOf(await rollback(system));
    nothingLeft();
    expect([await program(), level()]).toEqual(['1.0-1', '1']);
  }, 300_000);

  it('writes nothing where there is nothing to end, as with a /boot that is read-only', async () => {
    await runOrFault(['mount', '--bind', at('boot'), at('boot')], limit);
    await runOrFault(['mount', '-o', 'remount,bind,ro', at('boot')], limit);
    try {
      expect(await recovered()).toEqual({ transactions: [], cleaned: [] });
    } finally {
      await runOrFault(['umount', at('boot')], limit);
    }
  });

  it('says how to return where there is no trial: no health check, or no boot loader that makes one', async () => {
    const unit = at('etc/systemd/system/multi-user.target.wants/understudy-health.service');
    rmSync(unit);
    expect((await update()).remarks.join(' ')).toMatch(/from a rescue system.*health\.service/);
    nothingLeft();
    valueOf(await rollback(system));
    enableHealthCheck(root);
    const menu = readFileSync(grub('grub.cfg'));
    writeFileSync(grub('grub.cfg'), 'menuentry x {}\n');
    expect((await update()).remarks.join(' ')).toMatch(/from a rescue system.*41_custom is missing/);
    nothingLeft();
    writeFileSync(grub('grub.cfg'), menu);
    valueOf(await rollback(system));
  }, 300_000);

  it('goes on with the kernel from before where the old tree is gone, says so, and lets another update in', async () => {
    const { restorePoint } = await update();
    noteTry();
    renameSync(at(`var/lib/understudy/restore-points/${restorePoint}/units/0`), at('usr.gone'));
    await startWith(wordsOf('previous'));
    expect(readFileSync(at('started'), 'utf8')).toBe('splash\n1.1-1\n');
    const said: string[] = [];
    const report = reporter(({ text }) => said.push(text ?? ''));
    expect(valueOf(await recover({ ...system, report })).transactions).toEqual([]);
    expect(said.join(' ')).toMatch(/cannot be brought back: .*the old usr is missing.*until an update helps/);
    expect(loader()?.state()?.state).toBe('tried');
    // Nothing is offered just now; what matters is that it is not the trial that is in the way.
    expect(await activate(system, { how: 'reboot' })).toMatchObject({ problem: { code: 'STAGE_UNKNOWN' } });
  }, 300_000);
});
