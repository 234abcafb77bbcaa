/**
 * Rehearsal boots of real Debian systems: one that starts is told from each that does not, before any switch. The staged environment and the system
 * stay as they were, and nothing is left behind, also where everything is killed in the middle.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof, Review } from '../../../shared/changeset.js';
import { engineFor } from '../../../electron/engine/engine.js';
import { rehearseBoot } from '../../../electron/engine/rehearsal-boot/rehearse-boot.js';
import { keptBytes } from '../../../electron/engine/rehearsal-boot/kept-journal.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { recover } from '../../../electron/engine/recover.js';
import { review } from '../../../electron/engine/review.js';
import { stage } from '../../../electron/engine/stage.js';
import { openSystem, type System, type SystemOptions } from '../../../electron/engine/system.js';
import { bootableRoot, bootImpossible, breaks, offerVersion } from '../../lab/bootable-root.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../../lab/btrfs-system.js';
import { inCheckout } from '../../lab/checkout.js';
import { removeRoot } from '../../lab/template.js';
import { diskImpossible } from '../../lab/disk-image.js';
import { isThorough, notAsked } from '../../lab/thorough.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { valueOf } from '../../lab/value-of.js';

const impossible = await bootImpossible();

/** Half of what a boot may take in software emulation. */
const limit = { rehearsalBootMs: 4 * 60_000 };
const open = (root: string, { settings, ...more }: SystemOptions = {}): System =>
  openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2, ...limit, ...settings }, ...more });

interface Rehearsed {
  readonly ready: boolean;
  readonly proof: Proof;
  readonly review: Review;
  readonly journal: string;
}

async function rehearsed(system: System): Promise<Rehearsed> {
  const { ready } = valueOf(await stage(system, { scope: 'all', boot: true }));
  const seen = valueOf(await review(system));
  const proof = seen.proofs.find(({ id }) => id === 'boot');
  if (!proof) throw new Error('there is no proof of a boot');
  const journal = seen.boot ? readFileSync(seen.boot.journal, 'utf8') : '';
  return { ready, proof, review: seen, journal };
}

const mountsIn = (folder: string): string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(folder));

/** Machines of this test alone: no other starts any. */
function machines(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(join('/proc', pid, 'cmdline'), 'latin1').includes('mount_tag=rehearsal');
    } catch {
      return false;
    }
  });
}

