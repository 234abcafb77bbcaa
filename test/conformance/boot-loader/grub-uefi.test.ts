/**
 * GRUB, started by UEFI firmware in a machine of its own: with /boot on ext4, to which it can write, and with /boot inside the root's subvolume of
 * btrfs, to which it cannot.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BootEntry } from '../../../electron/engine/bootloader/boot-loader.js';
import { bootLoaderFor } from '../../../electron/engine/bootloader/registry.js';
import { btrfsDriver } from '../../../electron/engine/environments/btrfs/btrfs-driver.js';
import { join as inTree, raw } from '../../../electron/engine/posix/raw-path.js';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { makeTellingKernel } from '../../lab/boot/grub-disk.js';
import { grubMenu } from '../../lab/boot/grub-menu.js';
import { grubUefiImpossible, installGrub, makeImage, withFatAt } from '../../lab/boot/grub-uefi.js';
import { uefiImpossible, uefiMachine } from '../../lab/boot/uefi-machine.js';
import { diskImpossible, openDisks } from '../../lab/disk-image.js';
import { contentOf } from '../../lab/content-of.js';
import { haveOwnMounts } from '../../lab/own-mounts.js';
import { bootLoaderConformance, type Place } from './suite.js';

const impossible =
  (await uefiImpossible()) ??
  (await grubUefiImpossible()) ??
  (await diskImpossible('ext4')) ??
  (await diskImpossible('btrfs'));
const limit = { timeoutMs: 60_000 };

interface UefiPlace extends Place {
  readonly root: string;
  readonly esp: string;
  system(): System;
}

let kernel = '';

/** What /boot is: a file system of its own, to which GRUB can write or not, or a folder of the root. */
type Boot = 'ext4' | 'btrfs' | 'in the root of btrfs';

async function uefiPlace(kind: Boot): Promise<UefiPlace> {
  haveOwnMounts(); // QEMU reads the disk once it is unmounted
  const disks = openDisks();
  const [root, esp, image] = ['root', 'esp', 'disk'].map((name) => join(disks.folder, name));
  if (root === undefined || esp === undefined || image === undefined) throw new Error('unnamed');
  const [boot, store] = [join(root, 'boot'), join(root, 'var/lib/understudy')];
  const isInRoot = kind === 'in the root of btrfs';
  const mount = (options: string, at: string) => runOrFault(['mount', '-o', options, image, at], limit);
  await disks.mount('ext4', esp, 24);
  await makeImage(kind === 'ext4' ? 'ext4' : 'btrfs', image, kind === 'ext4' ? 24 : 160);
  mkdirSync(root);
  const subvolume = isInRoot ? '@' : '@boot';
  if (kind !== 'ext4') {
    await mount('loop', root);
    for (const name of [subvolume, '@understudy'])
      await runOrFault(['btrfs', 'subvolume', 'create', join(root, name)], limit);
    await runOrFault(['umount', root], limit);
  }
  if (isInRoot) await mount('loop,subvol=@', root);
  for (const path of ['usr', 'etc', 'boot', store.slice(root.length)])
    mkdirSync(join(root, path), { recursive: true });
  if (isInRoot) {
    writeFileSync(join(root, 'etc/fstab'), 'UUID=0 / btrfs subvol=/@ 0 0\n');
    const argv = ['findmnt', '--noheadings', '--nofsroot', '--output', 'SOURCE', root] as const;
    const { stdout } = await runOrFault([...argv], limit);
    await runOrFault(['mount', '-o', 'subvol=@understudy', stdout.trim(), store], limit);
  }
  const mounted = async (): Promise<void> => {
    if (!isInRoot) await mount(kind === 'ext4' ? 'loop' : 'loop,subvol=@boot', boot);
    mkdirSync(join(boot, 'efi'), { recursive: true });
    await runOrFault(['mount', '--bind', esp, join(boot, 'efi')], limit);
  };
  await mounted();
  const top = { ext4: '', btrfs: '/@boot', 'in the root of btrfs': '/@/boot' }[kind];
  mkdirSync(join(boot, 'grub'));
  writeFileSync(join(boot, 'grub/grub.cfg'), await grubMenu(top));
  copyFileSync(kernel, join(boot, 'vmlinuz'));
  writeFileSync(join(boot, 'initrd.img'), 'initramfs');
  await installGrub(esp, image, `${top}/grub`);
  const machine = await uefiMachine(esp, [image]);
  const system = (): System => ({
    ...openSystem(root),
    machine: withFatAt(join(boot, 'efi'), machine.partition, join(disks.folder, 'proc')),
  });
  return {
    root,
    esp,
    boot: kind === 'ext4' ? boot : esp,
    keepsElsewhere: kind !== 'ext4',
    kernel: join(boot, 'vmlinuz'),
    initramfs: join(boot, 'initrd.img'),
    system,
    loader() {
      const loader = bootLoaderFor(system());
      if (loader === undefined) throw new Error('no boot loader');
      return loader;
    },
    async start() {
      if (isInRoot) {
        // GRUB writes nothing to it, so it can stay mounted.
        await runOrFault(['sync', '--file-system', root], limit);
        return machine.start();
      }
      await runOrFault(['umount', '--recursive', boot], limit);
      try {
        return await machine.start();
      } finally {
        await mounted();
      }
    },
    content: () => ({ ...contentOf(boot), ...contentOf(join(store, 'kernels')) }),
    ours: () => [
      kind === 'ext4' ? join(boot, 'grub/understudy.env') : join(esp, 'understudy/understudy.env'),
      join(boot, 'grub/custom.cfg'),
    ],
    async dispose() {
      machine.dispose();
      for (const place of [boot, root]) await run(['umount', '--recursive', place], limit);
      await disks.dispose();
    },
  };
}

