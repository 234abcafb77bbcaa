import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { presence, type Conditions } from '../../../electron/services/schedule/conditions.js';
import { decideSchedule, patienceAfter } from '../../../electron/services/schedule/decide-schedule.js';
import { isWithin, nextWithin } from '../../../electron/services/schedule/hours.js';
import { defaultSystemSettings, type SystemSettings } from '../../../shared/settings.js';
import type { Status } from '../../../shared/status.js';
import { helper, run, staged, status } from './status.js';

const zone = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** Local time. */
const at = (day: number, hour: number, minute = 0, month = 11): Date =>
  new Date(2026, month - 1, day, hour, minute);
const noon = () => at(20, 12);

const calm: Conditions = {
  onMains: true,
  connected: true,
  metered: false,
  load: 0.1,
  processors: 4,
  unattended: null,
};
type Automatic = SystemSettings['automatic'];

function decide(
  given: {
    settings?: Partial<Automatic>;
    status?: Partial<Status>;
    conditions?: Partial<Conditions>;
    confirmed?: Date;
  } = {},
  now = noon(),
) {
  return decideSchedule(
    {
      settings: { ...defaultSystemSettings.automatic, ...given.settings },
      status: status(given.status),
      conditions: { ...calm, ...given.conditions },
      confirmed: given.confirmed ?? null,
    },
    now,
  );
}

describe('the reasons', () => {
  test('due when nothing stands in its way', () => {
    expect(decide()).toEqual({ reason: 'due', next: noon().toISOString() });
  });

  test('off', () => {
    expect(decide({ settings: { enabled: false } })).toEqual({ reason: 'off', next: null });
    expect(decide({ status: { helper: { ...helper, practice: true } } }).reason).toBe('off');
  });

  test('no right to', () => {
    expect(decide({ status: { helper: { ...helper, privileged: false } } }).reason).toBe('no-right');
    const nobody = { settings: null, status: null, conditions: null, confirmed: null };
    expect(decideSchedule(nobody, noon()).reason).toBe('no-right');
    const practice = status({ helper: { ...helper, practice: true } });
    expect(decideSchedule({ ...nobody, status: practice }, noon()).reason).toBe('off');
  });

  test('paused, until it is over', () => {
    const pausedUntil = at(20, 15).toISOString();
    expect(decide({ settings: { pausedUntil } })).toEqual({ reason: 'paused', next: pausedUntil });
    expect(decide({ settings: { pausedUntil } }, at(20, 15)).reason).toBe('due');
    // When the pause ends outside the hours, it is the hours that count then.
    expect(decide({ settings: { pausedUntil: at(20, 22).toISOString() } }).next).toBe(
      at(21, 9).toISOString(),
    );
  });

  test('outside of the hours', () => {
    expect(decide({}, at(20, 8, 59))).toEqual({ reason: 'outside-hours', next: at(20, 9).toISOString() });
    expect(decide({}, at(20, 18))).toEqual({ reason: 'outside-hours', next: at(21, 9).toISOString() });
  });

  test.each([
    ['on battery', 'on-battery', 'onlyOnMains', { onMains: false }],
    ['metered', 'metered', 'onlyUnmetered', { metered: true }],
    ['busy', 'busy', 'onlyWhenIdle', { load: 3 }],
  ] as const)('%s, unless that does not matter', (_, reason, setting, conditions) => {
    expect(decide({ conditions }).reason).toBe(reason);
    expect(decide({ conditions, settings: { [setting]: false } }).reason).toBe('due');
  });

  test('offline, whatever the settings', () => {
    expect(decide({ conditions: { connected: false } }).reason).toBe('offline');
  });

  test('what a machine does not tell stands in nobody’s way', () => {
    const conditions = { onMains: null, connected: null, metered: null, load: null, unattended: null };
    expect(decide({ conditions }).reason).toBe('due');
  });

  test('a machine at which nobody is may be a little busier', () => {
    expect(decide({ conditions: { load: 3, unattended: true } }).reason).toBe('due');
    expect(decide({ conditions: { load: 4.1, unattended: true } }).reason).toBe('busy');
  });

  test('a run goes on', () => {
    expect(decide({ status: { run: run('rollback') } }).reason).toBe('busy');
  });
});

