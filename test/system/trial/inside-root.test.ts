/**
 * The trial of a new system on btrfs whose /boot lies inside the root, through the verbs. GRUB is shown to take what is read here from the top of the
 * file system, as it does, in test/conformance/boot-loader: whether each start gets the kernel that goes with its modules.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate } from '../../../electron/engine/activate.js';
import { bootLoaderFor } from '../../../electron/engine/bootloader/registry.js';
import type { MachineSources } from '../../../electron/engine/inspect/sources.js';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { rollback } from '../../../electron/engine/rollback.js';
import { stage } from '../../../electron/engine/stage.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { ourEntry, rootFlagsIn } from '../../lab/boot/our-entry.js';
import { withFatAt } from '../../lab/boot/grub-uefi.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../../lab/btrfs-system.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { diskImpossible, openDisks } from '../../lab/disk-image.js';
import { practiceSystemIn } from '../../lab/practice-system.js';
import { valueOf } from '../../lab/value-of.js';
import { enableHealthCheck, trialMachine } from './machine.js';

const hasFat = (await run(['mkfs.vfat', '--help'], { timeoutMs: 10_000 })).status === 0;
const impossible =
  (await debianRootImpossible()) ??
  (await diskImpossible('btrfs')) ??
  (await diskImpossible('ext4')) ??
  (hasFat ? undefined : 'needs dosfstools');
const limit = { timeoutMs: 60_000 };
const usual = 'root=UUID=0 ro rootflags=subvol=@ quiet';

describe.skipIf(impossible !== undefined)(
  `a trial inside the root${impossible ? ` (${impossible})` : ''}`,
  () => {
    const disks = openDisks();
    const folder = mkdtempSync(join(tmpdir(), 'understudy-machine-'));
    const esp = join(disks.folder, 'esp');
    let place: BtrfsSystem;
    let release = '';
    let system: System;
    let machine: MachineSources;
    const { machine: described, manager, startedIn } = trialMachine(folder, () => release);
    const { examined, recovered: allRecovered } = startedIn(() => system);
    const at = (path: string): string => join(place.root, path);
    const level = (): string =>
      /\d+/.exec(readFileSync(at('etc/understudy-practice/untouched.conf'), 'utf8'))?.[0] ?? '';
    const state = () => bootLoaderFor(system)?.state()?.state;

    /** What GRUB starts: kernel and words, from the menu of whichever tree has the name of the boot entry. */
    const next = (): { kernel: string; words: readonly string[] } | 'the usual' => {
      const note = join(esp, 'understudy/understudy.env');
      const text = existsSync(note) ? readFileSync(note, 'latin1') : '';
      const number = /^understudy_trial=(\d)$/m.exec(text)?.[1];
      const custom = join(place.top, '@/boot/grub/custom.cfg');
      if (number === undefined || !existsSync(custom)) return 'the usual';
      if (number === '1') writeFileSync(note, text.replace('understudy_trial=1', 'understudy_trial=2'));
      const id = number === '1' ? 'trial' : 'previous';
      const { kernel, initrd, words } = ourEntry(readFileSync(custom, 'utf8'), id);
      expect(readFileSync(join(place.top, initrd)).length).toBeGreaterThan(0);
      return { kernel: readFileSync(join(place.top, kernel), 'latin1'), words };
    };
    /** The kernel that was started, and the tree that became the root. */
    const start = async (): Promise<{ kernel: string | undefined; words: readonly string[] }> => {
      const found = next();
      const words = found === 'the usual' ? usual.split(' ') : found.words;
      await run(['umount', '--recursive', place.root], limit);
      await runOrFault(['mount', '-t', 'btrfs', '-o', rootFlagsIn(words), place.device, place.root], limit);
      await runOrFault(['mount', '--bind', esp, at('boot/efi')], limit);
      writeFileSync(join(folder, 'proc/cmdline'), `BOOT_IMAGE=/@/boot/vmlinuz ${words.join(' ')}\n`);
      const settings = { reserveBytes: 16 * 1024 ** 2 };
      system = { ...openSystem(place.root, { settings }), isRunning: true, machine };
      return { kernel: found === 'the usual' ? undefined : found.kernel, words };
    };
    const kernelOf = (tree: string): string => readFileSync(join(tree, `boot/vmlinuz-${release}`), 'latin1');
    const recovered = async () => (await allRecovered()).transactions;
    const update = async (): Promise<void> => {
      valueOf(await stage({ ...system, isRunning: false }));
      valueOf(await activate(system, { how: 'shutdown' }));
      const { remarks } = valueOf(await activate(system, { scheduled: true }));
      expect(remarks).toEqual(['The new system runs after the next restart.']);
      expect(state()).toBe('waiting');
    };
    const nothingIsLeft = (): void => {
      const ours = [at('boot/grub/custom.cfg'), at('var/lib/understudy/kernels'), join(esp, 'understudy')];
      expect(ours.filter((path) => existsSync(path))).toEqual([]);
    };

    beforeAll(async () => {
      await disks.mount('ext4', esp, 24);
      mkdirSync(join(esp, 'EFI'));
      const partition = join(disks.folder, 'partition');
      await runOrFault(['mkfs.vfat', '-C', partition, '65536'], limit);
      place = await btrfsSystem(btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'], practiceSystemIn);
      for (const path of ['boot/grub', 'boot/efi', 'etc/understudy'])
        mkdirSync(at(path), { recursive: true });
      writeFileSync(at('boot/grub/grub.cfg'), 'source ${config_directory}/custom.cfg\n');
      writeFileSync(at('etc/understudy/btrfs-environments'), '');
      const names = readdirSync(at('boot')).filter((name) => name.startsWith('vmlinuz-'));
      release = names.sort()[0]?.slice('vmlinuz-'.length) ?? '';
      enableHealthCheck(place.root);
      manager('');
      machine = withFatAt(at('boot/efi'), partition, join(folder, 'proc'), described);
      await start();
    });
    afterAll(async () => {
      await run(['umount', '--recursive', place.root], limit);
      await place.dispose();
      await disks.dispose();
      rmSync(folder, { recursive: true, force: true });
    });

    it('falls back to the old tree with its own kernel', async () => {
      const old = kernelOf(place.root);
      await update();
      // The update builds the kernel that runs anew, under its name.
      writeFileSync(join(place.top, `@/boot/vmlinuz-${release}`), 'built anew');
      expect(existsSync(at('boot/grub/custom.cfg'))).toBe(false);
      const trial = await start();
      expect(trial.words.join(' ')).toMatch(/rootflags=subvol=@ quiet understudy\.trial=point-\S+ panic=30 /);
      expect([level(), state()]).toEqual(['2', 'tried']);
      const previous = await start();
      expect(previous.kernel).toBe(old);
      expect(previous.words.at(-1)).toMatch(/^rootflags=subvol=\/@understudy\/environments\//);
      expect(level()).toBe('1');
      expect(await recovered()).toMatchObject([{ kind: 'rollback', outcome: 'rolled-back' }]);
      nothingIsLeft();
      expect((await start()).kernel).toBeUndefined();
      expect([level(), kernelOf(place.root) === old, await recovered()]).toEqual(['1', true, []]);
    }, 300_000);

    it('stays with the new one, and returns with the kernel of the one before', async () => {
      const old = kernelOf(place.root);
      await update();
      await start();
      await recovered();
      expect(await examined()).toMatchObject({ healthy: true });
      nothingIsLeft();
      await start();
      expect([level(), await recovered()]).toEqual(['2', []]);

      // It is the old tree's that is taken, not the one of this name in the tree that runs.
      writeFileSync(at(`boot/vmlinuz-${release}`), 'built anew');
      valueOf(await rollback(system));
      const returned = await start();
      expect(returned.kernel).toBe(old);
      expect(returned.words.join(' ')).toMatch(/rootflags=subvol=@ quiet understudy\.previous=\S+$/);
      await recovered();
      expect(level()).toBe('1');
      nothingIsLeft();
    }, 300_000);
  },
);
