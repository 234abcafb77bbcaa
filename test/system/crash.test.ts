/**
 * A power cut at every step: the engine is killed with SIGKILL at each journaled record and before each single change of
 * the system, in stage, activate and rollback; and `recover` itself is killed at every one of its own steps. After each, the
 * tree is exactly the old one or exactly the new one, by manifest.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManifestEntry } from '../../electron/engine/manifest/entry.js';
import { run } from '../../electron/engine/process/run.js';
import { crash, type Crashed } from '../lab/crashes.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { removeRoot } from '../lab/template.js';
import { succeedIn } from '../lab/engine-verbs.js';
import { oneFile } from '../lab/one-file.js';
import { practiceSystem } from '../lab/practice-system.js';
import { differences, manifestOf } from '../lab/tree-difference.js';

const impossible = await debianRootImpossible();

let child = '';
let root = '';
let store = '';
let backup = '';
let before: ManifestEntry[] = [];
let after: ManifestEntry[] = [];

const engine = (verb: string, options: unknown, dieAt: number): Promise<Crashed> =>
  crash(child, root, verb, options, dieAt);
const succeed = (verb: string, options: unknown = {}) => succeedIn(root, verb, options);

/** `old`, `new`, or the differences to both. */
async function state(): Promise<string> {
  const now = await manifestOf(root);
  const toOld = await differences(before, now);
  if (toOld.length === 0) return 'old';
  const toNew = await differences(after, now);
  if (toNew.length === 0) return 'new';
  return `a mix; against the old: ${toOld.slice(0, 8).join('; ')}; against the new: ${toNew.slice(0, 8).join('; ')}`;
}

describe.skipIf(impossible)(`a power cut (${impossible ?? 'runs'})`, () => {
  beforeAll(async () => {
    child = await oneFile('crash-child');
    root = await practiceSystem();
    store = join(root, 'var/lib/understudy');
    backup = join(root, '../store-backup');
    before = await manifestOf(root);
    await succeed('stage');
    await run(['cp', '-a', store, backup], { timeoutMs: 60_000 });
    await succeed('activate', { how: 'live' });
    after = await manifestOf(root);
    expect((await differences(before, after)).length).toBeGreaterThan(20);
    await succeed('rollback');
    expect(await state()).toBe('old');
  });
  afterAll(() => removeRoot(root));

  /** The store with its stage as it was before any activation; the tree itself must be the old one. */
  const copyStore = async (): Promise<void> => {
    for (const name of readdirSync(store)) rmSync(join(store, name), { recursive: true, force: true });
    await run(['cp', '-a', `${backup}/.`, store], { timeoutMs: 60_000 });
  };

  it('at every step of a staging leaves the tree untouched', { timeout: 600_000 }, async () => {
    let steps = 0;
    for (let dieAt = 1; ; dieAt += 1) {
      const ended = await engine('stage', { scope: 'all' }, dieAt);
      expect(await state(), `step ${dieAt}`).toBe('old');
      if (!ended.killed) {
        expect(ended.outcome.ok).toBe(true);
        break;
      }
      steps += 1;
      const recovered = await succeed('recover');
      expect(await state(), `recovered from step ${dieAt}`).toBe('old');
      expect(JSON.stringify(recovered.value)).toMatch(/rolled-back|"transactions":\[\]/);
    }
    console.log(`staging: killed at each of ${steps} steps`);
    expect(steps).toBeGreaterThanOrEqual(6);
  });

  it('at every step of a switch leaves the old system or the new one', { timeout: 1_800_000 }, async () => {
    await copyStore();
    const seen = { old: 0, new: 0 };
    for (let dieAt = 1; ; dieAt += 1) {
      const ended = await engine('activate', { how: 'live' }, dieAt);
      if (!ended.killed) {
        expect(ended.outcome.ok, JSON.stringify(ended.outcome)).toBe(true);
        break;
      }
      await succeed('recover');
      const now = await state();
      expect(['old', 'new'], `step ${dieAt}: ${now}`).toContain(now);
      seen[now as 'old' | 'new'] += 1;
      expect((await succeed('recover')).value).toMatchObject({ transactions: [], cleaned: [] });
      if (now === 'new') {
        await succeed('rollback');
        expect(await state(), `taken back after step ${dieAt}`).toBe('old');
        await copyStore();
      }
    }
    console.log(`switch: killed at each of ${seen.old + seen.new} steps: ${seen.old} old, ${seen.new} new`);
    expect(seen.old).toBeGreaterThan(5);
    expect(seen.new).toBeGreaterThan(5);
    await succeed('rollback');
  });

  it('at every step of a rollback leaves the old system or the new one', { timeout: 1_800_000 }, async () => {
    await copyStore();
    await succeed('activate', { how: 'live' });
    const seen = { old: 0, new: 0 };
    for (let dieAt = 1; ; dieAt += 1) {
      const ended = await engine('rollback', {}, dieAt);
      if (!ended.killed) {
        expect(ended.outcome.ok, JSON.stringify(ended.outcome)).toBe(true);
        break;
      }
      await succeed('recover');
      const now = await state();
      expect(['old', 'new'], `step ${dieAt}: ${now}`).toContain(now);
      seen[now as 'old' | 'new'] += 1;
      if (now === 'old') {
        await copyStore();
        await succeed('activate', { how: 'live' });
        expect(await state(), `activated again after step ${dieAt}`).toBe('new');
      }
    }
    console.log(`rollback: killed at each of ${seen.old + seen.new} steps: ${seen.old} old, ${seen.new} new`);
    expect(seen.new).toBeGreaterThan(1);
    expect(seen.old).toBeGreaterThan(5);
    expect(await state()).toBe('old');
  });

  it(
    'at every step of recover itself, after a cut at each journaled record',
    { timeout: 1_800_000 },
    async () => {
      await copyStore();
      const { names } = await succeed('activate', { how: 'live' });
      const back = await succeed('rollback');
      let cuts = 0;
      const cutRecover = async (): Promise<void> => {
        for (let dieAt = 1; (await engine('recover', {}, dieAt)).killed; dieAt += 1) cuts += 1;
        expect((await succeed('recover')).value).toMatchObject({ transactions: [] });
      };
      const journaled = (list: readonly string[]): number[] =>
        list.flatMap((name, index) => (name.includes(':') ? [index + 1] : []));
      // In the middle of the changes as well, not only where a record was just written.
      const middle = names.lastIndexOf('change') - 5;
      for (const dieAt of [...journaled(names), middle]) {
        await copyStore();
        await engine('activate', { how: 'live' }, dieAt);
        await cutRecover();
        const now = await state();
        expect(['old', 'new'], `activate ${names[dieAt - 1]}: ${now}`).toContain(now);
        if (now === 'new') await succeed('rollback');
        expect(await state()).toBe('old');
      }
      for (const dieAt of [...journaled(back.names), back.names.lastIndexOf('change') - 3]) {
        await copyStore();
        await succeed('activate', { how: 'live' });
        await engine('rollback', {}, dieAt);
        await cutRecover();
        const now = await state();
        expect(['old', 'new'], `rollback ${back.names[dieAt - 1]}: ${now}`).toContain(now);
        if (now === 'new') await succeed('rollback');
        expect(await state()).toBe('old');
      }
      console.log(`recover: killed ${cuts} times`);
      expect(cuts).toBeGreaterThan(50);
    },
  );

  it('leaves no mount behind', () => {
    expect(existsSync(store)).toBe(true);
    expect(readFileSync('/proc/self/mountinfo', 'latin1')).not.toContain(root);
  });
});
