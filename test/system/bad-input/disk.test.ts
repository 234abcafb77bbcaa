/**
 * A disk that fills at any moment, of staging, of the switch, of the way back: by another program, or by a package. The system lies on
 * a small ext4 of its own. It is as it was each time, also while the disk is still full, and recover is content once there is room again.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../electron/engine/process/run.js';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import type { Recovered } from '../../../shared/history.js';
import { command } from '../../lab/bad-input-command.js';
import { badInputSystem, freeOn, type BadInputSystem } from '../../lab/bad-input-system.js';
import { leftovers } from '../../lab/leftovers.js';
import { badName } from '../../lab/bad-packages.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import type { Ended } from '../../lab/engine-verbs.js';
import { runWhileFilling, type Filling } from '../../lab/filling-engine.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';
import { diskImpossible, openDisks, type Disks } from '../../lab/disk-image.js';

const impossible = (await debianRootImpossible()) ?? (await diskImpossible('ext4'));
const mebi = 1024 ** 2;

describe.skipIf(impossible)(`a disk that fills (${impossible ?? 'runs'})`, { timeout: 60_000 }, () => {
  let disks: Disks;
  let system: BadInputSystem;
  let disk = '';
  let ballast = '';

  beforeAll(async () => {
    disks = openDisks();
    disk = join(disks.folder, 'disk');
    ballast = join(disk, 'ballast');
    await disks.mount('ext4', disk, 700);
    system = await badInputSystem(disk);
    system.offer(system.practice);
  });
  afterEach(() => {
    rmSync(ballast, { force: true });
  });
  afterAll(async () => {
    await (system as BadInputSystem | undefined)?.dispose();
    await disks.dispose();
  });

  const engine = (verb: string, options: unknown = {}, filling: Filling = {}): Promise<Ended> =>
    runWhileFilling(system.root, ballast, verb, options, filling);
  const codeOf = ({ outcome }: Ended): string => (outcome.ok ? 'ok' : outcome.problem.code);
  async function succeed(verb: string, options: unknown = {}): Promise<Ended> {
    const ended = await engine(verb, options);
    expect(codeOf(ended), JSON.stringify(ended.outcome)).toBe('ok');
    return ended;
  }
  const free = async (): Promise<number> => (await freeOn(disk)).bytes / mebi;

  /** Whatever happened, with a full disk: the system is the remembered one, at once and after recover. */
  async function isAsItWas(moment: string): Promise<void> {
    expect(await system.changed(), `${moment}: with the disk full`).toEqual([]);
    const early = await engine('recover');
    expect(
      ['ok', 'NO_SPACE'],
      `${moment}: recover with the disk full: ${JSON.stringify(early.outcome)}`,
    ).toContain(codeOf(early));
    expect(await system.changed(), `${moment}: recovered with the disk full`).toEqual([]);
    rmSync(ballast, { force: true });
    await succeed('recover');
    const again = await succeed('recover');
    const { transactions, cleaned } = (again.outcome as { value: Recovered }).value;
    expect({ transactions, cleaned }, moment).toEqual({ transactions: [], cleaned: [] });
    expect(await system.changed(), `${moment}: recovered`).toEqual([]);
    expect(leftovers(system.root)).toEqual([]);
  }

  it('before anything begins: a check says how much is missing', async () => {
    const room = await free();
    writeFileSync(ballast, '');
    await run(['fallocate', '--length', `${Math.floor(room - 40)}MiB`, ballast], { timeoutMs: 30_000 });
    const answer = await command(system.root, 'stage');
    expect(answer.summary).toBe('CHECK_BLOCKED, exit 4');
    expect(answer.problem?.details.join('\n')).toMatch(
      /room: There is not enough room: missing are .* on .*MB free/,
    );
    await isAsItWas('a check');
  });

  it('with files instead of bytes: a check says that inodes are missing', async () => {
    const many = join(disk, 'many');
    mkdirSync(many);
    try {
      const { inodes } = await freeOn(disk);
      for (let left = inodes - 2000; left > 0; left -= 1) writeFileSync(join(many, String(left)), '');
      const answer = await command(system.root, 'stage');
      expect(answer.summary).toBe('CHECK_BLOCKED, exit 4');
      expect(answer.problem?.details.join('\n')).toContain('inodes');
      expect(await system.changed()).toEqual([]);
    } finally {
      rmSync(many, { recursive: true });
    }
  });

  const phases = [
    'refresh',
    'resolve',
    'check',
    'download',
    'clone',
    'rehearse',
    'verify',
    'compare',
  ] as const;
  const fillings = [
    ...phases.map((atPhase) => ({ atPhase, leave: 0 })),
    ...(['refresh', 'download', 'rehearse', 'verify'] as const).map((atPhase) => ({ atPhase, leave: mebi })),
  ];
  it.each(fillings)(
    'in a staging, when the phase “$atPhase” begins, but for some bytes ($leave)',
    async ({ atPhase, leave }) => {
      system.forget();
      const before = await free();
      const ended = await engine('stage', {}, { atPhase, leave });
      if (codeOf(ended) !== 'ok') {
        expect(['NO_SPACE', 'CHECK_BLOCKED'], JSON.stringify(ended.outcome)).toContain(codeOf(ended));
        expect(leave > 0 || codeOf(ended) !== 'ok').toBe(true);
        await isAsItWas(atPhase);
        expect(before - (await free()), 'room that is not given back').toBeLessThan(8);
      } else expect(await system.changed()).toEqual([]);
    },
  );

  it('because a package fills it: the package is stopped while room is left, and the room is given back', async () => {
    system.forget();
    const name = badName('fills-the-disk');
    system.offer([name]);
    const before = await free();
    const ended = await engine('stage', { scope: 'all' }, { settings: { reserveBytes: 64 * mebi } });
    expect(codeOf(ended)).toBe('NO_SPACE');
    await isAsItWas('a package');
    expect(before - (await free())).toBeLessThan(8);
    const wild = await engine('stage', { scope: 'all' }, { settings: { reserveBytes: 0 } });
    expect(codeOf(wild)).toBe('NO_SPACE');
    expect(JSON.stringify(wild.outcome)).toContain(name);
    await isAsItWas('a package without a reserve');
    expect(before - (await free())).toBeLessThan(8);
    system.offer(system.practice);
  });

  it('at any moment of the switch', { timeout: 300_000 }, async () => {
    system.forget();
    system.offer(system.practice);
    await succeed('stage');
    const { names } = await succeed('activate', { how: 'live' });
    expect((await system.changed()).length).toBeGreaterThan(20);
    await succeed('rollback');
    expect(await system.changed()).toEqual([]);
    await succeed('stage');
    const seen = new Map<string, number>();
    for (const atStep of moments(names)) {
      const moment = `step ${atStep}, ${names[atStep - 1]}`;
      const ended = await engine('activate', { how: 'live' }, { atStep });
      const code = codeOf(ended);
      seen.set(code, (seen.get(code) ?? 0) + 1);
      if (code === 'ok') {
        // What was still to be done took no room.
        rmSync(ballast);
        await succeed('rollback');
        expect(await system.changed(), moment).toEqual([]);
        await succeed('stage');
        continue;
      }
      expect(['NO_SPACE', 'COMMIT_FAILED'], `${moment}: ${JSON.stringify(ended.outcome)}`).toContain(code);
      if (code === 'COMMIT_FAILED') expect(JSON.stringify(ended.outcome)).toMatch(/not enough room/);
      await isAsItWas(moment);
    }
    console.log(`switch on a disk that fills: ${JSON.stringify([...seen])}`);
    expect(seen.get('NO_SPACE')).toBeGreaterThan(2);
  });

  it(
    'at any moment of the way back: the system is the new one or the old one',
    { timeout: 300_000 },
    async () => {
      system.forget();
      system.offer(system.practice);
      await succeed('stage');
      await succeed('activate', { how: 'live' });
      const { names } = await succeed('rollback');
      expect(await system.changed()).toEqual([]);
      let updated: ManifestEntry[] | undefined;
      const stateNow = async (): Promise<string> => {
        if ((await system.changed()).length === 0) return 'old';
        const toNew = await differences(updated ?? [], await manifestOf(system.root));
        return toNew.length === 0 ? 'new' : `a mix: ${toNew.slice(0, 4).join('; ')}`;
      };
      const seen = new Map<string, number>();
      for (const atStep of moments(names)) {
        const moment = `step ${atStep}, ${names[atStep - 1]}`;
        if (updated === undefined) {
          await succeed('stage');
          await succeed('activate', { how: 'live' });
          updated = await manifestOf(system.root);
        }
        const ended = await engine('rollback', {}, { atStep });
        const code = codeOf(ended);
        const full = await stateNow();
        rmSync(ballast, { force: true });
        const { transactions } = ((await succeed('recover')).outcome as { value: Recovered }).value;
        const state = await stateNow();
        const what = `${code}, ${full.slice(0, 20)}, then ${state}, ${transactions.length} to recover`;
        seen.set(what, (seen.get(what) ?? 0) + 1);
        expect(['ok', 'NO_SPACE', 'COMMIT_FAILED'], `${moment}: ${JSON.stringify(ended.outcome)}`).toContain(
          code,
        );
        expect(['old', 'new'], `${moment}: ${state}`).toContain(state);
        if (code === 'ok') expect(state, moment).toBe('old');
        // What had not begun is over, and what had begun is complete: nothing is left to be recovered.
        expect({ full, left: transactions.length }, moment).toEqual({ full: state, left: 0 });
        if (state === 'old') updated = undefined;
      }
      console.log(`way back on a disk that fills: ${JSON.stringify([...seen])}`);
    },
  );
});

/** Every journaled record, and of the changes between them the first and one in the middle. */
function moments(names: readonly string[]): number[] {
  const chosen = new Set<number>();
  let run: number[] = [];
  const close = (): void => {
    for (const place of [0, 0.5]) {
      const index = run[Math.round((run.length - 1) * place)];
      if (index !== undefined) chosen.add(index);
    }
    run = [];
  };
  for (const [index, name] of names.entries()) {
    if (name.includes(':')) {
      close();
      chosen.add(index + 1);
    } else run.push(index + 1);
  }
  close();
  return [...chosen].sort((a, b) => a - b);
}
