import { describe, expect, it } from 'vitest';
import { powerOf } from '../../../electron/engine/inspect/power.js';
import { fixture } from './fixture.js';

describe('power', () => {
  it('tells nothing where there is no supply', () => {
    const machine = fixture();
    expect(powerOf(machine.sources)).toEqual({ onMains: null, batteryPercent: null });
    machine.write('sys/class/power_supply/.keep');
    expect(powerOf(machine.sources)).toEqual({ onMains: null, batteryPercent: null });
  });

  it.each([
    ['plugged in', 1, 'Charging', true],
    ['plugged in and full', 1, 'Full', true],
    ['unplugged', 0, 'Discharging', false],
    ['unplugged, before the battery noticed', 0, 'Unknown', false],
    ['plugged in by a charger too weak', 1, 'Discharging', true],
  ])('reads a laptop that is %s', (_, online, status, onMains) => {
    const machine = fixture();
    machine.supply('AC', { type: 'Mains', online });
    machine.supply('BAT0', { type: 'Battery', present: 1, status, capacity: 42 });
    expect(powerOf(machine.sources)).toEqual({ onMains, batteryPercent: 42 });
  });

  it.each([
    ['Discharging', false],
    ['Charging', true],
    ['Full', true],
    ['Unknown', null],
  ])('reads a battery without an adapter that is %s', (status, onMains) => {
    const machine = fixture();
    machine.supply('BAT0', { type: 'Battery', status, capacity: 42 });
    expect(powerOf(machine.sources).onMains).toBe(onMains);
  });

  it('weighs two batteries by their size', () => {
    const machine = fixture();
    machine.supply('BAT0', {
      type: 'Battery',
      status: 'Discharging',
      capacity: 90,
      energy_now: 18,
      energy_full: 20,
    });
    machine.supply('BAT1', {
      type: 'Battery',
      status: 'Unknown',
      capacity: 10,
      energy_now: 8,
      energy_full: 80,
    });
    expect(powerOf(machine.sources)).toEqual({ onMains: false, batteryPercent: 26 });
  });

  it('computes the charge that a battery does not tell', () => {
    const machine = fixture();
    machine.supply('BAT0', { type: 'Battery', status: 'Discharging', charge_now: 500, charge_full: 2000 });
    expect(powerOf(machine.sources).batteryPercent).toBe(25);
  });

  it('leaves the batteries of mice, empty bays and plugged-out ports out', () => {
    const machine = fixture();
    machine.supply('hidpp_battery_0', {
      type: 'Battery',
      scope: 'Device',
      status: 'Discharging',
      capacity: 5,
    });
    machine.supply('BAT1', { type: 'Battery', present: 0, status: 'Discharging', capacity: 0 });
    machine.supply('ucsi-source-psy-1', { type: 'USB', online: 0 });
    expect(powerOf(machine.sources)).toEqual({ onMains: null, batteryPercent: null });
  });

  it('takes a value that the hardware does not give for none', () => {
    const machine = fixture();
    machine.supply('BAT0', { type: 'Battery', status: 'Discharging', capacity: 'unknown' });
    expect(powerOf(machine.sources)).toEqual({ onMains: false, batteryPercent: null });
  });

  it('passes over what is no supply', () => {
    const machine = fixture();
    machine.write('sys/class/power_supply/stray', 'a file');
    machine.write('sys/class/power_supply/BAT1/uevent');
    expect(powerOf(machine.sources)).toEqual({ onMains: null, batteryPercent: null });
  });

  it('throws when the folder is none, so that the caller can say so', () => {
    const machine = fixture();
    machine.write('sys/class/power_supply/BAT0/type/oddly', 'a folder');
    expect(() => powerOf(machine.sources)).toThrow('is no regular file');
  });
});
