/**
 * The helper, its client, or both are killed in the middle of stage, activate and rollback: at journal records and changes, as phases begin,
 * and at moments that nobody chose. The next helper settles it, tells so, and shows what the journal says; the tree is exactly the old one or
 * exactly the new one; nothing is left mounted.
 */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { run } from '../../../electron/engine/process/run.js';
import { facts } from '../../../electron/engine/status.js';
import { openSystem } from '../../../electron/engine/system.js';
import type { Phase } from '../../../shared/progress.js';
import type { Verb } from '../../../shared/operations.js';
import { leftovers } from '../../lab/leftovers.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import {
  privateFolder,
  startHelper,
  startProgram,
  type HelperProcess,
  type ProgramOptions,
} from '../../lab/helper-process.js';
import { UserProcess } from '../../lab/helper-user-process.js';
import { oneFile } from '../../lab/one-file.js';
import { practiceSystem } from '../../lab/practice-system.js';
import { seeded } from '../../lab/seeded.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

const user = 61_001;
const everything = ['inspect', 'stage', 'activate', 'rollback', 'settings'];
const seed = 20_261_120;
const impossible = await debianRootImpossible();

type Long = Extract<Verb, 'stage' | 'activate' | 'rollback'>;
const parameters = { stage: { scope: 'all' }, activate: { how: 'live' }, rollback: {} } as const;

