/** GRUB, started for real in a machine of its own from a disk like a BIOS machine's. Its own tools read and write what we write. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BootEntry } from '../../../electron/engine/bootloader/boot-loader.js';
import { bootLoaderFor } from '../../../electron/engine/bootloader/registry.js';
import { faultOf } from '../../../electron/engine/fault.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { openSystem } from '../../../electron/engine/system.js';
import {
  grubImpossible,
  makeGrubDisk,
  makeTellingKernel,
  mountGrubDisk,
  startGrub,
} from '../../lab/boot/grub-disk.js';
import { grubMenu, menuWithoutCustom } from '../../lab/boot/grub-menu.js';
import { haveOwnMounts } from '../../lab/own-mounts.js';
import { isThorough, notAsked } from '../../lab/thorough.js';
import { contentOf } from '../../lab/content-of.js';
import { bootLoaderConformance, type Place } from './suite.js';

const impossible = await grubImpossible();
const limit = { timeoutMs: 30_000 };
const layouts = {
  'Debian: /boot/grub on ext4': { kind: 'ext4', prefix: '/grub', mebibytes: 24 },
  'Fedora: /boot/grub2 on ext4': { kind: 'ext4', prefix: '/grub2', mebibytes: 24 },
  'CentOS: /boot/grub2 on XFS': { kind: 'xfs', prefix: '/grub2', mebibytes: 320 },
  'Debian: all on ext4': { kind: 'ext4', prefix: '/boot/grub', mebibytes: 24 },
} as const;

interface GrubPlace extends Place {
  readonly root: string;
  readonly folder: string;
  readonly startAfterCut: () => Promise<string>;
}

let kernel = '';
let shared = '';

async function grubPlace({
  kind,
  prefix,
  mebibytes,
}: (typeof layouts)[keyof typeof layouts]): Promise<GrubPlace> {
  haveOwnMounts(); // QEMU reads the disk once it is unmounted
  const base = mkdtempSync(join(tmpdir(), 'understudy-grub-'));
  const [disk, root] = [join(base, 'disk'), join(base, 'root')];
  const boot = join(root, 'boot');
  const isInRoot = prefix.startsWith('/boot/');
  const [place, folder] = isInRoot ? [root, join(root, prefix)] : [boot, join(boot, prefix)];
  const makeFolders = (): void => {
    for (const path of ['usr', 'etc', 'var/lib', 'boot']) mkdirSync(join(root, path), { recursive: true });
  };
  makeFolders();
  await makeGrubDisk(disk, { kind, prefix, mebibytes });
  const mounted = async (): Promise<void> => mountGrubDisk(disk, mebibytes, place);
  await mounted();
  makeFolders();
  mkdirSync(folder);
  writeFileSync(join(folder, 'grub.cfg'), await grubMenu(isInRoot ? '/boot' : ''));
  copyFileSync(kernel, join(boot, 'vmlinuz'));
  writeFileSync(join(boot, 'initrd.img'), 'initramfs');
  return {
    root,
    boot,
    folder,
    kernel: join(boot, 'vmlinuz'),
    initramfs: join(boot, 'initrd.img'),
    loader() {
      const loader = bootLoaderFor(openSystem(root));
      if (loader === undefined) throw new Error('no boot loader');
      return loader;
    },
    async start() {
      await runOrFault(['umount', place], limit);
      try {
        return await startGrub(disk);
      } finally {
        await mounted();
      }
    },
    async startAfterCut() {
      // What the disk holds at this moment.
      const cut = `${disk}.cut`;
      await runOrFault(['cp', '--sparse=always', disk, cut], limit);
      return startGrub(cut);
    },
    content: () => contentOf(boot),
    ours: () => ['understudy.env', 'custom.cfg'].map((name) => join(folder, name)),
    async dispose() {
      await run(['umount', place], limit);
      rmSync(base, { recursive: true, force: true });
    },
  };
}

describe.skipIf(impossible !== undefined)(`GRUB${impossible ? ` (${impossible})` : ''}`, () => {
  beforeAll(async () => {
    shared = mkdtempSync(join(tmpdir(), 'understudy-kernel-'));
    kernel = join(shared, 'kernel');
    await makeTellingKernel(kernel);
  });
  afterAll(() => rmSync(shared, { recursive: true, force: true }));

  bootLoaderConformance('Debian: /boot/grub on ext4', () => grubPlace(layouts['Debian: /boot/grub on ext4']));

  describe('in particular', () => {
    let place: GrubPlace;
    const entry = (title: string, options: readonly string[] = []): BootEntry => ({
      title,
      kernel: raw(place.kernel),
      initrds: [],
      options: [`entry=${title.split(' ')[0]}`, ...options],
    });
    const write = (title = 'trial') =>
      place
        .loader()
        .writeTrial({ restorePoint: 'point-1', trial: entry(title), previous: entry('previous') });
    beforeAll(async () => {
      place = await grubPlace(layouts['Fedora: /boot/grub2 on ext4']);
    });
    afterAll(() => place.dispose());

    it("finds Fedora's folder, and keeps what the user wrote into custom.cfg, with its mode", async () => {
      const custom = join(place.folder, 'custom.cfg');
      const users = "# mine: \xe9\nmenuentry 'Mine' { linux /vmlinuz entry=mine }";
      writeFileSync(custom, users, { encoding: 'latin1', mode: 0o640 });
      await write();
      const written = readFileSync(custom, 'latin1');
      expect(written.startsWith(`${users}\n### BEGIN understudy`)).toBe(true);
      expect(statSync(custom).mode & 0o777).toBe(0o640);
      expect(await place.start()).toContain('entry=trial');
      place.loader().clear();
      // A newline at its end is all that may be new.
      expect(readFileSync(custom, 'latin1').trimEnd()).toBe(users);
      rmSync(custom);
    });

    it("writes what GRUB's own tools take", async () => {
      await write(`trial's "$(title)" {}; \\`);
      const file = join(place.folder, 'understudy.env');
      expect((await runOrFault(['grub-editenv', file, 'list'], limit)).stdout).toBe(
        'understudy_trial=1\nunderstudy_restore_point=point-1\n',
      );
      await runOrFault(['grub-editenv', file, 'set', 'understudy_trial=2'], limit);
      expect(place.loader().state()).toEqual({ restorePoint: 'point-1', state: 'tried' });
      await runOrFault(['grub-script-check', join(place.folder, 'custom.cfg')], limit);
      await write(`trial's "$(title)" {}; \\`);
      expect(await place.start()).toContain("entry=trial\\'s");
      place.loader().clear();
    });

    it('does not take a start that the user chose for once', async () => {
      await write();
      const grubenv = join(place.folder, 'grubenv');
      await runOrFault(['grub-editenv', grubenv, 'create'], limit);
      await runOrFault(['grub-editenv', grubenv, 'set', 'next_entry=another'], limit);
      expect(await place.start()).toContain('entry=another');
      expect(place.loader().state()).toEqual({ restorePoint: 'point-1', state: 'waiting' });
      expect(await place.start()).toContain('entry=trial');
      place.loader().clear();
      rmSync(grubenv);
    });

    // GRUB shows its message for ten seconds before it goes on.
    const slow = isThorough ? '' : ` (${notAsked})`;
    it.skipIf(!isThorough)(`falls back at once from a kernel that cannot be loaded${slow}`, async () => {
      const broken = join(place.boot, 'broken');
      writeFileSync(broken, 'no kernel');
      await place.loader().writeTrial({
        restorePoint: 'point-1',
        trial: { ...entry('trial'), kernel: raw(broken) },
        previous: entry('previous'),
      });
      expect(await place.start()).toContain('entry=previous');
      expect(place.loader().state()?.state).toBe('tried');
      place.loader().clear();
    });

    it('is heard also when the power is cut at once, though GRUB replays no journal', async () => {
      await write();
      expect(await place.startAfterCut()).toContain('entry=trial');
      place.loader().clear();
      expect(await place.startAfterCut()).toContain('entry=menu');
    });

    it('only offers its entries once its record is gone, as after a removal', async () => {
      await write();
      rmSync(join(place.folder, 'understudy.env'));
      expect(await place.start()).toContain('entry=menu');
      place.loader().clear();
    });

    it('says why it cannot try, and touches no block that was changed by hand', async () => {
      const custom = join(place.folder, 'custom.cfg');
      const damaged = '### BEGIN understudy: rewritten by Understudy, up to END ###\nmenuentry x {}\n';
      writeFileSync(custom, damaged);
      expect(await place.loader().obstacle()).toContain('was changed between the marks');
      expect(await write().catch((error: unknown) => faultOf(error).code)).toBe('BOOT_LOADER_FAILED');
      place.loader().clear();
      expect(readFileSync(custom, 'utf8')).toBe(damaged);
      rmSync(custom);
      writeFileSync(join(place.folder, 'grub.cfg'), menuWithoutCustom());
      expect(await place.loader().obstacle()).toContain('41_custom');
    });
  });

  it.each(['CentOS: /boot/grub2 on XFS', 'Debian: all on ext4'] as const)(
    'notes its try (%s)',
    async (name) => {
      const place = await grubPlace(layouts[name]);
      try {
        // Beside the kernels, and gone when all is over.
        const [kept = ''] = place.loader().keep('point-1', [raw(place.kernel)]);
        expect(kept).toBe(join(place.boot, 'understudy/point-1/vmlinuz'));
        const entry = (title: string) => ({
          title,
          kernel: raw(title === 'previous' ? kept : place.kernel),
          initrds: [],
          options: [`entry=${title}`],
        });
        expect(await place.loader().obstacle()).toBeUndefined();
        await place
          .loader()
          .writeTrial({ restorePoint: 'point-1', trial: entry('trial'), previous: entry('previous') });
        expect(await place.start()).toContain('entry=trial');
        expect(place.loader().state()).toEqual({ restorePoint: 'point-1', state: 'tried' });
        expect(await place.start()).toContain('entry=previous');
        place.loader().clear();
        expect([await place.start(), existsSync(join(place.boot, 'understudy'))]).toEqual([
          expect.stringContaining('entry=menu'),
          false,
        ]);
      } finally {
        await place.dispose();
      }
    },
  );
});
