/** Notifications: wired to the rules, wanted, not about what is looked at, and leading somewhere. */
import { beforeEach, describe, expect, test } from 'vitest';
import { notifier } from '../../../electron/main/notifications.js';
import { wordsIn } from '../../../electron/main/words.js';
import { notificationKinds, type Told } from '../../../electron/services/notifications/rules.js';
import type { UpdateState, UpdateStateName } from '../../../shared/state.js';
import { notificationDouble, type NotificationDouble } from './electron-double.js';
import { stateOf, updateStates } from './state.js';

let made: NotificationDouble[];
let told: Told;
let chosen: string[];
let wanted: boolean;
let lookedAt: boolean;
let hasActions: boolean;
let now: Date;

beforeEach(() => {
  made = [];
  told = {};
  chosen = [];
  [wanted, lookedAt, hasActions] = [true, false, true];
  now = new Date('2026-11-20T10:00:00Z');
});

const start = () =>
  notifier({
    make: (options) => {
      made.push(notificationDouble(options));
      return made.at(-1)!.shown;
    },
    icon: '/icon.png',
    words: () => wordsIn('en'),
    isWanted: () => wanted,
    isLookedAt: () => lookedAt,
    hasActions: () => Promise.resolve(hasActions),
    memory: { value: () => told, write: (next) => void (told = next) },
    onChosen: (page) => void chosen.push(page),
    now: () => now,
  });
const settled = () => new Promise((resolve) => setImmediate(resolve));

const cases: Readonly<
  Record<(typeof notificationKinds)[number], readonly [UpdateStateName, string, string, string]>
> = {
  ready: ['staged', 'An update is ready', 'wizard', 'wizard'],
  missed: ['staged', 'The switch did not happen', 'wizard', 'wizard'],
  'needs-decision': ['needs-decision', 'An update needs a decision', 'wizard', 'wizard'],
  done: ['done', 'Updated', 'home', 'rollback'],
  'rolled-back': ['rolled-back', 'Rolled back', 'home', 'history'],
  recovered: ['recovered', 'Recovered', 'home', 'history'],
};

describe.each(notificationKinds)('%s', (kind) => {
  const [state, title, click, action] = cases[kind];
  const update: UpdateState =
    kind === 'missed'
      ? { ...updateStates.staged, missed: { at: '2026-11-25T22:00:00Z', problem: null } }
      : updateStates[state];

  test('is shown once it has become true, and leads where it can be dealt with', async () => {
    const notify = start();
    notify.take(stateOf(updateStates.idle));
    notify.take(stateOf(update));
    await settled();
    expect(made.map(({ options, did }) => [options.title, did])).toEqual([[title, ['show']]]);
    expect(made[0]!.options.actions).toMatchObject([{ type: 'button' }]);
    made[0]!.events.emit('click');
    made[0]!.events.emit('action');
    expect(chosen).toEqual([click, action]);
  });

  test('is not shown again within a day, not even after a new start', async () => {
    start().take(stateOf(update));
    const again = start();
    again.take(stateOf(updateStates.idle));
    now = new Date(now.getTime() + 23 * 3_600_000);
    again.take(stateOf(update));
    await settled();
    expect(made).toHaveLength(1);
  });
});

test('the day is over after a day, whatever was told', async () => {
  const notify = start();
  notify.take(stateOf(updateStates.staged));
  notify.take(stateOf(updateStates.idle));
  now = new Date(now.getTime() + 25 * 3_600_000);
  notify.take(stateOf(updateStates.staged));
  await settled();
  expect(made).toHaveLength(2);
});

test('a clock that was set back does not silence them', async () => {
  start().take(stateOf(updateStates.staged));
  now = new Date('2020-01-01T00:00:00Z');
  start().take(stateOf(updateStates.staged));
  await settled();
  expect(made).toHaveLength(2);
});

test('nobody who does not want them gets any, nor who is looking at it; it counts as told', async () => {
  wanted = false;
  start().take(stateOf(updateStates.staged));
  [wanted, lookedAt] = [true, true];
  start().take(stateOf(updateStates.done));
  await settled();
  expect(made).toEqual([]);
  expect(Object.keys(told)).toHaveLength(2);
});

test('a server without buttons gets none', async () => {
  hasActions = false;
  start().take(stateOf(updateStates.done));
  await settled();
  expect(made[0]!.options.actions).toEqual([]);
});

test('a newer one takes the place of an older one, and the last one goes with the app', async () => {
  const notify = start();
  notify.take(stateOf(updateStates.staged));
  await settled();
  notify.take(stateOf(updateStates.done));
  await settled();
  expect(made.map(({ did }) => did)).toEqual([['show', 'close'], ['show']]);
  notify.close();
  expect(made[1]!.did).toEqual(['show', 'close']);
});
