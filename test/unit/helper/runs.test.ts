/** One run at a time, which belongs to the helper and tells everyone what it is and how it ended. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../electron/engine/fault.js';
import { inhibitShutdown } from '../../../electron/helper/runs/inhibit.js';
import { RunLogKeeper } from '../../../electron/helper/runs/run-log.js';
import { Runs, type RunContext } from '../../../electron/helper/runs/runs.js';
import { runSchema, endedRunSchema } from '../../../shared/run.js';
import type { ProgressEvent } from '../../../shared/progress.js';

function makeRuns(): { runs: Runs; events: ProgressEvent[]; changes: () => number } {
  let changes = 0;
  const events: ProgressEvent[] = [];
  const runs = new Runs({
    inhibit: false,
    onChange: () => (changes += 1),
    onProgress: (_, event) => events.push(event),
  });
  return { runs, events, changes: () => changes };
}

const untilStopped = ({ signal }: RunContext): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new Fault('CANCELLED'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });

describe('a run', () => {
  it('is alone: another is told who is at work', async () => {
    const { runs } = makeRuns();
    const first = runs.begin({ kind: 'stage', uid: 1000 }, untilStopped);
    const current = runSchema.parse(runs.current);
    expect(current).toMatchObject({ kind: 'stage', uid: 1000, cancelling: false, inhibiting: false });
    const second = await runs.begin({ kind: 'activate', uid: 1001 }, () =>
      Promise.resolve({ ok: true, value: 1 }),
    );
    expect(second).toMatchObject({ ok: false, problem: { code: 'BUSY_UNDERSTUDY' } });
    expect(second.ok ? '' : second.problem.details[0]).toContain('"stage"');
    expect(runs.cancel('run-0000-00000000')).toMatchObject({ code: 'RUN_UNKNOWN' });
    expect(runs.cancel(current.id)).toBeUndefined();
    expect(runs.current).toMatchObject({ cancelling: true });
    expect(await first).toMatchObject({ ok: false, problem: { code: 'CANCELLED' } });
    expect(runs.current).toBeNull();
    expect(endedRunSchema.parse(runs.last)).toMatchObject({ id: current.id, problem: { code: 'CANCELLED' } });
    expect(
      (await runs.begin({ kind: 'plan', uid: 1 }, () => Promise.resolve({ ok: true, value: 1 }))).ok,
    ).toBe(true);
  });

  it('that breaks in an unforeseen way has ended all the same', async () => {
    const { runs } = makeRuns();
    const outcome = await runs.begin({ kind: 'plan', uid: 0 }, () => Promise.reject(new TypeError('a bug')));
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'INTERNAL' } });
    expect(runs.current).toBeNull();
  });

  it('shows its newest progress, and its log to those who come later', async () => {
    const { runs, events, changes } = makeRuns();
    let seen: unknown;
    await runs.begin({ kind: 'stage', uid: 0 }, async ({ report }) => {
      await report.phase('download', 'Downloading', () => {
        report.log('download', 'a line');
        seen = runs.current?.progress;
        return Promise.resolve();
      });
      return { ok: true, value: 1 };
    });
    expect(seen).toMatchObject({ type: 'phase-started', phase: 'download' });
    expect(events.map(({ type }) => type)).toEqual(['phase-started', 'log', 'phase-ended']);
    expect(runs.log.read()).toMatchObject({ run: runs.last?.id, lines: ['a line'], dropped: 0 });
    expect(changes()).toBe(3); // it began, it entered a phase, it ended
  });

  it('is stopped when the helper ends, and no other begins', async () => {
    const { runs } = makeRuns();
    const run = runs.begin({ kind: 'stage', uid: 0 }, untilStopped);
    await runs.close();
    expect((await run).ok).toBe(false);
    const late = await runs.begin({ kind: 'plan', uid: 0 }, () => Promise.resolve({ ok: true, value: 1 }));
    expect(late).toMatchObject({ problem: { code: 'HELPER_STOPPING' } });
  });
});

describe('the log of a run', () => {
  it('keeps its end, bounded in lines, in bytes and in the length of a line', () => {
    const log = new RunLogKeeper();
    log.begin('run-1');
    const count = 50_000;
    for (let line = 1; line <= count; line += 1) log.add(`${line}`);
    const { lines, dropped } = log.read();
    expect(lines.length).toBeLessThanOrEqual(20_000);
    expect(lines.length + dropped).toBe(count);
    expect(lines.at(-1)).toBe(`${count}`);
    for (let line = 1; line <= 10_000; line += 1) log.add('x'.repeat(100_000));
    expect(log.read().lines.join('').length).toBeLessThan(4.2 * 1024 * 1024);
    log.begin('run-2');
    expect(log.read()).toEqual({ run: 'run-2', lines: [], dropped: 0 });
  });
});

describe('holding off shutdown and sleep', () => {
  let folder = '';
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A program in place of systemd-inhibit. */
  function program(script: string): string {
    folder = mkdtempSync(join(tmpdir(), 'understudy-inhibit-'));
    const path = join(folder, 'inhibit');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('lasts until it is released', async () => {
    const path = program('echo "$@" > "$0.words"; cat; echo over > "$0.over"');
    const inhibition = await inhibitShutdown('because', path);
    expect(inhibition.held).toBe(true);
    expect(readFileSync(`${path}.words`, 'utf8')).toContain(
      '--what=shutdown:sleep --who=Understudy --why=because --mode=block cat',
    );
    expect(existsSync(`${path}.over`)).toBe(false);
    inhibition.release();
    await expect.poll(() => existsSync(`${path}.over`)).toBe(true);
  });

  it.each([
    ['is refused', 'echo "Failed to inhibit: Access denied" >&2; exit 1', 'Access denied'],
    ['says nothing', 'exit 0', 'ended'],
  ])('that %s is told, and is no failure', async (_, script, reason) => {
    const inhibition = await inhibitShutdown('because', program(script));
    expect(inhibition).toMatchObject({ held: false, reason: expect.stringContaining(reason) });
    inhibition.release();
  });

  it('where there is no such program is told', async () => {
    expect(await inhibitShutdown('because', '/nonexistent')).toMatchObject({ held: false });
  });
});
