/** The interruption of a switch: noted at the restart, completed at the start after it, and what the next plans make of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Engine } from '../../../electron/engine/engine.js';
import {
  beginMeasure,
  completeMeasure,
  forgetMeasure,
} from '../../../electron/engine/interruption/measure.js';
import {
  expectedSeconds,
  measuredInterruptions,
  noteInterruption,
} from '../../../electron/engine/interruption/measured.js';
import { entryOf } from '../../../electron/engine/records/entries.js';
import type { System } from '../../../electron/engine/system.js';
import { fixture, type Fixture } from '../inspect/fixture.js';

const patience = { totalMs: 300, pauseMs: 50 };
const what = { transaction: 'activate-1', restorePoint: 'point-1', how: 'kexec' } as const;

interface Bench {
  readonly machine: Fixture;
  /** The system at another moment. */
  readonly at: (moment: { boot: string; wall: number; monotonic: number; target?: number }) => System;
  readonly engineOf: (system: System, environment?: object) => Engine;
}

function bench(): Bench {
  const machine = fixture();
  mkdirSync(join(machine.root, 'var/lib/understudy'), { recursive: true });
  return {
    machine,
    at({ boot, wall, monotonic, target }) {
      machine.write('proc/sys/kernel/random/boot_id', `${boot}\n`);
      const state = target === undefined ? 'inactive' : 'active';
      const text = `echo ActiveState=${state}; echo ActiveEnterTimestampMonotonic=${(target ?? 0) * 1000}`;
      const systemctl: [string] = [machine.program('systemctl', `#!/bin/sh\n${text}\n`)];
      let now = monotonic;
      const clock = (): number => (now += 1);
      const described = { ...machine.sources, systemctl, now: () => wall, monotonic: clock };
      return { ...machine.system(), machine: described };
    },
    engineOf: (
      system,
      environment = { hasSwitch: () => true, readSwitch: () => ({ isInEffect: () => true }) },
    ) => ({ system, environment }) as unknown as Engine,
  };
}

it('is noted once the default target is reached, and told with the switch', async () => {
  const { at, engineOf } = bench();
  beginMeasure(at({ boot: 'first', wall: 1_000_000, monotonic: 5_000_000 }), what);
  const after = at({ boot: 'second', wall: 1_032_000, monotonic: 22_000, target: 20_000 });
  await completeMeasure(engineOf(after), patience);
  const [measured, ...more] = measuredInterruptions(after);
  expect(measured).toMatchObject({ transaction: 'activate-1', how: 'kexec' });
  expect(measured?.seconds).toBeCloseTo(30, 1);
  expect(more).toEqual([]);
  // The second time there is nothing to do.
  await completeMeasure(engineOf(after), patience);
  expect(measuredInterruptions(after)).toHaveLength(1);
  const transaction = { id: 'activate-1', kind: 'activate', records: [], ended: true } as const;
  expect(entryOf(transaction, [], new Map(), measuredInterruptions(after)).interruption).toEqual({
    how: 'kexec',
    seconds: measured?.seconds,
  });
});

it.each([
  ['the clock went backwards', { boot: 'second', wall: 4000, monotonic: 22_000, target: 20_000 }],
  [
    'the machine was off for a night',
    { boot: 'second', wall: 40_000_000, monotonic: 22_000, target: 20_000 },
  ],
])('is not noted where %s', async (_, moment) => {
  const { at, engineOf } = bench();
  beginMeasure(at({ boot: 'first', wall: 1_000_000, monotonic: 5_000_000 }), what);
  const after = at(moment);
  await completeMeasure(engineOf(after), patience);
  expect(measuredInterruptions(after)).toEqual([]);
  expect(existsSync(join(after.store, 'interruption.json'))).toBe(false);
});

it('is not noted where the default target is not reached, or the system was taken back', async () => {
  const { at, engineOf } = bench();
  beginMeasure(at({ boot: 'first', wall: 1_000_000, monotonic: 5_000_000 }), what);
  const hung = { ...at({ boot: 'second', wall: 1_032_000, monotonic: 22_000 }) };
  await completeMeasure(engineOf(hung), { totalMs: 3, pauseMs: 1 });
  expect(measuredInterruptions(hung)).toEqual([]);

  beginMeasure(at({ boot: 'first', wall: 1_000_000, monotonic: 5_000_000 }), what);
  const after = at({ boot: 'second', wall: 1_032_000, monotonic: 22_000, target: 20_000 });
  const fallenBack = { takesEffect: 'at-start', hasSwitch: () => false };
  await completeMeasure(engineOf(after, fallenBack), patience);
  expect(measuredInterruptions(after)).toEqual([]);
  expect(existsSync(join(after.store, 'interruption.json'))).toBe(false);
});

it('is forgotten where the restart was refused, and a damaged note is none', async () => {
  const { at, engineOf } = bench();
  const now = at({ boot: 'first', wall: 1_000_000, monotonic: 5_000_000, target: 20_000 });
  beginMeasure(now, what);
  forgetMeasure(now);
  forgetMeasure(now);
  expect(existsSync(join(now.store, 'interruption.json'))).toBe(false);
  writeFileSync(join(now.store, 'interruption.json'), '{');
  await completeMeasure(engineOf(now), patience);
  expect(existsSync(join(now.store, 'interruption.json'))).toBe(false);
});

it('is expected to be the median of the latest five of the same way', () => {
  const { at } = bench();
  const system = at({ boot: 'first', wall: 0, monotonic: 0 });
  expect(expectedSeconds(system, 'kexec')).toBeUndefined();
  const note = (how: 'kexec' | 'reboot', ...seconds: number[]): void =>
    seconds.forEach((one, index) =>
      noteInterruption(system, { transaction: `${how}-${index}-${one}`, how, seconds: one }),
    );
  note('kexec', 90);
  expect(expectedSeconds(system, 'kexec')).toBe(90);
  note('kexec', 20);
  expect(expectedSeconds(system, 'kexec')).toBe(55);
  note('kexec', 21.4, 23.6, 600, 22);
  expect(expectedSeconds(system, 'kexec')).toBe(22);
  expect(expectedSeconds(system, 'reboot')).toBeUndefined();
  // The same switch counts once, by what was said of it last.
  noteInterruption(system, { transaction: 'reboot-0', how: 'reboot', seconds: 1 });
  noteInterruption(system, { transaction: 'reboot-0', how: 'reboot', seconds: 50 });
  expect(expectedSeconds(system, 'reboot')).toBe(50);
  const file = join(system.store, 'interruptions.json');
  expect(readFileSync(file, 'utf8')).toContain('"how": "kexec"');
  writeFileSync(file, 'torn');
  expect(expectedSeconds(system, 'reboot')).toBeUndefined();
});
