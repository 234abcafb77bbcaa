/**
 * Mains or battery, from /sys/class/power_supply (kernel: Documentation/ABI/testing/sysfs-class-power). Batteries of mice
 * and headsets are in the same folder; they have the scope `Device` and do not power the machine.
 */
import { readdirSync } from 'node:fs';
import type { Power } from '../../../shared/machine.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { isAbsence, textAt } from './read.js';
import type { MachineSources } from './sources.js';

export const untoldPower: Power = { onMains: null, batteryPercent: null };

/** What brings power in; a UPS is a battery to those who read it, and no kernel driver tells whether it is in use. */
const chargers = new Set(['Mains', 'USB', 'Wireless']);

/** Both values are null where no power supply is known, as on most desktops, servers and virtual machines. */
export function powerOf(sources: MachineSources): Power {
  const supplies = suppliesIn(join(sources.sys, 'class/power_supply'));
  const batteries = supplies.filter((supply) => supply.type === 'Battery' && supply.present);
  const adapters = supplies.filter((supply) => chargers.has(supply.type) && supply.online !== undefined);
  return { onMains: onMains(adapters, batteries), batteryPercent: chargeOf(batteries) };
}

interface Supply {
  readonly type: string;
  readonly online: boolean | undefined;
  readonly present: boolean;
  readonly status: string | undefined;
  readonly percent: number | undefined;
  /** Energy now and when full, in one unit for all batteries of a machine. */
  readonly energy: { readonly now: number; readonly full: number } | undefined;
}

function suppliesIn(folder: RawPath): Supply[] {
  let names: string[];
  try {
    names = readdirSync(bytes(folder), { encoding: 'latin1' });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
  return names.flatMap((name) => {
    const value = (attribute: string): string | undefined => textAt(join(join(folder, name), attribute));
    const type = value('type');
    if (type === undefined || value('scope') === 'Device') return [];
    const online = value('online');
    return [
      {
        type,
        online: online === undefined ? undefined : online !== '0',
        present: value('present') !== '0',
        status: value('status'),
        percent: numberOf(value('capacity')),
        energy: pairOf(value, 'energy') ?? pairOf(value, 'charge'),
      },
    ];
  });
}

function pairOf(value: (attribute: string) => string | undefined, kind: string): Supply['energy'] {
  const now = numberOf(value(`${kind}_now`));
  const full = numberOf(value(`${kind}_full`));
  return now === undefined || full === undefined || full <= 0 ? undefined : { now, full };
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function onMains(adapters: readonly Supply[], batteries: readonly Supply[]): boolean | null {
  if (adapters.some((adapter) => adapter.online === true)) return true;
  if (batteries.some((battery) => battery.status === 'Discharging')) return false;
  if (batteries.some((battery) => battery.status === 'Charging')) return true;
  // A full battery that nobody drains: the adapter is there but has no driver, unless one says that it is unplugged.
  if (batteries.some((battery) => battery.status === 'Full' || battery.status === 'Not charging')) {
    return adapters.length === 0;
  }
  return batteries.length > 0 && adapters.length > 0 ? false : null;
}

/** Weighted by size where every battery tells it, else the plain mean. */
function chargeOf(batteries: readonly Supply[]): number | null {
  const energies = batteries.flatMap(({ energy }) => (energy === undefined ? [] : [energy]));
  if (batteries.length > 1 && energies.length === batteries.length) {
    const now = energies.reduce((sum, { now }) => sum + now, 0);
    const full = energies.reduce((sum, { full }) => sum + full, 0);
    return percentage((100 * now) / full);
  }
  const percents = batteries.flatMap(({ percent, energy }) => {
    const told = percent ?? (energy === undefined ? undefined : (100 * energy.now) / energy.full);
    return told === undefined ? [] : [told];
  });
  if (percents.length === 0) return null;
  return percentage(percents.reduce((sum, percent) => sum + percent, 0) / percents.length);
}

function percentage(value: number): number {
  return Math.min(100, Math.max(0, Math.round(value)));
}
