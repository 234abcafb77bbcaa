/** The command line of an ordinary user, with a helper on a real socket, and without one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { engineThroughHelper } from '../../../electron/cli/engine-through-helper.js';
import type { HelperAccess } from '../../../electron/cli/helper-access.js';
import type { Place } from '../../../electron/services/connection/places.js';
import { reach, type Reached } from '../../../electron/services/connection/reach.js';
import { reporter } from '../../../electron/engine/report.js';
import { openSystem } from '../../../electron/engine/system.js';
import { problem, type Problem } from '../../../shared/errors.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import type { RunKind } from '../../../shared/run.js';
import { smallHelper, Refusal, type SmallHelper } from '../services/small-helper.js';
import { ended, run, status } from '../services/status.js';
import { doubleEngine } from './double.js';
import { rootTree, type RootTree } from './root-tree.js';
import * as values from './values.js';

let folder: string;
let tree: RootTree;
let helper: SmallHelper | undefined;
let opened: Reached[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-through-'));
  tree = rootTree({ store: false });
  opened = [];
});
afterEach(async () => {
  for (const { client } of opened) client.close();
  await helper?.stop();
  helper = undefined;
  tree.remove();
  rmSync(folder, { recursive: true, force: true });
});

const place = (): Place => ({
  kind: 'installed',
  path: join(folder, 'helper.socket'),
  trust: 'root-or-self',
});
const uid = process.getuid?.() ?? 0;

async function withHelper(): Promise<{ helper: SmallHelper; access: HelperAccess }> {
  helper = await smallHelper(place().path);
  const found = reach([place()]).then((outcome) => {
    if (outcome.ok) opened.push(outcome.value);
    return outcome;
  });
  return { helper, access: { reached: () => found, close: () => undefined } };
}
const without = (reason: Problem | null = null): HelperAccess => ({
  reached: () => Promise.resolve(reason ? { ok: false, problem: reason } : { ok: true, value: null }),
  close: () => undefined,
});

const system = (signal = new AbortController().signal, events: ProgressEvent[] = []) =>
  openSystem(tree.path, { signal, report: reporter((event) => events.push(event)) });

/** A promise to be resolved from outside. */
function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve: (value) => resolve(value) };
}

/** A run that begins, and ends when `end` is called. */
function runOf(one: SmallHelper, kind: RunKind, value: unknown) {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const answer = async (): Promise<unknown> => {
    one.tellStatus({ run: run(kind, { uid, id: 'run-mine' }) });
    begin();
    await over;
    one.tellStatus({ run: null, last: ended(kind, null, { id: 'run-mine' }) });
    return value;
  };
  return { answer, begun, end };
}

describe('without a helper', () => {
  test('what only reads happens here', async () => {
    const calls: unknown[][] = [];
    const engine = engineThroughHelper(without(), doubleEngine({}, calls));
    for (const outcome of [
      await engine.inspect(system()),
      await engine.check(system(), { moment: 'before-stage' }),
      await engine.review(system(), {}),
      await engine.history(system()),
      await engine.livepatchStatus(system()),
      await engine.moduleTrees(system()),
      await engine.settings(system()),
      await engine.status(system()),
      await engine.rollback(system(), { dryRun: true }),
    ])
      expect(outcome.ok).toBe(true);
    expect(calls.map(([name]) => name)).toEqual([
      'inspect',
      'check',
      'review',
      'history',
      'livepatchStatus',
      'moduleTrees',
      'settings',
      'status',
      'rollback',
    ]);
    expect(await engine.place()).toBe('in-process');
  });

  test('what alters does not happen, and the way to it is named', async () => {
    const calls: unknown[][] = [];
    const engine = engineThroughHelper(without(), doubleEngine({}, calls));
    for (const outcome of [
      await engine.plan(system(), { scope: 'all', selected: [] }),
      await engine.stage(system(), {}),
      await engine.activate(system(), {}),
      await engine.activate(system(), { scheduled: true }),
      await engine.rollback(system(), { dryRun: false }),
      await engine.recover(system()),
      await engine.prune(system(), { dryRun: false }),
      await engine.change(system(), { keepRestorePoints: 5 }),
    ])
      expect(outcome).toMatchObject({ ok: false, problem: { code: 'NOT_ROOT' } });
    const refused = await engine.stage(system(), {});
    expect(!refused.ok && refused.problem.hint).toContain('--elevate');
    expect(calls).toEqual([]);
  });

  test('one that must not be trusted stops what alters, and no reading', async () => {
    const engine = engineThroughHelper(without(problem('HELPER_NOT_TRUSTED')), doubleEngine());
    expect(await engine.stage(system(), {})).toMatchObject({ problem: { code: 'HELPER_NOT_TRUSTED' } });
    expect((await engine.history(system())).ok).toBe(true);
  });

  test('a password that was not given is told, whatever was asked', async () => {
    const engine = engineThroughHelper(without(problem('ELEVATION_FAILED')), doubleEngine());
    expect(await engine.history(system())).toMatchObject({ problem: { code: 'ELEVATION_FAILED' } });
  });
});

