import { describe, expect, test } from 'vitest';
import { notificationFor, type Told } from '../../../electron/services/notifications/rules.js';
import { trayModel } from '../../../electron/services/tray/model.js';
import type { AppState } from '../../../shared/app.js';
import { problem } from '../../../shared/errors.js';
import type { UpdateState } from '../../../shared/state.js';
import { idle, moment, status } from './status.js';

export const appState = (update: UpdateState, part: Partial<AppState> = {}): AppState => ({
  update,
  status: idle,
  connection: { state: 'connected', problem: null },
  schedule: { reason: 'due', next: null },
  practice: false,
  historyRebuilt: false,
  can: { tray: true, startAtLogin: true, notify: true, elevate: true },
  ...part,
});

const run = { run: 'run-0001', progress: null };
const of: Record<UpdateState['state'], UpdateState> = {
  unknown: { state: 'unknown' },
  preparing: { state: 'preparing', ...run },
  idle: { state: 'idle', pending: 0, security: 0 },
  planning: { state: 'planning', ...run },
  planned: { state: 'planned', plan: 'plan-0001', changes: 5 },
  blocked: { state: 'blocked', plan: null, problem: problem('CHECK_BLOCKED') },
  staging: { state: 'staging', plan: null, cancelling: false, ...run },
  staged: {
    state: 'staged',
    stage: 'stage-0001',
    plan: 'plan-0001',
    how: 'live',
    interruptionSeconds: 0,
    scheduled: false,
  },
  'needs-decision': { state: 'needs-decision', stage: 'stage-0001', undecided: 2 },
  switching: { state: 'switching', stage: null, ...run },
  done: { state: 'done', stage: 'stage-0001', restorePoint: 'point-0001' },
  'rolling-back': { state: 'rolling-back', restorePoint: null, ...run },
  'rolled-back': { state: 'rolled-back', restorePoint: 'point-0001' },
  failed: { state: 'failed', during: 'stage', problem: problem('NO_SPACE') },
  interrupted: { state: 'interrupted', transaction: 'stage-0001', kind: 'stage' },
  recovering: { state: 'recovering', ...run },
  recovered: { state: 'recovered', transaction: 'stage-0001', kind: 'stage', outcome: 'rolled-back' },
  damaged: { state: 'damaged', problem: problem('JOURNAL_DAMAGED') },
};

const at = (minutes: number): Date => new Date(moment(minutes));
const day = 24 * 60;

describe('notifications', () => {
  const ready = appState(of.staged);
  const working = appState(of.staging);

  test.each(Object.keys(of) as (keyof typeof of)[])('%s', (name) => {
    const { notification } = notificationFor(working, appState(of[name]), {}, at(0));
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
    expect(notificationFor(ready, appState({ ...of.staged }), {}, at(0)).notification).toBeNull();
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
    const { told } = notificationFor(working, appState(of.done), {}, at(0));
    const second = appState({ state: 'done', stage: 'stage-0002', restorePoint: 'point-0002' });
    expect(notificationFor(working, second, told, at(60)).notification).toBe('done');
  });

  test('a clock that was ahead does not silence for ever', () => {
    expect(notificationFor(working, ready, { ready: moment(90 * day) }, at(0)).notification).toBe('ready');
  });

  test('what is scheduled for the shutdown waits for nobody', () => {
    expect(
      notificationFor(working, appState({ ...of.staged, scheduled: true } as UpdateState), {}, at(0))
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
    const model = trayModel(appState(of[name], withPoint));
    expect(model.icon).toBe(icon);
    expect(model.menu.rollBack).toBe(icon !== 'working');
    expect(trayModel(appState(of[name])).menu.rollBack).toBe(false);
  });

  test('updates that wait are counted', () => {
    const model = trayModel(appState({ state: 'idle', pending: 7, security: 1 }));
    expect(model).toMatchObject({ icon: 'waiting', line: 'waiting', count: 7 });
    expect(trayModel(appState(of.idle))).toMatchObject({ icon: 'fine', line: 'up-to-date' });
    expect(trayModel(appState({ ...of.staged, scheduled: true } as UpdateState)).line).toBe('scheduled');
  });

  test('nobody answers', () => {
    const state = appState(of.unknown, { status: null, connection: { state: 'absent', problem: null } });
    expect(trayModel(state)).toMatchObject({
      icon: 'attention',
      line: 'absent',
      menu: { update: false, pause: false },
    });
  });

  test('pausing and resuming', () => {
    expect(trayModel(appState(of.idle)).menu).toMatchObject({ pause: true, resume: false });
    const paused = appState(of.idle, { schedule: { reason: 'paused', next: null } });
    expect(trayModel(paused).menu).toMatchObject({ pause: false, resume: true });
    expect(trayModel(appState(of.idle, { practice: true })).menu.pause).toBe(false);
    const reader = appState(of.idle, { connection: { state: 'read-only', problem: null } });
    expect(trayModel(reader).menu.pause).toBe(false);
  });
});