describe.skipIf(impossible !== undefined)(`helper and client are killed (${impossible ?? 'runs'})`, () => {
  const random = seeded(seed);
  let root = '';
  let store = '';
  let backup = '';
  let program = '';
  let folder: ReturnType<typeof privateFolder>;
  let old: ManifestEntry[] = [];
  let fresh: ManifestEntry[] = [];
  let app: UserProcess | undefined;
  let helper: HelperProcess | undefined;
  const names = new Map<Long, string[]>();
  const seen = { old: 0, new: 0, recovered: 0 };

  /** Put together for a test; or, with `asStarted`, as it is started on demand. */
  let asStarted = false;
  const start = async (options: Partial<ProgramOptions> = {}): Promise<HelperProcess> => {
    await helper?.stop();
    const socket = join(folder.path, 'socket');
    rmSync(socket, { force: true }); // a helper that was killed leaves its socket; here nobody else removes it
    helper = asStarted
      ? await startHelper({ root, runtime: join(folder.path, 'run'), forUid: user })
      : await startProgram({ root, socket, allow: everything, ...options }, [], program);
    return helper;
  };
  /** The app, once it is connected to the helper of this moment: one that was there before finds it by itself. */
  const connected = async (): Promise<UserProcess> => {
    const client = (app ??= new UserProcess(helper!.socket, user));
    await client.until('connected', () => client.state?.status?.helper.pid === helper!.pid);
    return client;
  };

  /** `old`, `new`, or the differences to both. */
  async function state(): Promise<string> {
    const now = await manifestOf(root);
    const toOld = await differences(old, now);
    if (toOld.length === 0) return 'old';
    const toNew = await differences(fresh, now);
    if (toNew.length === 0) return 'new';
    return `a mix; against the old: ${toOld.slice(0, 8).join('; ')}; against the new: ${toNew.slice(0, 8).join('; ')}`;
  }

  /** The store with its stage as it was before any activation; the tree itself must be the old one. */
  async function copyStore(): Promise<void> {
    for (const name of readdirSync(store)) rmSync(join(store, name), { recursive: true, force: true });
    await run(['cp', '-a', `${backup}/.`, store], { timeoutMs: 60_000 });
  }

  async function end(): Promise<void> {
    await app?.end();
    await helper?.stop();
    [app, helper] = [undefined, undefined];
  }

  /** After a kill: a new helper settles it, and what it shows is what the journal says. Answers the state of the tree. */
  async function settled(what: string): Promise<string> {
    await start();
    const watcher = await connected();
    await watcher.until(`${what}: settled`, () => watcher.state?.status?.run === null);
    const status = watcher.state!.status!;
    const { interrupted, staged, latest, restorePoint, restorePoints, plan, problem } = facts(
      openSystem(root),
    );
    expect({ interrupted, problem }, what).toEqual({ interrupted: null, problem: null });
    expect(status, what).toMatchObject({
      interrupted,
      staged,
      latest,
      restorePoint,
      restorePoints,
      plan,
      problem,
    });
    const history = await watcher.value('history', {});
    for (const { transaction, outcome } of status.recovered) {
      seen.recovered += 1;
      expect(
        history.entries.find((entry) => entry.transaction === transaction),
        what,
      ).toMatchObject({ outcome });
    }
    expect(
      history.entries.filter(({ outcome }) => outcome === 'open'),
      what,
    ).toEqual([]);
    const now = await state();
    expect(['old', 'new'], `${what}: ${now}`).toContain(now);
    seen[now as 'old' | 'new'] += 1;
    const left = (): string[] =>
      leftovers(root).filter((line) => !line.startsWith(`process ${helper?.pid}:`));
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'latin1'), what).not.toContain(root);
    return now;
  }

  /** Back to where the next kill of this verb begins, whatever the last one led to. */
  async function again(verb: Long, now: string): Promise<void> {
    const undisturbed = async (other: Long): Promise<void> => {
      if (!helper) await start();
      const client = await connected();
      await client.until('nothing runs', () => client.state?.status?.run === null);
      await client.value(other, parameters[other]);
    };
    if (verb !== 'rollback' && now === 'new') await undisturbed('rollback');
    if (verb !== 'rollback' || now === 'old') await copyStore();
    if (verb === 'rollback' && now === 'old') await undisturbed('activate');
  }

  beforeAll(async () => {
    program = await oneFile('helper-program');
    root = await practiceSystem();
    store = join(root, 'var/lib/understudy');
    folder = privateFolder();
    backup = join(folder.path, 'store');
    old = await manifestOf(root);
    for (const verb of ['stage', 'activate', 'rollback'] as const) {
      const stepLog = join(folder.path, verb);
      await start({ stepLog });
      await (await connected()).value(verb, parameters[verb]);
      names.set(verb, readFileSync(stepLog, 'utf8').trimEnd().split('\n'));
      if (verb === 'stage') await run(['cp', '-a', store, backup], { timeoutMs: 60_000 });
      if (verb === 'activate') fresh = await manifestOf(root);
    }
    await end();
    expect(await state()).toBe('old');
    expect((await differences(old, fresh)).length).toBeGreaterThan(20);
  }, 600_000);
  afterEach(end);
  afterAll(() => {
    removeRoot(root);
    folder.remove();
  });

  /** Every journaled record, and some of the single changes between them. */
  const moments = (verb: Long, changes: number): number[] => {
    const all = names.get(verb)!;
    const journaled = all.flatMap((name, index) => (name.includes(':') ? [index + 1] : []));
    const others = all.flatMap((name, index) => (name.includes(':') ? [] : [index + 1]));
    const some = others.length === 0 ? [] : Array.from({ length: changes }, () => random.pick(others));
    return [...new Set([...journaled, ...some])].sort((a, b) => a - b);
  };

  describe.each<[Long, number]>([
    ['stage', 2],
    ['activate', 5],
    ['rollback', 4],
  ])('in the middle of %s', (verb, changes) => {
    it('at journal records and changes, with or without the client', { timeout: 600_000 }, async () => {
      await again(verb, await state());
      let killed = 0;
      for (const [index, dieAtStep] of moments(verb, changes).entries()) {
        const what = `${verb}, step ${dieAtStep} (${names.get(verb)?.[dieAtStep - 1]})`;
        await start({ dieAtStep });
        const client = await connected();
        const answer = client.call(verb, parameters[verb]);
        expect(await helper!.ended, what).toBe('SIGKILL');
        killed += 1;
        const isBoth = index % 2 === 1;
        if (isBoth) {
          await client.end();
          app = undefined;
        } else {
          // Every request is answered, if only with the loss.
          expect(await answer, what).toMatchObject({ ok: false, problem: { code: 'HELPER_LOST' } });
        }
        const now = await settled(what);
        if (verb === 'stage') expect(now, what).toBe('old');
        await again(verb, now);
      }
      console.log(`${verb}: killed at ${killed} of ${names.get(verb)?.length} steps`);
      expect(killed).toBeGreaterThan(4);
    });
  });

  it('as phases begin', { timeout: 600_000 }, async () => {
    const phases: readonly (readonly [Long, readonly Phase[]])[] = [
      ['stage', ['refresh', 'download', 'rehearse', 'verify']],
      ['activate', ['check', 'compare', 'switch']],
      ['rollback', ['compare', 'switch', 'clean']],
    ];
    for (const [verb, wanted] of phases) {
      await again(verb, await state());
      for (const dieAtPhase of wanted) {
        await start({ dieAtPhase });
        const client = await connected();
        const what = `${verb}, as ${dieAtPhase} begins`;
        expect(await client.call(verb, parameters[verb]), what).toMatchObject({
          problem: { code: 'HELPER_LOST' },
        });
        expect(await helper!.ended, what).toBe('SIGKILL');
        await again(verb, await settled(what));
      }
    }
  });

  it('at any moment, as it is started for a user', { timeout: 600_000 }, async () => {
    asStarted = true;
    try {
      for (const verb of ['stage', 'activate', 'rollback'] as const) {
        await again(verb, await state());
        let milliseconds: number | undefined;
        for (let time = 0; time <= 3; time += 1) {
          await start();
          const client = await connected();
          await client.until('nothing runs', () => client.state?.status?.run === null);
          const begun = performance.now();
          const answer = client.call(verb, parameters[verb]);
          if (milliseconds === undefined) {
            await answer; // how long it takes undisturbed
            milliseconds = performance.now() - begun;
          } else await new Promise((resolve) => setTimeout(resolve, random.below(milliseconds ?? 1)));
          const isBoth = time % 2 === 0;
          await Promise.all([helper!.kill(), ...(isBoth ? [client.end()] : [])]);
          if (isBoth) app = undefined;
          await again(verb, await settled(`${verb}, at some moment`));
        }
      }
    } finally {
      await end();
      asStarted = false;
    }
  });

  it('the client alone: the work goes on to its end', { timeout: 300_000 }, async () => {
    for (const verb of ['activate', 'rollback', 'stage'] as const) {
      await again(verb, await state());
      await end();
      await start();
      const client = await connected();
      void client.call(verb, parameters[verb]);
      await client.until('it works', () => client.progress.length > 0);
      await client.end();
      app = undefined;
      const other = await connected();
      const isDone = (): boolean =>
        other.state?.status?.run === null && other.state.status.last?.kind === verb;
      await other.until('it is done', isDone);
      expect(other.state?.status?.last).toMatchObject({ kind: verb, problem: null });
      expect(other.state?.status?.recovered).toEqual([]);
      expect(await state()).toBe(verb === 'activate' ? 'new' : 'old');
    }
  });

  it('recoveries were seen, with the old and with the new system', () => {
    console.log(
      `kills that left the old system: ${seen.old}, the new one: ${seen.new}, recovered: ${seen.recovered} (seed ${seed})`,
    );
    expect(seen.old).toBeGreaterThan(10);
    expect(seen.new).toBeGreaterThan(5);
    expect(seen.recovered).toBeGreaterThan(10);
    expect(existsSync(store)).toBe(true);
  });
});
