/**
 * A system on btrfs with a /boot of its own, as trials need it: its machine is one that files describe, and what GRUB does between two starts is done
 * here as test/conformance/boot-loader shows that it does it.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { activate } from '../../../electron/engine/activate.js';
import { bootLoaderFor } from '../../../electron/engine/bootloader/registry.js';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { stage } from '../../../electron/engine/stage.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { rootFlagsIn } from '../../lab/boot/our-entry.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../../lab/btrfs-system.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { diskImpossible, openDisks } from '../../lab/disk-image.js';
import { practiceSystemIn } from '../../lab/practice-system.js';
import { valueOf } from '../../lab/value-of.js';
import { enableHealthCheck, grubBetweenStarts, trialMachine } from './machine.js';

export const impossible =
  (await debianRootImpossible()) ?? (await diskImpossible('btrfs')) ?? (await diskImpossible('ext4'));
export const changed = 'etc/understudy-practice/untouched.conf';
const limit = { timeoutMs: 60_000 };
const usual = 'root=UUID=0 ro rootflags=subvol=@ quiet';

/** Made before the tests of a file, and gone after them. */
export function trialSystem() {
  const disks = openDisks();
  const folder = mkdtempSync(join(tmpdir(), 'understudy-machine-'));
  const bootDisk = join(disks.folder, 'boot');
  let place: BtrfsSystem;
  let kernels: string[] = [];
  let system: System;
  const at = (path: string): string => join(place.root, path);
  const read = (path: string): string => readFileSync(at(path), 'utf8');
  const level = (): string => /\d+/.exec(read(changed))?.[0] ?? '';
  const grub = (name: string): string => at(`boot/grub/${name}`);
  const loader = () => {
    const found = bootLoaderFor(system);
    if (!found) throw new Error('no boot loader');
    return found;
  };

  const { noteTry, wordsOf } = grubBetweenStarts(grub);
  const { machine, startKernel, manager, kexec, asked, startedIn } = trialMachine(
    folder,
    () => kernels[0] ?? '',
  );

  const verbs = startedIn(() => system);

  /** Starts what these words name; the last of several counts. */
  const startWith = async (words: readonly string[]): Promise<void> => {
    await run(['umount', '--recursive', place.root], limit);
    await runOrFault(['mount', '-t', 'btrfs', '-o', rootFlagsIn(words), place.device, place.root], limit);
    startKernel(words);
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
    await runOrFault(['mount', '-t', 'btrfs', '-o', flags, place.device, place.root], limit);
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
    place = await btrfsSystem(btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'], practiceSystemIn);
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
    enableHealthCheck(place.root);
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

  return {
    /** As it was last started. */
    get system(): System {
      return system;
    },
    get root(): string {
      return place.root;
    },
    /** Of the kernel that runs. */
    get release(): string {
      return kernels[0] ?? '';
    },
    folder,
    at,
    read,
    level,
    grub,
    loader,
    noteTry,
    wordsOf,
    startWith,
    startUserSpace,
    startUsual,
    ...verbs,
    manager,
    kexec,
    asked,
    update,
  };
}
