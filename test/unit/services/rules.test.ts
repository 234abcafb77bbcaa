import { describe, expect, test } from 'vitest';
import { notificationFor, type Told } from '../../../electron/services/notifications/rules.js';
import { trayModel } from '../../../electron/services/tray/model.js';
import type { UpdateState } from '../../../shared/state.js';
import { appState, updates } from './app-state.js';
import { moment, status } from './status.js';

const at = (minutes: number): Date => new Date(moment(minutes));
const day = 24 * 60;

describe('notifications', () => {
  const ready = appState(updates.staged);
  const working = appState(updates.staging);

  test.each(Object.keys(updates) as (keyof typeof updates)[])('%s', (name) => {
    const { notification } = notificationFor(working, appState(updates[name]), {}, at(0));
    const expected = {
      staged: 'ready',
      'needs-decision': 'needs-decision',
      done: 'done',
      'rolled-back': 'rolled-back',
      recovered: 'recovered',
    };
    expect(notification).toBe((expected as Record<string, string>)[name] ?? null);
  });

  test('what was so before is no news', () => {
    expect(notificationFor(ready, appState({ ...updates.staged }), {}, at(0)).notification).toBeNull();
  });

  test('the same thing is told once a day at most, whatever happens between', () => {
    let told: Told = {};
    const shown: number[] = [];
    for (let hour = 0; hour < 49; hour += 1) {
      const first = notificationFor(working, ready, told, at(hour * 60));
      if (first.notification) shown.push(hour);
      told = notificationFor(ready, working, first.told, at(hour * 60 + 1)).told;
    }
    expect(shown).toEqual([0, 24, 48]);
  });

  test('a restart of the app is no reason to tell again', () => {
    const { told } = notificationFor(null, ready, {}, at(0));
    expect(notificationFor(null, ready, told, at(30)).notification).toBeNull();
    expect(notificationFor(null, ready, told, at(day)).notification).toBe('ready');
  });

  test('two updates on one day are two things that were done', () => {
    const { told } = notificationFor(working, appState(updates.done), {}, at(0));
    const second = appState({ state: 'done', stage: 'stage-0002', restorePoint: 'point-0002' });
    expect(notificationFor(working, second, told, at(60)).notification).toBe('done');
  });

  test('a clock that was ahead does not silence for ever', () => {
    expect(notificationFor(working, ready, { ready: moment(90 * day) }, at(0)).notification).toBe('ready');
  });

  test('what is scheduled for the shutdown waits for nobody', () => {
    expect(
      notificationFor(working, appState({ ...updates.staged, scheduled: true } as UpdateState), {}, at(0))
        .notification,
    ).toBeNull();
  });

  test('the memory does not grow', () => {
    const old = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`done point-${index}`, moment(index)]),
    );
    const { told } = notificationFor(working, ready, old, at(3 * day));
    expect(Object.keys(told)).toEqual(['ready']);
  });
});

describe('the tray', () => {
  const restorePoint = { id: 'point-0001', created: moment(0), title: 'Before' };
  const withPoint = { status: status({ restorePoint }) };

  test.each([
    ['unknown', 'fine'],
    ['preparing', 'working'],
    ['idle', 'fine'],
    ['planning', 'working'],
    ['planned', 'waiting'],
    ['blocked', 'attention'],
    ['staging', 'working'],
    ['staged', 'ready'],
    ['needs-decision', 'attention'],
    ['switching', 'working'],
    ['done', 'fine'],
    ['rolling-back', 'working'],
    ['rolled-back', 'fine'],
    ['failed', 'attention'],
    ['interrupted', 'attention'],
    ['recovering', 'working'],
    ['recovered', 'attention'],
    ['damaged', 'attention'],
  ] as const)('%s is %s; a rollback is offered where there is one and nothing runs', (name, icon) => {
    const model = trayModel(appState(updates[name], withPoint));
    expect(model.icon).toBe(icon);
    expect(model.menu.rollBack).toBe(icon !== 'working');
    expect(trayModel(appState(updates[name])).menu.rollBack).toBe(false);
  });

  test('updates that wait are counted', () => {
    const model = trayModel(appState({ state: 'idle', pending: 7, security: 1 }));
    expect(model).toMatchObject({ icon: 'waiting', line: 'waiting', count: 7 });
    expect(trayModel(appState(updates.idle))).toMatchObject({ icon: 'fine', line: 'up-to-date' });
    expect(trayModel(appState({ ...updates.staged, scheduled: true } as UpdateState)).line).toBe('scheduled');
  });

  test('nobody answers', () => {
    const state = appState(updates.unknown, { status: null, connection: { state: 'absent', problem: null } });
    expect(trayModel(state)).toMatchObject({
      icon: 'attention',
      line: 'absent',
      menu: { update: false, pause: false },
    });
  });

  test('pausing and resuming', () => {
    expect(trayModel(appState(updates.idle)).menu).toMatchObject({ pause: true, resume: false });
    const paused = appState(updates.idle, { schedule: { reason: 'paused', next: null } });
    expect(trayModel(paused).menu).toMatchObject({ pause: false, resume: true });
    expect(trayModel(appState(updates.idle, { practice: true })).menu.pause).toBe(false);
    const reader = appState(updates.idle, { connection: { state: 'read-only', problem: null } });
    expect(trayModel(reader).menu.pause).toBe(false);
  });
});
