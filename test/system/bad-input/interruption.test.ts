/**
 * Two at once, Ctrl+C and `kill -9` at moments that nobody chose: the second one is told who works, a cancel leaves nothing,
 * and after a kill the system is exactly the old one or exactly the new one, with no process and no mount left behind.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { command, startCommand } from '../../lab/bad-input-command.js';
import { badInputSystem, leftovers, type BadInputSystem } from '../../lab/bad-input-system.js';
import { badName } from '../../lab/bad-packages.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

const impossible = await debianRootImpossible();

describe.skipIf(impossible)(`interruptions (${impossible ?? 'runs'})`, () => {
  let system: BadInputSystem;

  beforeAll(async () => {
    system = await badInputSystem();
    system.offer(system.practice);
  });
  afterAll(async () => {
    await (system as BadInputSystem | undefined)?.dispose();
  });

  /** A session ends a moment after the engine that started it was killed: the kernel does it. */
  async function nothingLeft(): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (leftovers(system.root).length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(leftovers(system.root)).toEqual([]);
  }

  describe('two at once', () => {
    it('the second one is told which process works, and may try later', async () => {
      system.forget();
      const name = badName('talks-for-ever');
      system.offer([name]);
      const first = startCommand(system.root, ['stage', '--scope', 'all']);
      await first.until(/still here/);
      for (const words of [['stage'], ['plan'], ['activate', '--yes'], ['rollback', '--yes'], ['recover'], ['prune', '--yes']]) {
        const second = await command(system.root, ...words);
        expect(second.summary, words.join(' ')).toBe('BUSY_UNDERSTUDY, exit 75');
        expect(second.problem?.details.join('\n')).toContain(String(first.child.pid));
      }
      expect((await command(system.root, 'inspect')).exitCode).toBe(0);
      expect((await command(system.root, 'history')).exitCode).toBe(0);
      first.child.kill('SIGINT');
      expect((await first.answer).summary).toBe('CANCELLED, exit 1');
      expect(await system.changed()).toEqual([]);
      await nothingLeft();
      system.offer(system.practice);
    });

    it.each(['var/lib/dpkg/lock-frontend', 'var/lib/dpkg/lock'])('another package tool holds %s', async (lock) => {
      system.forget();
      expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
      const holder = holdLock(join(system.root, lock));
      await holder.ready;
      try {
        for (const words of [['stage'], ['activate', '--how', 'live', '--yes']]) {
          const answer = await command(system.root, ...words);
          expect(['CHECK_BLOCKED, exit 4', 'BUSY_PACKAGES, exit 75'], words.join(' ')).toContain(answer.summary);
          expect(answer.problem?.details.join('\n')).toContain(String(holder.pid));
        }
        expect(await system.changed()).toEqual([]);
      } finally {
        await holder.release();
      }
      expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
    });
  });

  describe('Ctrl+C', () => {
    it.each(['refresh', 'resolve', 'check', 'download', 'clone', 'rehearse', 'verify', 'compare'])(
      'in a staging, in the phase “%s”',
      async (phase) => {
        system.forget();
        const running = startCommand(system.root, ['stage']);
        await running.until(new RegExp(`"phase-started","phase":"${phase}"`));
        running.child.kill('SIGINT');
        const answer = await running.answer;
        expect(answer.summary, JSON.stringify(answer.problem)).toBe('CANCELLED, exit 1');
        await nothingLeft();
        expect(await system.changed()).toEqual([]);
        expect(readdirSync(join(system.store, 'stages'))).toEqual([]);
        expect((await command(system.root, 'recover')).value).toMatchObject({ transactions: [], cleaned: [] });
      },
    );

    it('in a download that is slow', async () => {
      system.forget();
      system.setFaults({ path: /\.deb$/, kind: 'slow', bytesPerSecond: 200 });
      const running = startCommand(system.root, ['stage']);
      await running.until(/"phase":"download".*"done"/);
      running.child.kill('SIGINT');
      expect((await running.answer).summary).toBe('CANCELLED, exit 1');
      system.setFaults();
      await nothingLeft();
      expect(await system.changed()).toEqual([]);
    });

    it.each(['check', 'compare', 'prepare'])('in a switch, in the phase “%s”, before the commit point', async (phase) => {
      system.forget();
      expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
      const running = startCommand(system.root, ['activate', '--how', 'live', '--yes']);
      await running.until(new RegExp(`"phase-started","phase":"${phase}"`));
      running.child.kill('SIGINT');
      const answer = await running.answer;
      if (answer.ok) {
        // It was too late: what was begun is then complete.
        expect(phase).toBe('prepare');
        expect((await command(system.root, 'rollback', '--yes')).summary).toBe('ok, exit 0');
      } else expect(answer.summary).toBe('CANCELLED, exit 1');
      expect(await system.changed()).toEqual([]);
      await nothingLeft();
      expect((await command(system.root, 'recover')).value).toMatchObject({ transactions: [], cleaned: [] });
    });
  });

  describe('kill -9', () => {
    const seed = Number(process.env['UNDERSTUDY_TEST_SEED'] ?? 20261120);

    it(`at moments by chance (seed ${seed})`, { timeout: 400_000 }, async () => {
      system.forget();
      const old = await manifestOf(system.root);
      let started = Date.now();
      expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
      const stagingMs = Date.now() - started;
      started = Date.now();
      expect((await command(system.root, 'activate', '--how', 'live', '--yes')).summary).toBe('ok, exit 0');
      const switchingMs = Date.now() - started;
      const updated = await manifestOf(system.root);
      expect((await command(system.root, 'rollback', '--yes')).summary).toBe('ok, exit 0');

      const seen: Record<string, number> = {};
      const random = generator(seed);
      for (let round = 0; round < 14; round += 1) {
        const verb = round % 2 === 0 ? 'stage' : 'activate';
        const words = verb === 'stage' ? ['stage'] : ['activate', '--how', 'live', '--yes'];
        const hasStage = existsSync(join(system.store, 'stages')) && readdirSync(join(system.store, 'stages')).length > 0;
        if (verb === 'activate' && !hasStage) expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
        const after = Math.floor(random() * (verb === 'stage' ? stagingMs : switchingMs));
        const running = startCommand(system.root, words);
        const timer = setTimeout(() => running.child.kill('SIGKILL'), after);
        await running.answer;
        clearTimeout(timer);
        const moment = `round ${round}: ${verb}, ${after} ms, seed ${seed}`;
        await nothingLeft();
        const recovered = await command(system.root, 'recover');
        expect([0, 5], `${moment}: ${recovered.summary}`).toContain(recovered.exitCode);
        const state = await stateOf(old, updated);
        expect(['old', 'new'], `${moment}: ${state}`).toContain(state);
        seen[`${verb}: ${state}`] = (seen[`${verb}: ${state}`] ?? 0) + 1;
        if (verb === 'stage') expect(state, moment).toBe('old');
        expect((await command(system.root, 'recover')).value).toMatchObject({ transactions: [], cleaned: [] });
        if (state === 'new') {
          expect((await command(system.root, 'rollback', '--yes')).summary, moment).toBe('ok, exit 0');
          expect(await differences(old, await manifestOf(system.root)), moment).toEqual([]);
        }
        await nothingLeft();
      }
      console.log(`killed at 14 moments: ${JSON.stringify(seen)}`);
    });

    async function stateOf(old: ManifestEntry[], updated: ManifestEntry[]): Promise<string> {
      const now = await manifestOf(system.root);
      const toOld = await differences(old, now);
      if (toOld.length === 0) return 'old';
      const toNew = await differences(updated, now);
      return toNew.length === 0 ? 'new' : `a mix: ${toOld.slice(0, 5).join('; ')}; ${toNew.slice(0, 5).join('; ')}`;
    }

    it('of the whole process group, with the session in it', async () => {
      system.forget();
      const running = startCommand(system.root, ['stage']);
      await running.until(/"phase-started","phase":"rehearse"/);
      await runOrFault(['kill', '-9', String(running.child.pid)], { timeoutMs: 5000 });
      expect((await running.answer).signal).toBe('SIGKILL');
      await nothingLeft();
      expect((await command(system.root, 'stage')).summary).toBe('RECOVERED, exit 5');
      expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
      expect(await system.changed()).toEqual([]);
    });
  });
});

/** Numbers from 0 to 1 that a seed repeats: a linear congruential generator, Numerical Recipes' constants. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A process of its own that holds a lock as dpkg does, until it is told to let go. */
function holdLock(path: string): { pid: number | undefined; ready: Promise<void>; release(): Promise<void> } {
  const module = new URL('../../../dist/electron/engine/posix/lock.js', import.meta.url).href;
  const program = [
    `import { tryLock } from ${JSON.stringify(module)};`,
    `const attempt = tryLock(${JSON.stringify(path)});`,
    `if ('busy' in attempt) process.exit(9);`,
    `process.stdout.write('held');`,
    `process.stdin.resume().on('end', () => { attempt.held.release(); process.exit(0); });`,
  ].join('\n');
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid,
    ready: new Promise((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the lock was not taken: ${code}`)));
    }),
    async release() {
      child.stdin.end();
      await ended;
    },
  };
}
