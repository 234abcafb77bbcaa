/**
 * What every boot loader must do (`electron/engine/bootloader/boot-loader.ts`): a trial is started once, the previous entry from then on, and
 * afterwards the system's own menu is what it was. Who starts is the boot loader itself, or its own tool.
 */
import { appendFileSync, readFileSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { BootEntry, BootLoader, Trial } from '../../../electron/engine/bootloader/boot-loader.js';
import { faultOf } from '../../../electron/engine/fault.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { isThorough, notAsked } from '../../lab/thorough.js';

export interface Place {
  /** Where the partition is mounted on which the boot loader's own state lies. */
  readonly boot: string;
  /** True where a kernel is kept on another file system than `boot`. */
  readonly keepsElsewhere?: boolean;
  /** A kernel that can be started, and an initramfs, where the boot loader reads. */
  readonly kernel: string;
  readonly initramfs: string;
  loader(): BootLoader;
  /** One start: the command line of what is started. What the system's own menu starts is told `entry=menu`. */
  start(): Promise<string>;
  /** Every file that the boot loader reads, with its content. */
  content(): Record<string, string>;
  /** Files of the boot loader itself that are ours, and may be torn. */
  ours(): string[];
  dispose(): Promise<void>;
}

const point = 'point-20260101-000000-abcd';

export interface Extent {
  /** Which cases that need starts are run where no thorough run is asked for, since a start may take seconds: `life` goes through everything. */
  readonly quick?: 'all' | 'life' | 'none';
  /** Which ones there are. */
  readonly thorough?: 'all' | 'life';
}

export function bootLoaderConformance(
  name: string,
  make: () => Promise<Place>,
  { quick = 'all', thorough = 'all' }: Extent = {},
): void {
  const startingIf = (isWanted: boolean) => (what: string, body: () => Promise<void>) =>
    it.skipIf(!isWanted)(isWanted ? what : `${what} (${notAsked})`, body);
  const living = startingIf(isThorough || quick !== 'none');
  const starting = thorough === 'all' ? startingIf(isThorough || quick === 'all') : () => undefined;

  describe(name, () => {
    let place: Place;
    let before: Record<string, string>;
    const entry = (title: string, more: Partial<BootEntry> = {}): BootEntry => ({
      title: `Debian (${title})`,
      kernel: raw(place.kernel),
      initrds: [raw(place.initramfs)],
      options: ['root=/dev/vda1', 'rootflags=subvol=@', `entry=${title}`],
      ...more,
    });
    const trial = (): Trial => ({ restorePoint: point, trial: entry('trial'), previous: entry('previous') });
    const started = async (): Promise<string | undefined> => /\bentry=(\w+)/.exec(await place.start())?.[1];

    const places: Place[] = [];
    beforeEach(async () => {
      await places.pop()?.dispose();
      place = await make();
      places.push(place);
      before = place.content();
    });
    afterAll(async () => places.pop()?.dispose());

    it('can try a system here', async () => {
      expect(await place.loader().obstacle()).toBeUndefined();
      expect(place.loader().state()).toBeUndefined();
    });

    starting('starts the trial once, and the previous entry from then on', async () => {
      const loader = place.loader();
      await loader.writeTrial(trial());
      expect(loader.state()).toEqual({ restorePoint: point, state: 'waiting' });
      expect(await place.start()).toContain('root=/dev/vda1 rootflags=subvol=@ entry=trial');
      expect(place.loader().state()).toEqual({ restorePoint: point, state: 'tried' });
      expect([await started(), await started()]).toEqual(['previous', 'previous']);
      place.loader().clear();
      expect(place.loader().state()).toBeUndefined();
      expect(await started()).toBe('menu');
      expect(place.content()).toEqual(before);
    });

    living(
      'leads a whole life: a trial, the kernel kept from before it, a way back, and nothing left',
      async () => {
        const loader = place.loader();
        const [kernel, initramfs] = loader.keep(point, [raw(place.kernel), raw(place.initramfs)]);
        if (kernel === undefined || initramfs === undefined) throw new Error('nothing was kept');
        const kept = { kernel, initrds: [initramfs] };
        await loader.writeTrial({ ...trial(), previous: entry('previous', kept) });
        expect(await started()).toBe('trial');
        expect(place.loader().state()).toEqual({ restorePoint: point, state: 'tried' });
        const usual = readFileSync(place.kernel);
        const replaceKernel = (content: string | Buffer): void => {
          writeFileSync(`${place.kernel}.new`, content);
          renameSync(`${place.kernel}.new`, place.kernel);
        };
        replaceKernel('no kernel');
        expect(await started()).toBe('previous');
        await place.loader().returnTo(point, entry('return', kept));
        expect(await started()).toBe('return');
        replaceKernel(usual);
        place.loader().clear();
        expect(await started()).toBe('menu');
        expect(place.loader().state()).toBeUndefined();
        expect(place.content()).toEqual(before);
      },
    );

    it('writes the words byte for byte', async () => {
      const word = raw('root=LABEL=Größe');
      await place.loader().writeTrial({ ...trial(), trial: entry('trial', { options: [word] }) });
      expect(Object.values(place.content()).filter((text) => text.includes(word))).toHaveLength(1);
    });

    starting('leaves nothing of a trial that came up, or was never started', async () => {
      const loader = place.loader();
      const kept = loader.keep(point, [raw(place.kernel), raw(place.initramfs)]);
      expect(kept.map((path) => readFileSync(path, 'latin1'))).toEqual(
        [place.kernel, place.initramfs].map((path) => readFileSync(path, 'latin1')),
      );
      await loader.writeTrial(trial());
      loader.clear();
      loader.clear();
      expect(place.content()).toEqual(before);
      expect(await started()).toBe('menu');
    });

    starting('writes the same again, and another trial in place of an old one', async () => {
      const loader = place.loader();
      await loader.writeTrial(trial());
      const once = place.content();
      await loader.writeTrial(trial());
      expect(place.content()).toEqual(once);
      expect(await started()).toBe('trial');
      await place.loader().writeTrial({ ...trial(), restorePoint: `${point}2`, trial: entry('second') });
      expect(place.loader().state()).toEqual({ restorePoint: `${point}2`, state: 'waiting' });
      expect([await started(), await started()]).toEqual(['second', 'previous']);
    });

    starting('starts the entry of a way back until that is over', async () => {
      const loader = place.loader();
      await loader.writeTrial(trial());
      expect(await started()).toBe('trial');
      await place.loader().returnTo(point, entry('return'));
      await place.loader().returnTo(point, entry('return'));
      expect(place.loader().state()).toEqual({ restorePoint: point, state: 'tried' });
      expect([await started(), await started()]).toEqual(['return', 'return']);
      place.loader().clear();
      expect(place.content()).toEqual(before);
    });

    starting('starts a kernel that was kept after the update replaced it', async () => {
      const loader = place.loader();
      const [kernel, initramfs] = loader.keep(point, [raw(place.kernel), raw(place.initramfs)]);
      expect(loader.keep(point, [raw(place.kernel), raw(place.initramfs)])).toEqual([kernel, initramfs]);
      if (kernel === undefined || initramfs === undefined) throw new Error('nothing was kept');
      await loader.writeTrial({
        ...trial(),
        previous: entry('previous', { kernel, initrds: [initramfs] }),
      });
      expect(await started()).toBe('trial');
      const old = readFileSync(place.kernel);
      writeFileSync(`${place.kernel}.new`, 'no kernel');
      renameSync(`${place.kernel}.new`, place.kernel);
      expect(await started()).toBe('previous');
      expect(readFileSync(kernel).equals(old)).toBe(true);
    });

    starting('changes nothing where there is no room', async () => {
      const other = join(place.boot, 'filling');
      const fill = (): void => {
        for (let size = 1024 ** 2; size >= 512; size /= 2)
          try {
            for (;;) appendFileSync(other, Buffer.alloc(size, 1));
          } catch (error) {
            expect(faultOf(error).code).toBe('NO_SPACE');
          }
      };
      fill();
      const full = place.content();
      expect(statfsSync(place.boot).bavail).toBe(0);
      if (!place.keepsElsewhere)
        expect(() => place.loader().keep(point, [raw(place.kernel), raw(place.initramfs)])).toThrow(
          expect.objectContaining({ code: 'NO_SPACE' }),
        );
      expect(place.content()).toEqual(full);
      const failure = await place
        .loader()
        .writeTrial(trial())
        .catch((error: unknown) => faultOf(error).code);
      expect(failure).toBe('NO_SPACE');
      place.loader().clear();
      expect(place.content()).toEqual(full);
      expect(place.loader().state()).toBeUndefined();
      expect(await started()).toBe('menu');
    });

    starting('starts something from whatever a power cut tore', async () => {
      await place.loader().writeTrial(trial());
      const files = place.ours();
      expect(files.length).toBe(2);
      for (const file of files) {
        // A start of the trial may have cost the one before its file.
        await place.loader().writeTrial(trial());
        const whole = readFileSync(file);
        const seen: (string | undefined)[] = [];
        for (const torn of [whole.subarray(0, 0), whole.subarray(0, whole.length / 2)]) {
          writeFileSync(file, torn);
          seen.push(await started());
        }
        for (const one of seen)
          expect(['menu', 'trial', 'previous'], `${file}: ${seen.join()}`).toContain(one);
        writeFileSync(file, whole);
      }
      // All of it whole again, as a look at what was torn may have cost the trial.
      await place.loader().writeTrial(trial());
      expect(await started()).toBe('trial');
    });
  });
}
