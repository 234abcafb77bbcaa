/** The script that package managers and systemd run, on real modules: cut at every command, merging, and where it cannot do its work. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { cutScript, type Cut } from '../../lab/cut-script.js';
import { debianRoot, debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { diskImpossible, openDisks, type Disks } from '../../lab/disk-image.js';
import { guestPackages } from '../../lab/guest/guest.js';
import {
  addBuiltModule,
  contentOf,
  kmodImpossible,
  loadable,
  script,
  someModules,
} from '../../lab/kernel-modules.js';

const impossible =
  (await debianRootImpossible()) ?? (await kmodImpossible()) ?? (await diskImpossible('tmpfs'));
const [old, next] = ['6.9.1', '6.9.2'];
const few = ['fs/fuse', 'fs/fat', 'lib'];

describe.skipIf(impossible !== undefined)(
  `modules that stay (needs root${impossible ? `: ${impossible}` : ''})`,
  () => {
    let disks: Disks;
    let folder: string;
    /** Two kernels, as they were, and a copy to work on. */
    let template: string;
    let root: string;
    let before: readonly string[];
    beforeAll(async () => {
      disks = openDisks();
      // Here nobody waits for a disk.
      folder = join(disks.folder, 'memory');
      await disks.mount('tmpfs', folder, 320);
      const debian = await debianRoot({ variant: 'minbase', include: guestPackages });
      template = join(folder, 'template');
      try {
        const [release = ''] = readdirSync(join(debian, 'usr/lib/modules'));
        for (const name of [old, next])
          await someModules({ root: debian, release }, { root: template, release: name }, few);
      } finally {
        removeRoot(debian);
      }
      addBuiltModule(template, old);
      await runOrFault(['depmod', '--basedir', template, old], { timeoutMs: 60_000 });
      before = await loadable(template, old);
    }, 600_000);
    afterAll(() => disks.dispose());
    beforeEach(() => {
      root = join(folder, 'root');
      renew();
    });

    const renew = (): void => {
      rmSync(root, { recursive: true, force: true });
      cpSync(template, root, { recursive: true, verbatimSymlinks: true });
    };
    const at = (...names: readonly string[]): string => join(root, 'usr/lib/modules', ...names);
    const words = (action: 'keep' | 'restore'): string[] => ['--root', root, '--release', old, action];
    const modules = (...given: readonly string[]): { status: number | null; said: string } => {
      const { status, stdout, stderr } = spawnSync(script, given, { encoding: 'utf8', timeout: 60_000 });
      expect(stdout).toBe('');
      return { status, said: stderr };
    };
    /** As a package manager does: the kernel goes, what DKMS built stays, in another version. */
    const removeKernel = (half: boolean): void => {
      const gone = half
        ? ['kernel/fs', 'modules.dep']
        : readdirSync(at(old)).filter((name) => name !== 'updates');
      for (const name of gone) rmSync(at(old, name), { recursive: true });
      writeFileSync(at(old, 'updates/dkms/new'), 'new');
    };
    const expectWhole = async (after: 'removal' | 'nothing'): Promise<void> => {
      expect(readdirSync(at()).sort()).toEqual([old, next]);
      expect(await loadable(root, old)).toEqual(before);
      expect(existsSync(at(old, 'updates/dkms/new'))).toBe(after === 'removal');
      expect(await contentOf(at(next))).toEqual(await contentOf(join(template, 'usr/lib/modules', next)));
      const kernel = join('usr/lib/modules', old, 'kernel');
      expect(await contentOf(join(root, kernel))).toEqual(await contentOf(join(template, kernel)));
    };

    test('come back after the package of their kernel is gone, by other names of the same files', async () => {
      const { ino } = lstatSync(at(old, 'kernel/lib/libcrc32c.ko'));
      expect(modules(...words('keep'))).toEqual({ status: 0, said: '' });
      rmSync(at(old), { recursive: true });
      expect(modules(...words('restore'))).toEqual({ status: 0, said: '' });
      await expectWhole('nothing');
      expect(lstatSync(at(old, 'kernel/lib/libcrc32c.ko')).ino).toBe(ino);
    });

    test('are not kept any longer where nothing happened', async () => {
      modules(...words('keep'));
      expect(readdirSync(at()).sort()).toEqual(['.understudy', old, next]);
      modules(...words('restore'));
      await expectWhole('nothing');
      expect(modules(...words('restore'))).toEqual({ status: 0, said: '' });
    });

    test('never overwrite what the package manager left, and are found by an index of both', async () => {
      modules(...words('keep'));
      removeKernel(false);
      const built = addBuiltModule(
        root,
        old,
        readFileSync(at(next, 'kernel/lib/libcrc32c.ko')).toString('latin1'),
      );
      const content = readFileSync(at(next, 'kernel/fs/fuse/fuse.ko'));
      writeFileSync(built, content);
      const further = at(old, 'updates/dkms/further.ko');
      writeFileSync(further, content);
      expect(modules(...words('restore'))).toMatchObject({ status: 0 });
      expect(readFileSync(built).equals(content)).toBe(true);
      expect(await loadable(root, old)).toEqual([...before, 'further'].sort());
      await expect(contentOf(at(old, 'kernel'))).resolves.toEqual(
        await contentOf(join(template, 'usr/lib/modules', old, 'kernel')),
      );
    });

    test('of DKMS do not come back to a kernel that stays', () => {
      modules(...words('keep'));
      rmSync(at(old, 'updates'), { recursive: true });
      modules(...words('restore'));
      expect(existsSync(at(old, 'updates'))).toBe(false);
    });

    test('that were put aside come back when their kernel is started again', async () => {
      mkdirSync(at('.understudy/old'), { recursive: true });
      cpSync(at(old), at('.understudy/old', old), { recursive: true });
      rmSync(at(old), { recursive: true });
      expect(modules('--root', root, '--release', next, 'restore')).toMatchObject({ status: 0 });
      expect(existsSync(at(old))).toBe(false);
      expect(modules(...words('restore'))).toMatchObject({ status: 0 });
      await expectWhole('nothing');
    });

    describe.each<Cut>(['before', 'half'])('survive a cut (%s a command is done)', (cut) => {
      /** Cuts at each command until none is left. */
      const everywhere = async (
        prepare: () => void,
        action: 'keep' | 'restore',
        check: () => Promise<void>,
      ): Promise<number> => {
        const cuts = cutScript(folder);
        for (let n = 1; ; n++) {
          renew();
          prepare();
          const isCut = cuts.run(words(action), n, cut);
          await check();
          if (!isCut) return n - 1;
        }
      };

      test('while they are given other names', async () => {
        const count = await everywhere(
          () => undefined,
          'keep',
          async () => {
            // The machine starts again.
            expect(modules('--root', root, 'restore')).toMatchObject({ status: 0 });
            await expectWhole('nothing');
          },
        );
        expect(count).toBeGreaterThan(8);
      });

      test.each([true, false])(
        'while they come back (of a removal that was itself cut: %s)',
        async (half) => {
          const count = await everywhere(
            () => {
              modules(...words('keep'));
              removeKernel(half);
            },
            'restore',
            async () => {
              expect(modules('--root', root, 'restore')).toMatchObject({ status: 0 });
              await expectWhole('removal');
            },
          );
          expect(count).toBeGreaterThan(8);
        },
      );

      test('while they come back before the next package manager', async () => {
        await everywhere(
          () => {
            modules(...words('keep'));
            removeKernel(true);
          },
          'keep',
          async () => {
            modules('--root', root, 'restore');
            await expectWhole('removal');
          },
        );
      });
    });

    test.each([true, false])(
      'survive a cut between the hooks (the kernel is half removed: %s)',
      async (half) => {
        modules(...words('keep'));
        removeKernel(half);
        // The machine starts again, with whichever kernel.
        expect(modules('--root', root, '--release', next, 'restore')).toMatchObject({ status: 0 });
        modules('--root', root, 'restore');
        await expectWhole('removal');
      },
    );

    describe('where they cannot be kept', () => {
      test('for want of room, that is said, and nothing is lost or left', async () => {
        const small = join(disks.folder, 'small');
        const inodes =
          (await runOrFault(['find', template], { timeoutMs: 10_000 })).stdout.split('\n').length + 6;
        mkdirSync(small);
        const options = `size=64m,nr_inodes=${inodes}`;
        await runOrFault(['mount', '-t', 'tmpfs', '-o', options, 'understudy', small], { timeoutMs: 10_000 });
        try {
          await runOrFault(['cp', '-a', `${template}/.`, small], { timeoutMs: 10_000 });
          const given = ['--root', small, '--release', old];
          const { status, said } = modules(...given, 'keep');
          expect([status, said]).toEqual([1, expect.stringContaining('is the disk full?')]);
          expect(readdirSync(join(small, 'usr/lib/modules')).sort()).toEqual(['.understudy', old, next]);
          expect(modules(...given, 'restore')).toMatchObject({ status: 0 });
          expect(readdirSync(join(small, 'usr/lib/modules')).sort()).toEqual([old, next]);
          expect(await loadable(small, old)).toEqual(before);
        } finally {
          await runOrFault(['umount', small], { timeoutMs: 10_000 });
        }
      });

      test('in a folder that is read-only, that is said', async () => {
        await runOrFault(['mount', '--bind', root, root], { timeoutMs: 10_000 });
        try {
          await runOrFault(['mount', '-o', 'remount,bind,ro', root], { timeoutMs: 10_000 });
          expect(modules(...words('keep'))).toEqual({
            status: 1,
            said: expect.stringContaining('cannot write to'),
          });
          expect(modules(...words('restore'))).toEqual({ status: 0, said: '' });
        } finally {
          await runOrFault(['umount', root], { timeoutMs: 10_000 });
        }
      });

      test.each(['.understudy', '.understudy/kept', '.understudy/old'])(
        'because %s is a link, nothing is written through it',
        (name) => {
          const elsewhere = mkdtempSync(join(tmpdir(), 'understudy-elsewhere-'));
          mkdirSync(join(at(name), '..'), { recursive: true });
          symlinkSync(elsewhere, at(name));
          for (const action of ['keep', 'restore'] as const)
            expect(modules(...words(action))).toEqual({
              status: 1,
              said: expect.stringContaining('is a link'),
            });
          expect(readdirSync(elsewhere)).toEqual([]);
          rmSync(elsewhere, { recursive: true });
        },
      );

      test('because there are none, nothing happens', () => {
        rmSync(at(), { recursive: true });
        for (const action of ['keep', 'restore'] as const)
          expect(modules(...words(action))).toEqual({ status: 0, said: '' });
        mkdirSync(at());
        for (const action of ['keep', 'restore'] as const)
          expect(modules(...words(action))).toEqual({ status: 0, said: '' });
        expect(readdirSync(at())).toEqual([]);
      });

      test.each([[[]], [['sweep']], [['--release', '../x', 'keep']], [['--release', '.understudy', 'keep']]])(
        'because %j was asked, that is said',
        (given) => {
          expect(modules('--root', root, ...given)).toMatchObject({
            status: 1,
            said: expect.stringContaining('modules: '),
          });
          expect(readdirSync(at()).sort()).toEqual([old, next]);
        },
      );
    });

    test('on a disk that is full come back all the same: that takes no room', async () => {
      modules(...words('keep'));
      removeKernel(true);
      writeFileSync(join(folder, 'fill'), '');
      spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'fill')}`, 'bs=1M'], { timeout: 60_000 });
      try {
        modules('--root', root, 'restore');
        for (const name of ['fuse', 'fat']) expect(readdirSync(at(old, 'kernel/fs', name))).not.toEqual([]);
        expect(existsSync(at(old, 'modules.dep'))).toBe(true);
      } finally {
        rmSync(join(folder, 'fill'));
      }
      await expectWhole('removal');
    });
  },
);
