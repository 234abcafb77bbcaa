/** A switch for later, as it is kept: once written it survives whatever comes, and no moment is attempted twice. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { activateAtHour, dueHour } from '../../../electron/engine/activate-at-hour.js';
import {
  forgetSchedule,
  latestMs,
  noteAttemptAtHour,
  scheduleAtHour,
  scheduleAtShutdown,
  scheduledHour,
  scheduledStage,
} from '../../../electron/engine/records/schedule.js';
import { requireHour } from '../../../electron/engine/schedule-hour.js';
import { facts, holdsUntil } from '../../../electron/engine/status.js';
import { openSystem } from '../../../electron/engine/system.js';
import { unschedule } from '../../../electron/engine/unschedule.js';
import { problem } from '../../../shared/errors.js';
import { furthestHourMs } from '../../../shared/plan.js';
import { storeFixture, type StoreFixture } from './store-fixture.js';

const at = '2026-11-26T22:00:00.000Z';
const moment = Date.parse(at);
const after = (ms: number): Date => new Date(moment + ms);
const hour = { stage: 'stage-one', at, how: 'reboot' } as const;

let store: StoreFixture;
beforeEach(() => {
  store = storeFixture();
  store.stage('stage-one');
});
afterEach(() => store.dispose());
/** As after a restart: nothing is remembered but what is on the disk. */
const staged = (now: Date) => facts(openSystem(store.root), now).staged;

