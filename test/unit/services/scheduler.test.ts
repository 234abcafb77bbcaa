import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../electron/helper/client/connect.js';
import { keepConnected, type Connection } from '../../../electron/services/connection/connection.js';
import { notify } from '../../../electron/services/notifications/notifier.js';
import type { Conditions } from '../../../electron/services/schedule/conditions.js';
import {
  createScheduler,
  pauseForADay,
  type Scheduler,
} from '../../../electron/services/schedule/scheduler.js';
import { openStores } from '../../../electron/services/store/stores.js';
import type { AppEvent } from '../../../shared/app.js';
import { problem } from '../../../shared/errors.js';
import { defaultSystemSettings, type SystemSettings } from '../../../shared/settings.js';
import type { Status } from '../../../shared/status.js';
import * as values from '../cli/values.js';
import { appState } from './app-state.js';
import { Refusal, smallHelper, type SmallHelper } from './small-helper.js';
import { ended, helper, idle, moment, staged, status } from './status.js';

let folder: string;
let one: SmallHelper;
let connection: Connection;
let scheduler: Scheduler;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-scheduler-'));
});
afterEach(async () => {
  scheduler.close();
  connection.close();
  await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

const calm: Conditions = {
  onMains: true,
  connected: true,
  metered: false,
  load: 0,
  processors: 4,
  unattended: null,
};
const settings: SystemSettings = {
  ...defaultSystemSettings,
  automatic: { ...defaultSystemSettings.automatic, fromHour: 0, toHour: 0, scope: 'security' },
};

async function scheduled(told: Status, { conditions = calm, mayAct = true } = {}): Promise<string[]> {
  const path = join(folder, 'helper.socket');
  one = await smallHelper(path, told);
  one.answers = {
    settings: () => settings,
    plan: () => values.plan,
    stage: () => values.staged,
    change: ({ settings: change }: { settings: { automatic: object } }) => ({
      ...settings,
      automatic: { ...settings.automatic, ...change.automatic },
    }),
  };
  connection = keepConnected({ places: [{ kind: 'demand', path, trust: 'root-or-self' }], connect });
  await connection.attempt();
  scheduler = createScheduler({
    connection,
    everyMs: null,
    mayAct: () => mayAct,
    now: () => new Date(moment(60)),
    conditions: () => Promise.resolve(conditions),
  });
  await scheduler.look();
  return one.asked.map(({ verb }) => verb).filter((verb) => verb !== 'settings');
}

describe('the scheduler', () => {
  test('stages in the background what the settings say, when it is due', async () => {
    expect(await scheduled(idle)).toEqual(['stage']);
    expect(one.asked.at(-1)?.params).toEqual({ scope: 'security', selected: [], background: true });
  });

  test.each([
    ['a helper without the right', status({ helper: { ...helper, privileged: false } }), {}],
    ['a practice system', status({ helper: { ...helper, practice: true } }), {}],
    ['a moment that does not suit', idle, { conditions: { ...calm, onMains: false } }],
    ['a helper that would ask for a password', idle, { mayAct: false }],
    ['something staged today', status({ staged: staged() }), {}],
  ])('does nothing with %s', async (_, told, options) => {
    expect(await scheduled(told, options)).toEqual([]);
  });

  test('does not stage again what is staged and still the newest, and does not look again for a day', async () => {
    const old = staged({ created: moment(-3 * 24 * 60), plan: values.plan.id });
    expect(await scheduled(status({ staged: old }))).toEqual(['plan']);
    expect(scheduler.current.reason).toBe('staged-already');
    await scheduler.look();
    expect(one.asked.filter(({ verb }) => verb === 'plan')).toHaveLength(1);
  });

  test('works by the settings that come with it where the file is damaged', async () => {
    await scheduled(status({ staged: staged() }));
    one.answers.settings = () => {
      throw new Refusal(problem('SETTINGS_DAMAGED'));
    };
    expect((await scheduler.look()).reason).toBe('staged-already');
  });

  test('tells of another reason as soon as the helper does', async () => {
    await scheduled(status({ staged: staged() }));
    const changed = new Promise<void>((resolve) => scheduler.onChange(resolve));
    one.tellStatus({ helper: { ...helper, privileged: false } });
    await changed;
    expect(scheduler.current.reason).toBe('no-right');
  });

  test('learns by itself what a new helper and changed settings say, and does nothing at once', async () => {
    await scheduled(idle, { mayAct: false });
    scheduler.close();
    one.asked.splice(0);
    let now = settings;
    one.answers.settings = () => now;
    scheduler = createScheduler({
      connection,
      mayAct: () => true,
      now: () => new Date(moment(60)),
      conditions: () => Promise.resolve(calm),
    });
    await expect.poll(() => scheduler.current.reason).toBe('due');
    now = { ...settings, automatic: { ...settings.automatic, enabled: false } };
    one.tellStatus({ last: ended('settings', null, { id: 'run-0009' }) });
    await expect.poll(() => scheduler.current.reason).toBe('off');
    expect(one.asked.map(({ verb }) => verb)).toEqual(['settings', 'settings']);
  });

  test('a pause for a day is a change of the settings', async () => {
    await scheduled(status({ staged: staged() }));
    expect(await pauseForADay(connection, new Date(moment(60)))).toMatchObject({
      ok: true,
      value: { automatic: { pausedUntil: moment(60 + 24 * 60) } },
    });
  });
});

describe('the notifier', () => {
  const told = (events: readonly AppEvent[]): string[] => {
    const folders = { config: folder, state: folder };
    const shown: string[] = [];
    notify({
      app: {
        listen: (listener) => {
          for (const event of events) listener(event);
          return () => undefined;
        },
      },
      stores: openStores({ folders, practice: false }),
      show: (kind) => shown.push(kind),
      now: () => new Date(moment(0)),
    });
    return shown;
  };
  const event = (name: 'idle' | 'staged' | 'done'): AppEvent => ({ kind: 'state', state: appState(name) });
  beforeEach(async () => {
    await scheduled(idle);
  });

  test('shows each once, also over a restart', () => {
    expect(told([event('idle'), event('staged'), event('idle'), event('staged'), event('done')])).toEqual([
      'ready',
      'done',
    ]);
    expect(told([event('idle'), event('staged')])).toEqual([]);
  });

  test('is quiet for who wants none', () => {
    const { preferences } = openStores({ folders: { config: folder, state: folder }, practice: false });
    preferences.write({ ...preferences.value(), notifications: false });
    expect(told([event('staged')])).toEqual([]);
  });
});
