/**
 * The whole way of an update with a trial, in a Debian 13 guest that GRUB starts from a BIOS machine's disk: on btrfs with /boot on ext4, and on ext4
 * alone, where the new system shares its root with the one before. Real updates with a new kernel are rehearsed in the background, by the timer, while
 * the user changes configuration and accounts; what cannot be merged is decided, the new system is tried, judged and kept, and taken back. One whose
 * initramfs is broken, whose kernel panics, whose default target fails or hangs gives way to the one before, with nobody there.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { grubImpossible } from '../../lab/boot/grub-disk.js';
import { inCheckout } from '../../lab/checkout.js';
import { offerDebianUpdates } from '../../lab/guest/debian-updates.js';
import { guestImpossible, makeGuest, type Guest } from '../../lab/guest/guest.js';
import { mountedFileSystems, type MountedFileSystem } from '../../lab/guest/guest-disk.js';
import { installUnderstudy } from '../../lab/guest/installed-root.js';
import { addNetworkToNowhere } from '../../lab/guest/nowhere.js';
import { isThorough, notAsked } from '../../lab/thorough.js';

const inside = inCheckout('dist/test/lab/guest/inside/');
/** The watchdog alone waits 12 of them. */
const minutes = 30;
const test = { timeout: 2 * minutes * 60_000 };
const units = 'etc/systemd/system';

type Said = Readonly<Record<string, unknown>>;

const sound = { audit: '', system: 'running', failed: '', modules: true, open: [] };
/** What the user did after the rehearsal. */
const edits = {
  edited: expect.stringMatching(/colour = green\nsize = 7\n$/),
  settings: 'level = 7\n',
  eve: expect.stringContaining('(eve)'),
  password: '$y$changed',
  doomed: false,
};
const before = { ...sound, ...edits, program: '1.0-1', account: false };
const updated = { ...sound, ...edits, program: '1.1-1', account: true };
const history = (...newest: object[]) => ({
  value: { entries: expect.arrayContaining(newest.map((entry) => expect.objectContaining(entry) as object)) },
});
const tried = expect.stringContaining('understudy.trial=point-');
const returned = expect.stringContaining('understudy.previous=point-');

describe.each(mountedFileSystems)('trials on %s', async (fileSystem) => {
  const impossible = isThorough
    ? ((await guestImpossible(fileSystem)) ?? (await grubImpossible()))
    : notAsked;
  describe.skipIf(impossible !== undefined)(`in a guest (${impossible ?? 'run'})`, () => trials(fileSystem));
});