describe.skipIf(impossible !== undefined)(`GRUB with UEFI${impossible ? ` (${impossible})` : ''}`, () => {
  let shared = '';
  beforeAll(async () => {
    shared = mkdtempSync(join(tmpdir(), 'understudy-kernel-'));
    kernel = join(shared, 'kernel');
    await makeTellingKernel(kernel);
  });
  afterAll(() => rmSync(shared, { recursive: true, force: true }));

  bootLoaderConformance('/boot on ext4', () => uefiPlace('ext4'), { quick: 'none' });
  bootLoaderConformance('/boot on btrfs', () => uefiPlace('btrfs'), { quick: 'none', thorough: 'life' });
  bootLoaderConformance('/boot in the root of btrfs', () => uefiPlace('in the root of btrfs'), {
    quick: 'life',
  });

  describe('with /boot inside the root of btrfs', () => {
    let place: UefiPlace;
    const point = 'point-1';
    const entry = (title: string, file: string): BootEntry => ({
      title,
      kernel: raw(file),
      initrds: [],
      options: [`entry=${title}`],
    });
    beforeAll(async () => {
      place = await uefiPlace('in the root of btrfs');
    });
    afterAll(() => place.dispose());

    it('starts each tree with its own kernel, by the name that it has at the start', async () => {
      const before = place.content();
      const system = place.system();
      const [kept] = place.loader().keep(point, [raw(place.kernel)]);
      if (kept === undefined) throw new Error('nothing was kept');
      const id = btrfsDriver.take(system, 'stage-1', { readOnly: false });
      const staged = join(system.store, 'environments/stage-1/boot');
      renameSync(join(staged, 'vmlinuz'), join(staged, 'vmlinuz-new'));
      const menu = readFileSync(join(staged, 'grub/grub.cfg'), 'utf8');
      writeFileSync(join(staged, 'grub/grub.cfg'), menu.replaceAll('vmlinuz', 'vmlinuz-new'));
      const old = btrfsDriver.current(system);
      const way = btrfsDriver.way(system);
      btrfsDriver.setNext(system, way, id);
      // What has the name of the boot entry now, and is not what runs.
      const next = btrfsDriver.find(system, id) ?? raw('');
      expect(existsSync(join(place.root, 'boot/vmlinuz'))).toBe(true);
      await place.loader().writeTrial({
        restorePoint: point,
        trial: entry('trial', inTree(next, 'boot/vmlinuz-new')),
        previous: entry('previous', kept),
      });
      expect(await place.start()).toMatch(/^BOOT_IMAGE=\S*\/@\/boot\/vmlinuz-new entry=trial$/);
      expect(await place.start()).toMatch(
        /^BOOT_IMAGE=\S*\/@understudy\/kernels\/point-1\/vmlinuz entry=previous$/,
      );
      // It fell back: the old tree gets its name again.
      expect(place.loader().state()).toEqual({ restorePoint: point, state: 'tried' });
      btrfsDriver.setNext(system, way, old);
      place.loader().clear();
      expect(place.content()).toEqual(before);
      expect(await place.start()).toMatch(/^BOOT_IMAGE=\S*\/@\/boot\/vmlinuz entry=menu$/);
    });

    it('says why it cannot try', async () => {
      expect(await place.loader().obstacle()).toBeUndefined();
      const menu = join(place.root, 'boot/grub/grub.cfg');
      const before = readFileSync(menu, 'utf8');
      writeFileSync(menu, 'menuentry x {}\n');
      expect(await place.loader().obstacle()).toContain('41_custom');
      writeFileSync(menu, before);
      await runOrFault(['mount', '-o', 'remount,bind,ro', join(place.root, 'boot/efi')], limit);
      expect(await place.loader().obstacle()).toContain('read-only');
      await runOrFault(['umount', join(place.root, 'boot/efi')], limit);
      expect(await place.loader().obstacle()).toContain('there is no EFI system partition');
    });
  });
});
