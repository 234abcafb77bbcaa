/** What the app knows: it renders what was told last, and survives services that are late, wrong, or silent. */
import { flushSync } from 'svelte';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppApi, AppEvent, AppState } from '../../../shared/app.js';
import type { Outcome } from '../../../shared/errors.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import { appState, preferences } from '../../../renderer/double/records.js';

type AppModule = typeof import('../../../renderer/state/app.svelte.js');
let App: AppModule['App'];

beforeAll(async () => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  ({ App } = await import('../../../renderer/state/app.svelte.js'));
});

const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
let answers: Record<string, (params: unknown) => unknown>;
let asked: string[];
let emit: (event: AppEvent) => void;
let shown: string[];

function api(): AppApi {
  return {
    call: async (name, params) => {
      asked.push(name);
      return (await answers[name]?.(params)) as never;
    },
    listen(listener) {
      emit = (event) => {
        listener(event);
        flushSync();
      };
      return () => undefined;
    },
  };
}

beforeEach(() => {
  asked = [];
  shown = [];
  answers = { state: () => ok(appState), preferences: () => ok(preferences) };
});

function begun() {
  const app = new App(api(), (page) => shown.push(page));
  app.start();
  return app;
}

const event = (more: Partial<ProgressEvent>): ProgressEvent => ({
  version: 1,
  type: 'progress',
  phase: 'download',
  time: 5_000,
  ...more,
});
const staging = (progress: ProgressEvent | null, run = 'run-1'): AppState => ({
  ...appState,
  update: { state: 'staging', plan: null, run, progress, cancelling: false },
});

describe('calls', () => {
  test('an answer that never comes as agreed is a problem, not an exception', async () => {
    const app = begun();
    answers['history'] = () => {
      throw new Error('the shell is broken');
    };
    answers['inspect'] = () => undefined;
    answers['log'] = () => 'text';
    for (const name of ['history', 'inspect', 'log'] as const) {
      const outcome = await app.call(name, {});
      expect(outcome.ok).toBe(false);
      if (!outcome.ok) expect(outcome.problem.code).toBe('INTERNAL');
    }
  });

  test('what alters asks for the right first, where only looking is allowed', async () => {
    const readOnly: AppState = { ...appState, connection: { state: 'read-only', problem: null } };
    answers['state'] = () => ok(readOnly);
    answers['connect'] = () => ok(appState);
    answers['recover'] = () => ok({ transactions: [], cleaned: [] });
    const app = begun();
    await app.refresh();
    asked = [];
    expect((await app.alter('recover', {})).ok).toBe(true);
    expect(asked).toEqual(['connect', 'recover']);
    expect(app.connection.state).toBe('connected');
  });

  test('a password that was not given ends it there', async () => {
    answers['state'] = () =>
      ok({ ...appState, connection: { state: 'read-only', problem: null } } satisfies AppState);
    answers['connect'] = () => ({
      ok: false,
      problem: { code: 'AUTHORISATION_DISMISSED', sentence: '', hint: '', details: [] },
    });
    const app = begun();
    await app.refresh();
    asked = [];
    expect((await app.alter('rollback', {})).ok).toBe(false);
    expect(asked).toEqual(['connect']);
  });
});

describe('events', () => {
  test('the state that came last is what is shown', () => {
    const app = begun();
    emit({ kind: 'state', state: staging(null) });
    expect(app.update.state).toBe('staging');
    emit({ kind: 'state', state: appState });
    expect(app.update.state).toBe('idle');
  });

  test('a snapshot in the middle of a run shows where it is, and an old one does not set it back', () => {
    const app = begun();
    emit({ kind: 'state', state: staging(event({ done: 1, total: 10 })) });
    expect(app.progress?.done).toBe(1);
    emit({ kind: 'progress', run: 'run-1', event: event({ done: 5, total: 10, time: 6_000 }) });
    emit({ kind: 'state', state: staging(event({ done: 1, total: 10 })) });
    expect(app.progress?.done).toBe(5);
  });

  test('a new run begins with an empty log and without progress', () => {
    const app = begun();
    emit({ kind: 'state', state: staging(null) });
    emit({ kind: 'progress', run: 'run-1', event: event({ type: 'log', text: 'one\ntwo' }) });
    expect(app.lines).toEqual(['one', 'two']);
    emit({ kind: 'progress', run: 'run-2', event: event({ done: 1 }) });
    expect(app.lines).toEqual([]);
    emit({ kind: 'state', state: staging(null, 'run-3') });
    expect(app.progress).toBeNull();
  });

  test('a log without end does not fill the memory', () => {
    const app = begun();
    emit({ kind: 'state', state: staging(null) });
    for (let line = 0; line < 6_000; line += 1) {
      emit({ kind: 'progress', run: 'run-1', event: event({ type: 'log', text: `line ${String(line)}` }) });
    }
    expect(app.lines.length).toBeLessThanOrEqual(5_001);
    expect(app.lines.at(-1)).toBe('line 5999');
  });

  test('checks come one by one, a repeated one replaces the first, and a new check begins anew', async () => {
    const app = begun();
    const result = {
      id: 'room',
      title: '',
      result: 'pass',
      sentence: '',
      measured: '',
      remedy: null,
    } as const;
    emit({ kind: 'checked', result });
    emit({ kind: 'checked', result: { ...result, id: 'power' } });
    emit({ kind: 'checked', result: { ...result, result: 'warn' } });
    expect(app.checked.map(({ id, result: said }) => `${id} ${said}`)).toEqual(['power pass', 'room warn']);
    answers['check'] = () => ok({ result: 'pass', checks: [] });
    await app.call('check', { moment: 'before-stage' });
    expect(app.checked).toEqual([]);
  });

  test('the shell can ask for a page', () => {
    begun();
    emit({ kind: 'show', page: 'rollback' });
    expect(shown).toEqual(['rollback']);
  });

  test('records are read anew when a run ended', () => {
    const app = begun();
    emit({ kind: 'state', state: appState });
    const before = app.epoch;
    emit({
      kind: 'state',
      state: {
        ...appState,
        status: { ...appState.status!, last: { ...appState.status!.last!, id: 'run-99' } },
      },
    });
    expect(app.epoch).not.toBe(before);
  });
});
