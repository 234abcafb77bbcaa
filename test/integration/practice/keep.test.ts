/** The practice system of the app: made once, found again by the next process with all that was done in it, and made anew when asked. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
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
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Review } from '../../../shared/changeset.js';
import type { Problem } from '../../../shared/errors.js';
import type { Plan } from '../../../shared/plan.js';
import { keptPlace } from '../../../electron/engine/practice/kept-place.js';
import type { Facts } from '../../../electron/engine/status.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

const isRoot = process.getuid?.() === 0;
const hasDpkg = existsSync('/var/lib/dpkg/status');
const child = new URL('../../../dist/test/lab/keep-child.js', import.meta.url).pathname;
const settingsConf = 'etc/understudy-practice/settings.conf';

interface Line {
  readonly ok?: boolean;
  readonly fresh?: boolean;
  readonly holding?: boolean;
  readonly value?: unknown;
  readonly problem?: Problem;
}

let parent = '';
let folder = '';
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'understudy-keep-'));
  folder = join(parent, 'app');
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const start = (...words: string[]): ChildProcess =>
  spawn(process.execPath, [child, folder, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });

/** What a process of its own says, a document a line. */
async function helper(...words: string[]): Promise<Line[]> {
  const process = start(...words);
  let [stdout, stderr] = ['', ''];
  process.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  process.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const [code] = (await once(process, 'close')) as [number | null];
  if (code !== 0) throw new Error(`status ${code}: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function valueOf(line: Line | undefined): unknown {
  if (line?.ok !== true) throw new Error(JSON.stringify(line));
  return line.value;
}

const text = (path: string): string => readFileSync(join(folder, 'root', path), 'utf8');
const inRoot = (path: string): boolean => existsSync(join(folder, 'root', path));

describe.skipIf(!isRoot || !hasDpkg)('a practice system that stays (needs root and dpkg)', () => {
  it('is made with updates waiting, and is worked with through the verbs', { timeout: 240_000 }, async () => {
    const [opened, facts, plan, stage, review, theirs, active, after] = await helper(
      ...['open', 'facts', 'plan', 'stage', 'review', 'theirs', 'activate', 'facts'],
    );
    expect(opened).toEqual({ ok: true, fresh: true });
    expect(valueOf(facts)).toMatchObject({ plan: null, staged: null, latest: null, problem: null });
    const names = (valueOf(plan) as Plan).changes.map(({ name }) => name);
    for (const part of ['settings', 'account', 'service', 'capability', 'kernel', 'library', 'program'])
      expect(names).toContain(`understudy-practice-${part}`);
    expect((valueOf(stage) as { ready: boolean }).ready).toBe(true);
    expect((valueOf(review) as Review).conflicts).toEqual([
      expect.objectContaining({ path: settingsConf, kept: 'mine', decided: false }),
    ]);
    expect((valueOf(theirs) as Review).conflicts).toEqual([
      expect.objectContaining({ kept: 'theirs', decided: true }),
    ]);
    expect((valueOf(active) as { how: string }).how).toBe('live');
    expect(text(settingsConf)).toContain('speed = 20');
    expect(text(`${settingsConf}.dpkg-old`)).toContain('colour = green');
    expect(valueOf(after)).toMatchObject({ latest: { kind: 'activate', outcome: 'done' } });
  });

  it('is found again by the next process, and taken back there', { timeout: 120_000 }, async () => {
    const [opened, before, back, after, plan] = await helper('open', 'facts', 'rollback', 'facts', 'plan');
    expect(opened).toEqual({ ok: true, fresh: false });
    expect((valueOf(before) as Facts).restorePoint).not.toBeNull();
    expect(back?.ok).toBe(true);
    expect(valueOf(after)).toMatchObject({ latest: { kind: 'rollback' }, restorePoint: null });
    expect(text(settingsConf)).toContain('colour = green');
    expect(inRoot(`${settingsConf}.dpkg-old`)).toBe(false);
    expect((valueOf(plan) as Plan).changes.length).toBeGreaterThan(6);
  });

  it('belongs to one process at a time', { timeout: 60_000 }, async () => {
    const first = start('open', 'hold');
    const lines = createInterface({ input: first.stdout ?? process.stdin });
    for await (const line of lines) if ((JSON.parse(line) as Line).holding) break;
    for (const how of ['open', 'renew']) {
      const [refused] = await helper(how);
      expect(refused?.problem).toMatchObject({
        code: 'BUSY_UNDERSTUDY',
        details: [expect.stringContaining(`process ${first.pid}`)],
      });
    }
    first.stdin?.end();
    await once(first, 'close');
    expect((await helper('open'))[0]).toEqual({ ok: true, fresh: false });
  });

  it('is made anew when asked, the same as it was at first', { timeout: 120_000 }, async () => {
    writeFileSync(join(folder, 'root/etc/mine'), 'mine');
    const [renewed, facts] = await helper('renew', 'facts');
    expect(renewed).toEqual({ ok: true, fresh: true });
    expect(inRoot('etc/mine')).toBe(false);
    expect(text(settingsConf)).toContain('colour = green');
    expect(valueOf(facts)).toMatchObject({ plan: null, latest: null, restorePoints: { count: 0 } });
    expect(readdirSync(folder).sort()).toEqual(['complete.json', 'lock', 'mount', 'root']);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
    // Its index never expires: it may lie there for years.
    expect(text('srv/understudy-practice/dists/practice/InRelease')).not.toContain('Valid-Until');
  });

  it(
    'is made anew when making it was cut, cancelled, or its root is gone',
    { timeout: 240_000 },
    async () => {
      const cut = async (signal: NodeJS.Signals): Promise<void> => {
        const maker = start('renew');
        const lines = createInterface({ input: maker.stderr ?? process.stdin });
        for await (const line of lines) if (line.startsWith('Building updates')) break;
        maker.kill(signal);
        if (maker.exitCode === null && maker.signalCode === null) await once(maker, 'exit');
        expect(existsSync(join(folder, 'complete.json'))).toBe(false);
      };
      await cut('SIGKILL');
      expect((await helper('open'))[0]).toEqual({ ok: true, fresh: true });
      await cut('SIGTERM');
      expect(readdirSync(folder)).toEqual(['lock']);
      expect((await helper('open'))[0]).toEqual({ ok: true, fresh: true });
      rmSync(join(folder, 'root/var/lib/dpkg/status'));
      expect((await helper('open'))[0]).toEqual({ ok: true, fresh: true });
      const before = await manifestOf(join(folder, 'root'));
      expect((await helper('open'))[0]).toEqual({ ok: true, fresh: false });
      expect(await differences(before, await manifestOf(join(folder, 'root')))).toEqual([]);
    },
  );

  it('touches no folder that holds something, and follows no link', async () => {
    const strange = join(parent, 'strange');
    mkdirSync(strange);
    writeFileSync(join(strange, 'mine'), 'mine');
    await expect(keptPlace(strange)).rejects.toMatchObject({ code: 'PRACTICE_IMPOSSIBLE' });
    expect(readdirSync(strange)).toEqual(['mine']);

    const [cache, bait] = [join(parent, 'cache'), join(parent, 'bait')];
    mkdirSync(bait);
    symlinkSync(bait, cache);
    await expect(keptPlace(undefined, [cache])).rejects.toMatchObject({ code: 'PRACTICE_IMPOSSIBLE' });
    expect(readdirSync(bait)).toEqual([]);
    rmSync(cache);
    mkdirSync(cache, { mode: 0o700 });
    symlinkSync(bait, join(cache, 'app'));
    await expect(keptPlace(undefined, [cache])).rejects.toMatchObject({ code: 'PRACTICE_IMPOSSIBLE' });
    expect(readdirSync(bait)).toEqual([]);
    rmSync(join(cache, 'app'));
    expect(await keptPlace(undefined, [join(parent, 'cache')])).toBe(join(cache, 'app'));
  });
});