describe.skipIf(impossible)(`a rehearsal boot (${impossible ?? 'runs'})`, () => {
  let root: string;
  let number = 1;
  const offer = (postinst?: string): Promise<void> => offerVersion(root, (number += 1), postinst);
  beforeAll(async () => {
    root = await bootableRoot();
  });
  afterAll(() => {
    if (!impossible) removeRoot(root);
  });

  it('sees a good one reach its default target, and changes neither it nor the system', async () => {
    await offer();
    const before = await manifestOf(root);

    const system = open(root);
    const { ready, proof, review: seen, journal } = await rehearsed(system);
    expect(proof, journal.slice(-4000)).toMatchObject({ result: 'pass' });
    expect(ready).toBe(true);
    expect(seen.boot).toMatchObject({
      target: 'graphical.target',
      state: 'running',
      accelerator: 'software',
      failedUnits: [],
    });
    expect(proof.sentence).toContain(`${Math.round(seen.boot?.seconds ?? 0)} s, software emulation`);
    expect(journal).toContain('Linux version');
    expect(journal).toContain('Reached target multi-user.target');
    expect(journal.length).toBeLessThan(keptBytes);
    expect(statSync(seen.boot?.journal ?? '').mode & 0o777).toBe(0o600);
    console.log(`booted in ${(seen.boot?.seconds ?? 0).toFixed(0)} s by software emulation`);

    expect(await differences(before, await manifestOf(root))).toEqual([]);
    expect([machines(), mountsIn(root)]).toEqual([[], []]);
    // What was booted is what is sealed: sealing it again gives the same, and nothing of the machine is in it.
    const engine = engineFor(system);
    const clone = engine.environment.open(system, seen.stage);
    const record = JSON.parse(readFileSync(join(clone.folder, 'stage.json'), 'utf8')) as { seal: string };
    expect(await engine.environment.seal(system, clone)).toBe(record.seal);
    const view = engine.environment.view(clone);
    expect(view.locate(raw('etc/systemd/system/understudy-rehearsal.service'))).toBeUndefined();
    expect(readdirSync(join(clone.folder, 'root'))).toEqual([]);
  });

  it('is not made where nobody asks for it on a system that does not run, or it was asked not to', async () => {
    await offer();
    const proofOf = async (boot?: boolean): Promise<Proof | undefined> => {
      valueOf(await stage(open(root), { scope: 'all', ...(boot === undefined ? {} : { boot }) }));
      return valueOf(await review(open(root))).proofs.find(({ id }) => id === 'boot');
    };
    const [silent, refused] = [await proofOf(), await proofOf(false)];
    expect(silent).toMatchObject({
      result: 'skipped',
      sentence: expect.stringContaining('not the running') as string,
    });
    expect(refused).toMatchObject({
      result: 'skipped',
      sentence: expect.stringContaining('asked not to') as string,
    });
  });

  describe.skipIf(!isThorough)(`of what does not start (${isThorough ? 'runs' : notAsked})`, () => {
    /** An initramfs is made once, and broken by the update: the system itself keeps its own. */
    it.each([
      ['a broken initramfs', breaks.initramfs, /does not start: (Initramfs unpacking failed|Kernel panic)/],
      ['a kernel that panics', breaks.init, /does not start: Kernel panic.*Attempted to kill init/],
      [
        'a default target that fails',
        breaks.target,
        /state "maintenance" and did not reach graphical\.target/,
      ],
    ] as const)('catches %s', async (_name, postinst, reason) => {
      await offer(postinst);
      const { ready, proof, journal } = await rehearsed(open(root));
      expect(proof.result, journal.slice(-4000)).toBe('fail');
      expect(proof.sentence).toMatch(reason);
      expect(ready).toBe(false);
      expect(machines()).toEqual([]);
    });

    it('catches one that hangs, at its time limit, and names what it waits for', async () => {
      await offer(breaks.hang);
      const { ready, proof, journal } = await rehearsed(
        open(root, { settings: { rehearsalBootMs: 60_000 } }),
      );
      expect(proof, journal.slice(-4000)).toMatchObject({ result: 'fail' });
      expect(proof.sentence).toMatch(
        /did not reach its default target within .* waits for .*rehearsed-hangs\.service/,
      );
      expect(ready).toBe(false);
      expect(machines()).toEqual([]);
    });

    it('tells of a unit that the update brings and that fails, and leaves the choice to the user', async () => {
      await offer(breaks.unit);
      const { ready, proof, review: seen, journal } = await rehearsed(open(root));
      expect(proof, journal.slice(-4000)).toMatchObject({ result: 'warn' });
      expect(seen.boot).toMatchObject({ state: 'degraded', failedUnits: ['rehearsed-fails.service'] });
      expect(proof.details.join('\n')).toContain(
        'rehearsed-fails.service: failed (exit-code); the update changes it.',
      );
      expect(ready).toBe(true);
    });

    it('ends with whoever cancels it', async () => {
      await offer();
      const cancel = new AbortController();
      const report = { phase: stopAtBoot(() => cancel.abort()), log: () => undefined };
      const outcome = await stage(open(root, { signal: cancel.signal, report }), {
        scope: 'all',
        boot: true,
      });
      expect(outcome).toMatchObject({ ok: false, problem: { code: 'CANCELLED' } });
      expect(machines()).toEqual([]);
    });

    it('leaves no process, mount or folder where everything is killed in the middle', async () => {
      await offer();

      const child = spawn(
        process.execPath,
        [
          inCheckout('electron/cli/understudy.js'),
          '--root',
          root,
          'stage',
          '--scope',
          'all',
          '--boot',
          '--json',
        ],
        { stdio: ['ignore', 'pipe', 'ignore'] },
      );
      let said = '';
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (/Booting: .*systemd/.test(said)) resolve();
        });
        child.once('exit', () => reject(new Error(`it ended by itself: ${said.slice(-2000)}`)));
      });
      expect(machines()).not.toEqual([]);
      child.removeAllListeners('exit');
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await expect.poll(machines, { timeout: 20_000 }).toEqual([]);
      expect(mountsIn(root)).toEqual([]);
      const stages = join(root, 'var/lib/understudy/stages');
      for (const name of readdirSync(stages)) expect(readdirSync(join(stages, name, 'root'))).toEqual([]);
      expect(valueOf(await recover(open(root))).transactions).toMatchObject([{ kind: 'stage' }]);
      expect(existsSync(stages) ? readdirSync(stages).length : 0).toBeLessThanOrEqual(1);
    });

    it('is the same on btrfs', async (context) => {
      const reason = await diskImpossible('btrfs');
      context.skip(reason !== undefined, reason);
      let place: BtrfsSystem | undefined;
      try {
        place = await btrfsSystem(
          btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'],
          async (into) => {
            await runOrFault(['cp', '-a', `${root}/.`, into], { timeoutMs: 120_000 });
            // Where something is kept already, its backend goes on.
            rmSync(join(into, 'var/lib/understudy'), { recursive: true, force: true });
          },
          1800,
        );
        await offerVersion(place.root, 100);
        const { ready, proof, review: seen, journal } = await rehearsed(open(place.root));
        expect(engineFor(open(place.root)).environment.name).toBe('btrfs');
        expect(proof, journal.slice(-4000)).toMatchObject({ result: 'pass' });
        expect(seen.boot?.target).toBe('graphical.target');
        expect(ready).toBe(true);
      } finally {
        await place?.dispose();
      }
    });
  });

  it('is refused in words where there is nothing to boot', async () => {
    const system = open(root);
    const { environment } = engineFor(system);
    const view = {
      ...environment,
      view: () => ({ locate: () => undefined, resolve: () => undefined, list: () => [] }),
    };
    const clone = { id: 'none', folder: system.store };
    const input = { system, environment: view, clone, changes: [], asked: true, hasFailed: false };
    expect(await rehearseBoot(input)).toMatchObject({
      proof: { result: 'skipped', sentence: 'There is no kernel in this environment.' },
    });
  });
});

/** A reporter that calls as soon as the machine speaks. */
function stopAtBoot(stop: () => void): System['report']['phase'] {
  return (_phase, _text, body) =>
    body(({ text }) => {
      if (text?.startsWith('Booting: ')) stop();
    });
}