describe('with a helper', () => {
  const nothingHere = doubleEngine({
    history: () => Promise.reject(new Error('happened here')),
    stage: () => Promise.reject(new Error('happened here')),
  });

  test('it answers, also what only reads', async () => {
    const { helper: one, access } = await withHelper();
    const point = values.rolledBack.restorePoint;
    one.answers = {
      history: () => values.history,
      livepatch: () => values.livepatchStatus,
      modules: () => values.moduleTrees,
      check: () => values.report,
      preview: () => ({ ...values.rolledBack, dryRun: true }),
    };
    const engine = engineThroughHelper(access, nothingHere);
    expect(await engine.history(system())).toEqual({ ok: true, value: values.history });
    expect(await engine.livepatchStatus(system())).toEqual({ ok: true, value: values.livepatchStatus });
    expect(await engine.moduleTrees(system())).toEqual({ ok: true, value: values.moduleTrees });
    expect(await engine.check(system(), { moment: 'before-activation', plan: 'plan-0001' })).toMatchObject({
      ok: true,
    });
    expect(await engine.rollback(system(), { restorePoint: point, dryRun: true })).toMatchObject({
      ok: true,
    });
    expect(one.asked).toEqual([
      { verb: 'history', params: {} },
      { verb: 'livepatch', params: {} },
      { verb: 'modules', params: {} },
      { verb: 'check', params: { moment: 'before-activation', plan: 'plan-0001' } },
      { verb: 'preview', params: { restorePoint: point } },
    ]);
    expect(await engine.place()).toBe('installed');
  });

  test('progress of the run that was asked for is told, and of no other', async () => {
    const { helper: one, access } = await withHelper();
    one.status = status({ run: run('stage', { id: 'run-other', uid }) });
    const work = runOf(one, 'stage', values.staged);
    one.answers = { stage: work.answer };
    const events: ProgressEvent[] = [];
    const answer = engineThroughHelper(access, nothingHere).stage(system(undefined, events), {
      scope: 'all',
      selected: [],
    });
    await work.begun;
    const event = (runId: string, type: ProgressEvent['type'], text: string): void =>
      one.tell({
        kind: 'progress',
        run: runId,
        event: { version: 1, type, phase: 'download', time: 1, text },
      });
    event('run-other', 'log', 'of somebody else');
    event('run-mine', 'log', 'of mine');
    work.end();
    expect(await answer).toEqual({ ok: true, value: values.staged });
    await expect.poll(() => events.map(({ text }) => text)).toEqual(['of mine']);
  });

  test('Ctrl+C stops the run, and no other', async () => {
    const { helper: one, access } = await withHelper();
    const cancelled = later<unknown>();
    one.answers = {
      stage: async () => {
        one.tellStatus({ run: run('stage', { uid, id: 'run-mine' }) });
        await cancelled.promise;
        throw new Refusal(problem('CANCELLED'));
      },
      cancel: (params: unknown) => {
        cancelled.resolve(params);
        return {};
      },
    };
    const stop = new AbortController();
    const answer = engineThroughHelper(access, nothingHere).stage(system(stop.signal), {});
    await expect.poll(() => one.status.run?.id).toBe('run-mine');
    stop.abort();
    expect(await cancelled.promise).toEqual({ run: 'run-mine' });
    expect(await answer).toMatchObject({ ok: false, problem: { code: 'CANCELLED' } });
  });

  test('Ctrl+C while polkit still asks takes the question back', async () => {
    const { helper: one, access } = await withHelper();
    const asked = later<undefined>();
    one.answers = {
      activate: () => {
        asked.resolve(undefined);
        return new Promise(() => undefined);
      },
    };
    const stop = new AbortController();
    const answer = engineThroughHelper(access, nothingHere).activate(system(stop.signal), {});
    await asked.promise;
    stop.abort();
    expect(await answer).toMatchObject({ ok: false, problem: { code: 'CANCELLED' } });
    await expect.poll(() => one.clients).toBe(0);
  });

  test('a helper that has just begun is waited for until it has looked for interrupted work', async () => {
    const { helper: one, access } = await withHelper();
    one.status = status({ run: run('recover', { uid: 0 }) });
    const answer = engineThroughHelper(access, nothingHere).status(system());
    await expect.poll(() => one.clients).toBe(1);
    one.tellStatus({ run: null });
    expect(await answer).toEqual({ ok: true, value: status() });
  });
});
