/** The checks of the machine: power, metered, clock, pending-reboot. */
import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clock } from '../../../electron/engine/checks/clock.js';
import { metered } from '../../../electron/engine/checks/metered.js';
import { pendingReboot } from '../../../electron/engine/checks/pending-reboot.js';
import { power } from '../../../electron/engine/checks/power.js';
import { duration, size, some } from '../../../electron/engine/checks/words.js';
import { fixture, type Fixture } from '../inspect/fixture.js';
import { context, plan } from './context.js';

describe('power', () => {
  const laptop = (online: number, status: string, capacity?: number): Fixture => {
    const machine = fixture();
    machine.supply('AC', { type: 'Mains', online });
    machine.supply('BAT0', { type: 'Battery', status, ...(capacity === undefined ? {} : { capacity }) });
    return machine;
  };

  it.each([
    ['on mains, however empty', laptop.bind(null, 1, 'Charging', 3), 'pass', 'mains, 3 % charge'],
    ['on battery', laptop.bind(null, 0, 'Discharging', 80), 'warn', 'battery, 80 % charge'],
    ['on battery at the threshold', laptop.bind(null, 0, 'Discharging', 30), 'warn', 'battery, 30 % charge'],
    ['on battery below it', laptop.bind(null, 0, 'Discharging', 29), 'block', 'battery, 29 % charge'],
    [
      'on battery of unknown charge',
      laptop.bind(null, 0, 'Discharging', undefined),
      'warn',
      'battery, charge unknown',
    ],
    ['without a battery', fixture, 'pass', 'no power supply known'],
  ])('%s', async (_, make, result, measured) => {
    expect(await power.run(context(make()), 'before-activation')).toMatchObject({ result, measured });
  });

  it('is careful where the machine does not tell what it runs on', async () => {
    const machine = fixture();
    machine.supply('BAT0', { type: 'Battery', status: 'Unknown', capacity: 80 });
    expect((await power.run(context(machine), 'before-stage')).result).toBe('warn');
    machine.supply('BAT0', { capacity: 10 });
    expect((await power.run(context(machine), 'before-stage')).result).toBe('block');
  });

  it('takes its threshold from the settings', async () => {
    const machine = laptop(0, 'Discharging', 50);
    const system = machine.system({ settings: { batteryPercent: 60 } });
    expect((await power.run(context(machine, { system }), 'before-stage')).result).toBe('block');
  });
});

describe('metered', () => {
  const network = (told: string): Fixture['sources'] => {
    const machine = fixture();
    const busctl = machine.program(
      'busctl',
      `#!/bin/sh\ncase "$*" in *Metered) echo "${told}";; *) echo "u 70";; esac\n`,
    );
    return { ...machine.sources, busctl: [busctl] };
  };

  it.each([
    ['u 1', 'warn', 'metered, 1.0 MB to download'],
    ['u 2', 'pass', 'not metered, 1.0 MB to download'],
    ['u 0', 'pass', 'unknown, 1.0 MB to download'],
  ])('answers to NetworkManager’s %s with %s', async (told, result, measured) => {
    const answer = await metered.run(
      context(fixture(), { plan: plan(), sources: network(told) }),
      'before-stage',
    );
    expect(answer).toMatchObject({ result, measured });
  });

  it('passes where nothing is to be downloaded', async () => {
    const ready = plan({ needs: { download: 0, staging: 1, boot: 0 } });
    const answer = await metered.run(
      context(fixture(), { plan: ready, sources: network('u 1') }),
      'before-stage',
    );
    expect(answer.result).toBe('pass');
  });

  it('warns without a plan too', async () => {
    const answer = await metered.run(context(fixture(), { sources: network('u 3') }), 'before-stage');
    expect(answer).toMatchObject({ result: 'warn', measured: 'metered' });
  });
});

describe('clock', () => {
  const now = Date.UTC(2026, 10, 20, 12);
  const changedAt = (time: number): Fixture => {
    const machine = fixture();
    const file = machine.write('root/var/lib/dpkg/status');
    utimesSync(`${machine.root}/var/lib/dpkg`, now / 1000 - 9999, now / 1000 - 9999);
    utimesSync(file, time / 1000, time / 1000);
    return machine;
  };

  it.each([
    ['a database of yesterday', now - 86_400_000, 'pass'],
    ['a database changed this second', now + 1000, 'pass'],
    ['a database some hours ahead', now + 3 * 3_600_000, 'warn'],
    ['a database days ahead', now + 3 * 86_400_000, 'block'],
  ])('%s', async (_, time, result) => {
    expect((await clock.run(context(changedAt(time)), 'before-stage')).result).toBe(result);
  });

  it('names the file that the clock contradicts', async () => {
    const answer = await clock.run(context(changedAt(now + 3 * 86_400_000)), 'before-stage');
    expect(answer.sentence).toBe('The clock is 3 days behind the last change of /var/lib/dpkg/status.');
  });

  it('blocks a clock that is behind this program', async () => {
    const machine = changedAt(0);
    const sources = { ...machine.sources, now: () => Date.UTC(1970, 0, 1) };
    expect((await clock.run(context(machine, { sources }), 'before-stage')).result).toBe('block');
  });

  it('warns where the running system awaits its first synchronisation', async () => {
    const machine = changedAt(now - 1000);
    const running = context(machine, { system: { ...machine.system(), isRunning: true } });
    expect((await clock.run(running, 'before-stage')).result).toBe('pass');
    machine.write('root/run/systemd/timesync/.keep');
    expect((await clock.run(running, 'before-stage')).result).toBe('warn');
    machine.write('root/run/systemd/timesync/synchronized');
    expect((await clock.run(running, 'before-stage')).result).toBe('pass');
  });
});

describe('pending-reboot', () => {
  it('passes where nothing waits', async () => {
    expect((await pendingReboot.run(context(fixture()), 'before-stage')).result).toBe('pass');
  });

  it('warns with the packages that asked, and without any', async () => {
    const machine = fixture();
    machine.write('root/run/reboot-required');
    expect(await pendingReboot.run(context(machine), 'before-stage')).toMatchObject({
      measured: 'reboot required',
    });
    machine.write('root/run/reboot-required.pkgs', 'libc6\n');
    const answer = await pendingReboot.run(context(machine), 'before-stage');
    expect(answer).toMatchObject({ result: 'warn', measured: 'asked for by libc6' });
  });

  it('warns about a newer kernel only on the running system', async () => {
    const machine = fixture();
    machine.write('root/boot/vmlinuz-6.1.0-42-amd64');
    expect((await pendingReboot.run(context(machine), 'before-stage')).result).toBe('pass');
    const running = context(machine, { system: { ...machine.system(), isRunning: true } });
    const answer = await pendingReboot.run(running, 'before-stage');
    expect(answer.measured).toBe('kernel 6.1.0-41-amd64 runs, 6.1.0-42-amd64 is installed');
  });
});

describe('words', () => {
  it('are what people read', () => {
    expect([0, 999, 1000, 999_960, 12_400_000_000].map(size)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.0 kB',
      '1.0 MB',
      '12.4 GB',
    ]);
    expect([60_000, 7_200_000, 49 * 3_600_000].map(duration)).toEqual(['1 minute', '2 hours', '2 days']);
    expect(some(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
  });
});