function trials(fileSystem: MountedFileSystem): void {
  const isShared = fileSystem === 'ext4';
  let guest: Guest;
  let kernel: unknown;
  /** Up to the switch: what is left to do is the first start of the new system. */
  beforeAll(async () => {
    guest = await makeGuest({
      suite: 'trixie',
      include: ['grub2-common', ...(isShared ? [] : ['btrfs-progs'])],
      fileSystem,
      grub: true,
      prepare,
      freeMebibytes: 2500,
    });
    const [first, background] = await start('background', 2);
    expect(first).toMatchObject({ ...sound, program: '1.0-1', doomed: true });
    // At the lowest priority, of which the shares of processor and disk are the unit's.
    expect(background).toMatchObject({
      background: 'success',
      triggered: 'understudy-stage.timer',
      shares: ['19', 'idle', '3'],
      nice: [19],
      staged: { ready: true },
      automatic: { failures: 0 },
      wasEdited: true,
    });
    const [began, ...did] = await start('activate');
    expect(began).toMatchObject({
      ...sound,
      ...edits,
      root: isShared ? '/' : '/@',
      program: '1.0-1',
      left: [],
    });
    kernel = began?.['kernel'];
    expect(did.slice(0, 2)).toMatchObject([
      { did: 'activate', answer: { ok: false, problem: { code: 'CHANGED_MEANWHILE' } } },
      { did: 'decide', ok: true },
    ]);
    await guest.save();
  }, 90 * 60_000);
  afterAll(() => guest.dispose());

  /** One start of the machine, up to where it is switched off or restarts. */
  async function start(task: string, times = 1): Promise<Said[]> {
    const ended = await guest.run({
      script: `${inside}trial-once.js`,
      files: { 'guest-system.js': { from: `${inside}guest-system.js` }, task: { text: task } },
      minutes: minutes * times,
      keep: true,
    });
    console.log(`${fileSystem}, ${task}: ${ended.how} after ${ended.seconds.toFixed(0)} s`);
    if (ended.how === 'timeout') throw new Error(ended.story);
    return ended.lines.filter((line) => !('errand' in (line as object))) as Said[];
  }

  it('keeps a healthy one, and takes it back', test, async () => {
    await guest.restore();
    const [trial] = await start('look');
    expect(trial).toMatchObject({ ...updated, words: tried, checked: 'yes', left: [], watchdog: 'inactive' });
    expect(trial?.['kernel']).not.toBe(kernel);
    expect(trial).toMatchObject({ history: history({ kind: 'activate', outcome: 'done' }) });
    // GRUB's own menu knows the new kernel by now.
    const [later, did] = await start('return');
    expect(later).toMatchObject({ ...updated, kernel: trial?.['kernel'], checked: 'no', left: [] });
    expect(later?.['words']).not.toContain('understudy.');
    expect(did).toMatchObject({ did: 'rollback', answer: { ok: true } });
    const [after] = await start('look');
    expect(after).toMatchObject({ ...before, kernel, later: 'of the new system\n' });
    expect(after).toMatchObject({ history: history({ kind: 'rollback', outcome: 'done' }) });
    const [last] = await start('look');
    expect(last).toMatchObject({ ...before, kernel, later: 'of the new system\n', left: [] });
  });

  /** Starts the new system, spoiled, and then whatever starts by itself. */
  async function fallBack(because: string, spoil: (root: string) => void): Promise<Said | undefined> {
    await guest.restore();
    await guest.onDisk(spoil);
    expect(await start('look')).toEqual([]);
    const [began] = await start('look');
    expect(began).toMatchObject({ ...before, kernel, history: history({ kind: 'rollback', because }) });
    return began;
  }

  /** Where the root is shared, so is what is altered in it: there it counts on a trial alone. */
  const onTrial = isShared ? 'ConditionKernelCommandLine=understudy.trial' : '';

  it('falls back from one whose initramfs is broken', test, async () => {
    const seen = await fallBack('did-not-come-up', (root) => {
      const boot = join(root, 'boot');
      for (const name of readdirSync(boot).filter((each) => /^initrd\.img-.*amd64$/.test(each))) {
        // In place of the file, since the one that was kept is another name of it.
        writeFileSync(join(boot, 'new'), 'no initramfs');
        renameSync(join(boot, 'new'), join(boot, name));
      }
    });
    expect(seen).toMatchObject({ words: returned });
  });

  it('falls back from one whose kernel panics', test, async () => {
    const seen = await fallBack('did-not-come-up', (root) => {
      if (isShared) {
        // Without its initramfs the kernel cannot mount the root.
        const menu = join(root, 'boot/grub/custom.cfg');
        writeFileSync(menu, readFileSync(menu, 'utf8').replace("'panic=30'", "'panic=30' 'rdinit=/none'"));
        return;
      }
      // The end of the first process is a panic of the kernel.
      rmSync(join(root, 'usr/sbin/init'));
      writeFileSync(join(root, 'usr/sbin/init'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    });
    expect(seen).toMatchObject({ words: returned });
  });

  it('falls back from one whose default target fails', test, async () => {
    await fallBack('unhealthy', (root) => {
      unit(root, 'broken.service', `[Unit]\n${onTrial}\n[Service]\nType=oneshot\nExecStart=/bin/false\n`);
      enable(root, 'broken.service', 'multi-user.target.requires');
    });
  });

  it('falls back from one whose default target is never reached', test, async () => {
    await fallBack('unhealthy', (root) => {
      unit(root, 'endless.service', endless('multi-user.target', onTrial));
      enable(root, 'endless.service', 'multi-user.target.wants');
    });
  });

  it('falls back from one that hangs before anything could judge it', test, async () => {
    const seen = await fallBack('did-not-come-up', (root) => {
      unit(root, 'endless.service', endless('sysinit.target', `DefaultDependencies=no\n${onTrial}`));
      enable(root, 'endless.service', 'sysinit.target.wants');
    });
    expect(seen).toMatchObject({ words: returned });
  });
}

/** Debian's own updates are waiting, the kernel's among them, and those for practice; the timer looks soon, and often. */
async function prepare(root: string): Promise<void> {
  await installUnderstudy(root);
  console.log(`${await offerDebianUpdates(root)} updates of Debian's`);
  addNetworkToNowhere(root);
  enable(root, 'understudy-stage.timer', 'timers.target.wants');
  mkdirSync(join(root, units, 'understudy-stage.timer.d'));
  const often = '[Timer]\nOnCalendar=\nRandomizedDelaySec=0\nOnBootSec=1min\nOnUnitInactiveSec=1min\n';
  unit(root, 'understudy-stage.timer.d/often.conf', often);
  const program = inCheckout('electron/cli/understudy.js');
  const always = ['automatic.fromHour=0', 'automatic.toHour=0'];
  await runOrFault([process.execPath, program, '--root', root, 'settings', ...always], { timeoutMs: 60_000 });
  mkdirSync(join(root, 'etc/understudy'), { recursive: true });
  writeFileSync(join(root, 'etc/understudy/btrfs-environments'), '');
  writeFileSync(join(root, 'etc/doomed.conf'), 'not for long\n');
  // What the menu says once grub-mkconfig(8) has written it.
  const words =
    'GRUB_TIMEOUT=0\nGRUB_CMDLINE_LINUX="console=tty0 console=ttyS0 quiet"\nGRUB_DISABLE_OS_PROBER=true\n';
  mkdirSync(join(root, 'etc/default'), { recursive: true });
  writeFileSync(join(root, 'etc/default/grub'), words);
}

function unit(root: string, name: string, text: string): void {
  writeFileSync(join(root, units, name), text);
}

function enable(root: string, name: string, by: string): void {
  const link = join(root, units, by, name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(`../${name}`, link);
}

/** A service that is being started forever, in the way of a target. */
function endless(target: string, more: string): string {
  const service = 'Type=oneshot\nExecStart=/bin/sleep infinity\nTimeoutStartSec=infinity';
  return `[Unit]\n${more}\nBefore=${target}\n[Service]\n${service}\n`;
}