describe('for a moment', () => {
  test('it is to come until the moment has passed, and is missed from then on', () => {
    scheduleAtHour(store.system, hour);
    expect(staged(after(-1000))).toMatchObject({ scheduled: true, scheduledAt: at, missed: null });
    expect(staged(after(latestMs))).toMatchObject({ scheduled: true, scheduledAt: at });
    expect(staged(after(latestMs + 1))).toMatchObject({
      scheduled: false,
      scheduledAt: null,
      missed: { at, problem: null },
    });
  });

  test('what is said of it holds until it passes, though no record changes then', () => {
    scheduleAtHour(store.system, hour);
    const before = facts(store.system, after(-1));
    expect(holdsUntil(before)).toBe(moment + latestMs);
    expect(holdsUntil(facts(store.system, after(latestMs + 1)))).toBe(Number.POSITIVE_INFINITY);
  });

  test('it is due from the moment on, and not when that is long past', () => {
    scheduleAtHour(store.system, hour);
    expect(dueHour(store.system, after(-1))).toBeUndefined();
    expect(dueHour(store.system, after(0))).toEqual(hour);
    expect(dueHour(store.system, after(latestMs + 1))).toBeUndefined();
  });

  test('a machine that was off at the moment and is started just after it has missed it', () => {
    const running = { ...store.system, isRunning: true };
    const booted = Date.now() - uptime() * 1000;
    scheduleAtHour(running, { ...hour, at: new Date(booted - 30_000).toISOString() });
    expect(dueHour(running, new Date(booted + 30_000))).toBeUndefined();
    scheduleAtHour(running, { ...hour, at: new Date(booted + 10_000).toISOString() });
    expect(dueHour(running, new Date(booted + 30_000))).toBeDefined();
  });

  test('an attempt is never made again, not even when it was cut before anything came of it', () => {
    scheduleAtHour(store.system, hour);
    noteAttemptAtHour(store.system, hour, null);
    expect(dueHour(store.system, after(1000))).toBeUndefined();
    expect(staged(after(1000))?.missed).toEqual({ at, problem: null });
  });

  test('what stood in the way is told', () => {
    scheduleAtHour(store.system, hour);
    noteAttemptAtHour(store.system, hour, problem('CHECK_BLOCKED', 'power: The battery is low.'));
    expect(staged(after(1000))?.missed?.problem).toMatchObject({
      code: 'CHECK_BLOCKED',
      details: ['power: The battery is low.'],
    });
  });

  test('it is nothing for the shutdown, and what is for the shutdown is nothing for a moment', () => {
    scheduleAtHour(store.system, hour);
    expect(scheduledStage(store.system)).toBeUndefined();
    scheduleAtShutdown(store.system, 'stage-one');
    expect(scheduledHour(store.system, after(0))).toBeUndefined();
    expect(scheduledStage(store.system)).toBe('stage-one');
    expect(staged(after(0))).toMatchObject({ scheduled: true, scheduledAt: null });
  });

  test('a newer stage is not what was scheduled', () => {
    scheduleAtHour(store.system, hour);
    store.stage('stage-two');
    expect(staged(after(-1000))).toMatchObject({ id: 'stage-two', scheduled: false, missed: null });
  });

  test('a record that cannot be read schedules nothing', () => {
    scheduleAtHour(store.system, hour);
    const file = join(store.root, 'var/lib/understudy/schedule.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 30));
    expect(dueHour(store.system, after(0))).toBeUndefined();
    expect(scheduledStage(store.system)).toBeUndefined();
    expect(staged(after(0))).toMatchObject({ scheduled: false, missed: null });
  });

  test('at no time there is nothing to carry out, and nothing is noted', async () => {
    scheduleAtHour(store.system, hour);
    const file = join(store.root, 'var/lib/understudy/schedule.json');
    const before = readFileSync(file, 'utf8');
    expect(await activateAtHour(store.system, () => after(-1))).toMatchObject({
      problem: { code: 'NOTHING_TO_DO' },
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('a switch that is refused at the moment is missed, with the reason', async () => {
    scheduleAtHour(store.system, { ...hour, stage: 'stage-gone' });
    expect(await activateAtHour(store.system, () => after(0))).toMatchObject({
      problem: { code: expect.not.stringMatching('NOTHING_TO_DO') },
    });
    expect(await activateAtHour(store.system, () => after(0))).toMatchObject({
      problem: { code: 'NOTHING_TO_DO' },
    });
  });
});

describe('taking it back', () => {
  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot)('leaves no schedule, whichever it was, and can be repeated (needs root)', async () => {
    for (const set of [
      () => scheduleAtHour(store.system, hour),
      () => scheduleAtShutdown(store.system, 'stage-one'),
    ]) {
      set();
      expect(await unschedule(store.system)).toEqual({ ok: true, value: { stage: 'stage-one' } });
      expect(staged(after(-1000))).toMatchObject({ id: 'stage-one', scheduled: false, missed: null });
      expect(await unschedule(store.system)).toEqual({ ok: true, value: { stage: null } });
    }
  });

  test('forgetting what is not there harms nothing', () => {
    forgetSchedule(store.system);
    expect(existsSync(join(store.root, 'var/lib/understudy/schedule.json'))).toBe(false);
  });
});

describe('which moment can be set', () => {
  const now = after(0);
  const code = (text: string, how: 'reboot' | 'shutdown' = 'reboot', isAsked = false): string => {
    try {
      requireHour(text, how, isAsked, now);
      return 'ok';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  test.each([
    ['now', after(0), 'HOUR_OUT_OF_RANGE'],
    ['before now', after(-1), 'HOUR_OUT_OF_RANGE'],
    ['in a moment', after(1), 'ok'],
    ['in seven days', after(furthestHourMs), 'ok'],
    ['later', after(furthestHourMs + 1), 'HOUR_OUT_OF_RANGE'],
  ])('%s', (_what, when, answer) => {
    expect(code(when.toISOString())).toBe(answer);
  });
  test('what is no time at all', () => {
    expect(code('tonight')).toBe('HOUR_OUT_OF_RANGE');
  });
  test('not together with the shutdown', () => {
    expect(code(after(1000).toISOString(), 'shutdown', true)).toBe('USAGE');
    expect(code(after(1000).toISOString(), 'shutdown')).toBe('EXCHANGE_IMPOSSIBLE');
  });
});
