import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../electron/helper/client/connect.js';
import { createApp, type App, type AppOptions } from '../../../electron/services/app.js';
import { keepConnected, type Connection } from '../../../electron/services/connection/connection.js';
import { patience } from '../../../electron/services/connection/patience.js';
import { createScheduler } from '../../../electron/services/schedule/scheduler.js';
import { openStores, type Stores } from '../../../electron/services/store/stores.js';
import { appOperationNames, appStateSchema, type AppEvent } from '../../../shared/app.js';
import { problem } from '../../../shared/errors.js';
import type { History } from '../../../shared/history.js';
import { defaultSystemSettings } from '../../../shared/settings.js';
import type { Status } from '../../../shared/status.js';
import * as values from '../cli/values.js';
import { Refusal, smallHelper, type SmallHelper } from './small-helper.js';
import { ended, helper, idle, moment, run, staged, status, switched } from './status.js';
import { until } from './until.js';

const history: History = { ...values.history, unseen: [] };

let folder: string;
let apps: App[];
let helpers: SmallHelper[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-app-'));
  apps = [];
  helpers = [];
});
afterEach(async () => {
  for (const app of apps) app.close();
  await Promise.all(helpers.map((one) => one.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const socket = () => join(folder, 'helper.socket');
const now = () => new Date(moment(60));

async function helperWith(told: Status): Promise<SmallHelper> {
  const one = await smallHelper(socket(), told);
  one.answers = { history: () => history, settings: () => defaultSystemSettings };
  helpers.push(one);
  return one;
}

interface Opened {
  readonly app: App;
  readonly connection: Connection;
  readonly stores: Stores;
  readonly events: AppEvent[];
  /** Resolves with the first event, from now on, that fits. */
  readonly next: (fits: (event: AppEvent) => boolean) => Promise<AppEvent>;
}

function opened(options: Partial<AppOptions> = {}): Opened {
  const connection = keepConnected({
    places: [{ kind: 'demand', path: socket(), trust: 'root-or-self' }],
    connect,
    patience: patience(5, 20),
  });
  const stores = openStores({
    folders: { config: join(folder, 'c'), state: join(folder, 's') },
    practice: false,
  });
  const app = createApp({
    connection,
    stores,
    scheduler: createScheduler({ connection, everyMs: null, mayAct: () => false, now }),
    can: { tray: false, startAtLogin: false, notify: false },
    elevate: null,
    practice: false,
    version: '0.1.0',
    now,
    ...options,
  });
  apps.push(app);
  const events: AppEvent[] = [];
  const waiting = new Set<(event: AppEvent) => void>();
  app.listen((event) => {
    events.push(event);
    for (const look of waiting) look(event);
  });
  const next: Opened['next'] = (fits) =>
    new Promise((resolve) => {
      const look = (event: AppEvent): void => {
        if (!fits(event)) return;
        waiting.delete(look);
        resolve(event);
      };
      waiting.add(look);
    });
  return { app, connection, stores, events, next };
}

async function ready(told: Status = idle, options: Partial<AppOptions> = {}) {
  const one = await helperWith(told);
  const all = opened(options);
  await until(all.connection, ({ status: known }) => known !== null);
  return { helper: one, ...all };
}

const stateIs = (name: string) => (event: AppEvent) =>
  event.kind === 'state' && event.state.update.state === name;

describe('the state', () => {
  test('fits the contract, and is told first', async () => {
    const { app, events } = await ready(status({ staged: staged() }));
    expect(appStateSchema.parse(app.state)).toEqual(app.state);
    expect(app.state).toMatchObject({
      update: { state: 'staged' },
      connection: { state: 'connected', problem: null },
    });
    expect(events[0]).toMatchObject({ kind: 'state', state: { connection: { state: 'connecting' } } });
  });

  test('follows the helper, and is told once a change', async () => {
    const { helper: one, events, next } = await ready();
    const before = events.length;
    const planning = next(stateIs('planning'));
    one.tellStatus({ run: run('plan') });
    await planning;
    one.tellStatus({});
    const idleAgain = next(stateIs('idle'));
    one.tellStatus({ run: null });
    await idleAgain;
    const told = events.slice(before).filter(({ kind }) => kind === 'state');
    expect(told).toHaveLength(2);
  });

  test('says that nobody answers, and why', async () => {
    const { app, connection } = opened();
    await until(connection, ({ facts }) => facts.state === 'absent');
    expect(app.state).toMatchObject({
      update: { state: 'unknown' },
      status: null,
      connection: { state: 'absent', problem: { code: 'HELPER_UNREACHABLE' } },
      schedule: { reason: 'no-right' },
    });
  });

  test('progress is passed on', async () => {
    const { helper: one, next } = await ready(status({ run: run('stage') }));
    const event = { version: 1, type: 'progress', phase: 'download', time: 1, done: 5, total: 9 } as const;
    const heard = next(({ kind }) => kind === 'progress');
    one.tell({ kind: 'progress', run: 'run-0001', event });
    expect(await heard).toEqual({ kind: 'progress', run: 'run-0001', event });
  });
});

describe('operations', () => {
  test('each has a handler', () => {
    expect(Object.keys(opened().app.handlers).sort()).toEqual([...appOperationNames].sort());
  });

  test('a verb goes to the helper as it was asked, and its answer comes back', async () => {
    const { helper: one, app } = await ready();
    one.answers = { plan: () => values.plan };
    expect(await app.handlers.plan({ scope: 'selected', selected: ['curl'] })).toEqual({
      ok: true,
      value: values.plan,
    });
    expect(one.asked.at(-1)).toEqual({ verb: 'plan', params: { scope: 'selected', selected: ['curl'] } });
  });

  test('a check tells each result as it comes', async () => {
    const { helper: one, app } = await ready();
    one.answers = { check: () => values.report };
    expect(await app.answer('check', { moment: 'before-stage' })).toEqual({ ok: true, value: values.report });
  });

  test.each([
    ['unknown', {}],
    ['__proto__', {}],
    ['constructor', {}],
    [7, {}],
    ['plan', { scope: 'everything' }],
    ['plan', { scope: 'all', further: true }],
    ['plan', { scope: 'selected', selected: ['--help'] }],
    ['review', { stage: '../../etc' }],
    ['cancel', null],
    ['change', { settings: { keepRestorePoints: 0 } }],
    ['prefer', { change: { language: 'xx' } }],
    ['prefer', { change: { version: 1 } }],
    ['state', { more: 1 }],
  ])('%j with %j is refused before anything is asked', async (name, params) => {
    const { helper: one, app } = await ready();
    const before = one.asked.filter(({ verb }) => verb === name).length;
    expect(await app.answer(name, params)).toMatchObject({ ok: false, problem: { code: 'BAD_REQUEST' } });
    expect(one.asked.filter(({ verb }) => verb === name)).toHaveLength(before);
  });

  test('preferences are kept, and every window is told', async () => {
    const { app, events, stores } = opened();
    const change = { language: 'de' as const, stayInTray: undefined };
    expect(await app.answer('prefer', { change })).toMatchObject({
      ok: true,
      value: { language: 'de', stayInTray: true },
    });
    expect(events).toContainEqual({ kind: 'preferences', preferences: stores.preferences.value() });
    expect(JSON.parse(readFileSync(stores.preferences.path, 'utf8'))).toMatchObject({ language: 'de' });
  });
});

describe('what was seen', () => {
  const failed = () => status({ last: ended('stage', problem('NO_SPACE')) });

  test('is acknowledged, and stays so after a restart of the app', async () => {
    const { app, next } = await ready(failed());
    expect(app.state.update.state).toBe('failed');
    const calm = next(stateIs('idle'));
    expect(await app.handlers.acknowledge({})).toMatchObject({
      ok: true,
      value: { update: { state: 'idle' } },
    });
    await calm;
    app.close();
    const again = opened();
    await until(again.connection, ({ status: known }) => known !== null);
    expect(again.app.state.update.state).toBe('idle');
  });

  test('a live patch that is held back is told until then', async () => {
    const heldBack = [{ release: '6.1.0-49-amd64', name: 'fix_net', since: moment(1) }];
    const { app } = await ready(status({ heldBack }));
    expect(app.state.heldBack).toEqual(heldBack);
    await app.handlers.acknowledge({});
    expect(app.state).not.toHaveProperty('heldBack');
    expect(app.state.status).toMatchObject({ heldBack });
  });

  test('is what somebody went on from', async () => {
    const { helper: one, app, next } = await ready(failed());
    const planning = next(stateIs('planning'));
    one.tellStatus({ run: run('plan', { id: 'run-0002' }) });
    await planning;
    const over = next(stateIs('idle'));
    one.tellStatus({ run: null });
    await over;
    expect(app.state.update.state).toBe('idle');
  });

  test('what ended long before the first start of the app is no news; what ended just now is', async () => {
    const { app } = await ready(status({ latest: switched({ ended: moment(-2000) }) }));
    expect(app.state.update.state).toBe('idle');
    app.close();
    rmSync(join(folder, 's'), { recursive: true });
    const again = opened();
    helpers[0]!.status = status({ latest: switched({ ended: moment(50) }) });
    await until(again.connection, ({ status: known }) => known !== null);
    expect(again.app.state.update.state).toBe('done');
  });
});

describe('history', () => {
  test('is the helper’s; a copy is kept and shown with its date while nobody answers', async () => {
    const { helper: one, app, connection } = await ready();
    expect(await app.handlers.history({})).toEqual({ ok: true, value: history });
    await one.stop();
    await until(connection, ({ facts }) => facts.state !== 'connected');
    const later = await app.handlers.history({});
    expect(later).toMatchObject({ ok: true, value: { entries: history.entries } });
    expect(later.ok && later.value.unseen[0]?.why).toContain(moment(60));
  });

  test('nothing is made up when there never was any', async () => {
    const { app, connection } = opened();
    await until(connection, ({ facts }) => facts.state === 'absent');
    expect(await app.handlers.history({})).toMatchObject({
      ok: false,
      problem: { code: 'HELPER_UNREACHABLE' },
    });
  });

  test('a helper’s own no is no reason for the copy', async () => {
    const { helper: one, app } = await ready();
    await app.handlers.history({});
    one.answers = {
      history: () => {
        throw new Refusal(problem('JOURNAL_DAMAGED'));
      },
    };
    expect(await app.handlers.history({})).toMatchObject({ ok: false, problem: { code: 'JOURNAL_DAMAGED' } });
  });

  test('is read again after every run', async () => {
    const { helper: one, next, stores } = await ready();
    await next(({ kind, ...rest }) => kind === 'state' && 'state' in rest && rest.state.historyRebuilt);
    one.answers = { history: () => ({ ...history, entries: [] }) };
    one.tellStatus({ run: run('stage') });
    const told = next(stateIs('failed'));
    one.tellStatus({ run: null, last: ended('stage', problem('NO_SPACE')) });
    await told;
    await expect.poll(() => stores.history.value().history.entries).toEqual([]);
  });

  test('a copy that is damaged is made anew from the journal, which is said until it was seen', async () => {
    mkdirSync(join(folder, 's'));
    writeFileSync(join(folder, 's/history.json'), '{"version":1,"told":');
    const { app, next } = await ready();
    if (!app.state.historyRebuilt)
      await next((event) => event.kind === 'state' && event.state.historyRebuilt);
    expect(JSON.parse(readFileSync(join(folder, 's/history.json'), 'utf8'))).toMatchObject({ history });
    expect(await app.handlers.acknowledge({})).toMatchObject({ ok: true, value: { historyRebuilt: false } });
  });
});

describe('connecting with the right to alter', () => {
  const mayOnlyRead = () => status({ helper: { ...helper, privileged: false } });

  test('asks for it once, and answers with the new state', async () => {
    let asked = 0;
    const elevate = async () => {
      asked += 1;
      await helperWith(idle);
      return { ok: true, value: '' } as const;
    };
    const { app, connection } = opened({ elevate });
    await until(connection, ({ facts }) => facts.state === 'absent');
    expect(app.state.can.elevate).toBe(true);
    expect(await app.handlers.connect({})).toMatchObject({
      ok: true,
      value: { connection: { state: 'connected' } },
    });
    await app.handlers.connect({});
    expect(asked).toBe(1);
  });

  test('a question that was dismissed is the answer, and what was there stays', async () => {
    const refusal = problem('AUTHORISATION_DISMISSED');
    const { app } = await ready(mayOnlyRead(), {
      elevate: () => Promise.resolve({ ok: false, problem: refusal }),
    });
    expect(await app.handlers.connect({})).toEqual({ ok: false, problem: refusal });
    expect(app.state.connection.state).toBe('read-only');
  });

  test('practice needs none', async () => {
    const elevate = () => Promise.reject(new Error('asked for a password'));
    const { app } = await ready(status({ helper: { ...helper, practice: true } }), {
      elevate,
      practice: true,
    });
    expect(await app.handlers.connect({})).toMatchObject({ ok: true });
  });
});

test('a report holds what a developer needs, and nobody’s name', async () => {
  const { helper: one, app } = await ready(
    status({ last: ended('stage', problem('NO_SPACE', '/home/ada/big')) }),
    {
      identities: () => ({ users: ['ada'], hosts: ['analytical-engine'], harmless: [] }),
    },
  );
  one.answers = {
    inspect: () => ({ ...values.machine, unseen: [{ what: 'the lock', why: 'ada may not look' }] }),
    check: () => values.report,
    log: () => ({ run: 'run-0001', lines: ['Setting up on analytical-engine (192.168.1.7)'], dropped: 3 }),
  };
  const outcome = await app.handlers.report({});
  const text = outcome.ok ? outcome.value.text : '';
  for (const part of [
    'Understudy 0.1.0',
    'Debian GNU/Linux 12',
    'block power',
    'NO_SPACE',
    '/home/(user)/big',
    'Setting up on (host) ((address))',
    'the beginning is left out',
  ])
    expect(text).toContain(part);
  expect(text).not.toMatch(/ada|analytical/);
});