describe('what was done holds for a day', () => {
  const created = () => at(20, 10).toISOString();

  test('something is staged', () => {
    expect(decide({ status: { staged: staged({ created: created() }) } })).toEqual({
      reason: 'staged-already',
      next: at(21, 10).toISOString(),
    });
    expect(decide({ status: { staged: staged({ created: created() }) } }, at(21, 10)).reason).toBe('due');
  });

  test('there was nothing to stage', () => {
    const automatic = { lastAttempt: created(), lastSuccess: created(), failures: 0 };
    expect(decide({ status: { automatic } })).toEqual({
      reason: 'up-to-date',
      next: at(21, 10).toISOString(),
    });
  });

  test('what is staged was found to be the newest still', () => {
    const facts = { status: { staged: staged({ created: at(15, 10).toISOString() }) } };
    expect(decide(facts).reason).toBe('due');
    expect(decide({ ...facts, confirmed: at(20, 11) }).reason).toBe('staged-already');
  });

  test('a moment in the future comes from a wrong clock', () => {
    const future = at(28, 12).toISOString();
    const automatic = { lastAttempt: future, lastSuccess: future, failures: 3 };
    expect(decide({ status: { automatic, staged: staged({ created: future }) } }).reason).toBe('due');
  });
});

describe('patience after failures', () => {
  test('twice as long each time, up to a day', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 40].map((failures) => patienceAfter(failures) / 3_600_000)).toEqual([
      0, 1, 2, 4, 8, 16, 24, 24,
    ]);
  });

  test('counts from the last attempt', () => {
    const automatic = { lastAttempt: at(20, 11).toISOString(), lastSuccess: null, failures: 2 };
    expect(decide({ status: { automatic } })).toEqual({
      reason: 'patience',
      next: at(20, 13).toISOString(),
    });
    expect(decide({ status: { automatic } }, at(20, 13)).reason).toBe('due');
  });
});

describe('hours', () => {
  const night = { fromHour: 22, toHour: 6 };

  test.each([
    [21, false],
    [22, true],
    [0, true],
    [5, true],
    [6, false],
  ])('across midnight: %i', (hour, within) => {
    expect(isWithin(night, at(20, hour))).toBe(within);
  });

  test('equal hours are the whole day', () => {
    for (let hour = 0; hour < 24; hour += 1)
      expect(isWithin({ fromHour: 7, toHour: 7 }, at(20, hour))).toBe(true);
  });

  test('the next beginning', () => {
    expect(nextWithin(night, at(20, 12))).toEqual(at(20, 22));
    expect(nextWithin(night, at(20, 23))).toEqual(at(20, 23));
    expect(nextWithin({ fromHour: 3, toHour: 5 }, at(20, 12))).toEqual(at(21, 3));
  });

  test('an hour that the change to summer time leaves out begins with the next one', () => {
    // 2026-03-29: 02:00 is 03:00 in Berlin.
    expect(nextWithin({ fromHour: 2, toHour: 5 }, at(29, 1, 30, 3))).toEqual(at(29, 3, 0, 3));
    expect(nextWithin({ fromHour: 2, toHour: 3 }, at(29, 1, 30, 3))).toEqual(at(30, 2, 0, 3));
  });

  test('an hour that comes twice counts twice', () => {
    // 2026-10-25: 03:00 is 02:00 again in Berlin.
    const second = new Date(at(25, 2, 30, 10).getTime() + 3_600_000);
    expect([second.getHours(), isWithin({ fromHour: 2, toHour: 3 }, second)]).toEqual([2, true]);
  });

  test('whenever it is, the next moment is within the hours and not in the past', () => {
    for (let fromHour = 0; fromHour < 24; fromHour += 1) {
      for (let toHour = 0; toHour < 24; toHour += 5) {
        for (const [day, month] of [
          [28, 3],
          [29, 3],
          [24, 10],
          [25, 10],
          [31, 12],
        ] as const) {
          const moment = at(day, (fromHour * 7 + toHour) % 24, 17, month);
          const next = nextWithin({ fromHour, toHour }, moment);
          expect(isWithin({ fromHour, toHour }, next)).toBe(true);
          expect(next >= moment).toBe(true);
        }
      }
    }
  });
});

describe('presence', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'understudy-presence-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('load and idleness as they are told', async () => {
    const loadFile = join(folder, 'loadavg');
    writeFileSync(loadFile, '1.25 0.80 0.50 2/345 6789\n');
    const bus = join(folder, 'bus');
    writeFileSync(bus, '#!/bin/sh\necho b true\n', { mode: 0o755 });
    expect((await presence({ loadFile, busctl: [bus] })).unattended).toBe(true);
  });

  test('nothing where nothing is told', async () => {
    const missing = join(folder, 'missing');
    expect(await presence({ loadFile: missing, busctl: [missing] })).toMatchObject({
      load: null,
      unattended: null,
    });
  });
});
