/**
 * Two at once, Ctrl+C and `kill -9` at moments that nobody chose: the second one is told who works, a cancel leaves nothing,
 * and after a kill the system is exactly the old one or exactly the new one, with no process and no mount left behind.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { activate } from '../../../electron/engine/activate.js';
import { rollback } from '../../../electron/engine/rollback.js';
import { stage } from '../../../electron/engine/stage.js';
import { openSystem } from '../../../electron/engine/system.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { command, startCommand } from '../../lab/bad-input-command.js';
import { badInputSystem, type BadInputSystem } from '../../lab/bad-input-system.js';
import { leftovers } from '../../lab/leftovers.js';
import { badName } from '../../lab/bad-packages.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

const impossible = await debianRootImpossible();

describe.skipIf(impossible)(`interruptions (${impossible ?? 'runs'})`, { timeout: 60_000 }, () => {
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
    while (leftovers(system.root).length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(leftovers(system.root)).toEqual([]);
  }

  describe('two at once', () => {
    it('the second one is told which process works, and may try later', async () => {
      system.forget();
      const name = badName('talks-for-ever');
      system.offer([name]);
      const first = startCommand(system.root, ['stage', '--scope', 'all']);
      try {
        await first.until(/still here/);
        for (const words of [
          ['stage'],
          ['plan'],
          ['activate', '--yes'],
          ['rollback', '--yes'],
          ['recover'],
          ['prune', '--yes'],
        ]) {
          const second = await command(system.root, ...words);
          expect(second.summary, words.join(' ')).toBe('BUSY_UNDERSTUDY, exit 75');
          expect(second.problem?.details.join('\n')).toContain(String(first.child.pid));
        }
        expect((await command(system.root, 'inspect')).exitCode).toBe(0);
        expect((await command(system.root, 'history')).exitCode).toBe(0);
      } finally {
        first.child.kill('SIGINT');
        system.offer(system.practice);
      }
      expect((await first.answer).summary).toBe('CANCELLED, exit 1');
      expect(await system.changed()).toEqual([]);
      await nothingLeft();
    });

    it.each(['var/lib/dpkg/lock-frontend', 'var/lib/dpkg/lock'])(
      'another package tool holds %s',
      async (lock) => {
        system.forget();
        expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
        const holder = holdLock(join(system.root, lock));
        await holder.ready;
        try {
          for (const words of [['stage'], ['activate', '--how', 'live', '--yes']]) {
            const answer = await command(system.root, ...words);
            expect(['CHECK_BLOCKED, exit 4', 'BUSY_PACKAGES, exit 75'], words.join(' ')).toContain(
              answer.summary,
            );
            expect(answer.problem?.details.join('\n')).toContain(String(holder.pid));
          }
          expect(await system.changed()).toEqual([]);
        } finally {
          await holder.release();
        }
        expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
      },
    );
  });

  it('every lock is held from the first step to the last, of a staging as of a switch', async () => {
    system.forget();
    const locks = ['var/lib/understudy/lock', 'var/lib/dpkg/lock-frontend', 'var/lib/dpkg/lock'];
    const holdersAt = (names: string[], wanted: readonly string[]) => (name: string) => {
      if (names.includes(name)) return;
      names.push(name);
      // Asked by another process: a process never sees its own locks.
      const probe = spawnSync(
        process.execPath,
        ['--input-type=module', '-e', probeProgram, ...wanted.map((lock) => join(system.root, lock))],
        { encoding: 'utf8' },
      );
      expect(probe.stdout.trim(), `${name} ${probe.stderr}`).toBe(wanted.map(() => process.pid).join(' '));
    };
    const seen: string[] = [];
    const staged = await stage(openSystem(system.root, { onStep: holdersAt(seen, locks.slice(0, 1)) }));
    expect(staged).toMatchObject({ ok: true });
    const activated = await activate(openSystem(system.root, { onStep: holdersAt(seen, locks) }), {
      how: 'live',
    });
    expect(activated).toMatchObject({ ok: true });
    const back = await rollback(openSystem(system.root, { onStep: holdersAt(seen, locks) }));
    expect(back).toMatchObject({ ok: true });
    expect(seen.length).toBeGreaterThan(15);
    expect(await system.changed()).toEqual([]);
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
        await nothingLeft();
        expect(await system.changed()).toEqual([]);
        // The last phase is short: it may have been over.
        if (phase === 'compare' && answer.ok) return;
        expect(answer.summary, JSON.stringify(answer.problem)).toBe('CANCELLED, exit 1');
        expect(readdirSync(join(system.store, 'stages'))).toEqual([]);
        expect((await command(system.root, 'recover')).value).toMatchObject({
          transactions: [],
          cleaned: [],
        });
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

    it.each(['check', 'compare', 'prepare'])(
      'in a switch, in the phase “%s”, before the commit point',
      async (phase) => {
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
        expect((await command(system.root, 'recover')).value).toMatchObject({
          transactions: [],
          cleaned: [],
        });
      },
    );
  });

  describe('kill -9', () => {
    const seed = Number(process.env['UNDERSTUDY_TEST_SEED'] ?? 20261120);

    it(`at moments by chance (seed ${seed})`, { timeout: 400_000 }, async () => {
      system.forget();
      const old = await manifestOf(system.root);
      let started = Date.now();
      expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
      const stagingMs = Date.now() - started;
      const backup = join(system.root, '../store');
      await runOrFault(['cp', '-a', system.store, backup], { timeoutMs: 60_000 });
      /** The stage as it was made once: a staging made anew has other times in it, and so is another "new". */
      const reset = async (): Promise<void> => {
        for (const name of readdirSync(system.store))
          rmSync(join(system.store, name), { recursive: true, force: true });
        await runOrFault(['cp', '-a', `${backup}/.`, system.store], { timeoutMs: 60_000 });
      };
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
        await reset();
        // A switch does most of its work in its last part.
        const after = Math.floor(
          verb === 'stage' ? random() * stagingMs : (0.4 + 0.6 * random()) * switchingMs,
        );
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
        expect((await command(system.root, 'recover')).value).toMatchObject({
          transactions: [],
          cleaned: [],
        });
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
      return toNew.length === 0
        ? 'new'
        : `a mix: ${toOld.slice(0, 5).join('; ')}; ${toNew.slice(0, 5).join('; ')}`;
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

const lockModule = new URL('../../../dist/electron/engine/posix/lock.js', import.meta.url).href;

/** Prints which processes hold the locks that it is given. */
const probeProgram = `
import { lockHolder } from ${JSON.stringify(lockModule)};
console.log(process.argv.slice(1).map((path) => lockHolder(path) ?? 'nobody').join(' '));
`;

/** A process of its own that holds a lock as dpkg does, until it is told to let go. */
function holdLock(path: string): { pid: number | undefined; ready: Promise<void>; release(): Promise<void> } {
  const program = [
    `import { tryLock } from ${JSON.stringify(lockModule)};`,
    `const attempt = tryLock(${JSON.stringify(path)});`,
    `if ('busy' in attempt) process.exit(9);`,
    `process.stdout.write('held');`,
    `process.stdin.resume().on('end', () => { attempt.held.release(); process.exit(0); });`,
  ].join('\n');
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
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
