/** Sets a switch for a moment: whether the moment and the way fit, and who will be there to carry it out. */
import { furthestHourMs, type Activation } from '../../shared/plan.js';
import { Fault } from './fault.js';
import { hasHourTimer, setHourTimer } from './hour-timer.js';
import { forgetSchedule, scheduleAtHour, type ScheduledHour } from './records/schedule.js';
import type { System } from './system.js';

/**
 * Throws `HOUR_OUT_OF_RANGE` for a moment that is no moment, has passed or is too far away, `USAGE` and `EXCHANGE_IMPOSSIBLE` for a way that
 * does not go with a moment.
 */
export function requireHour(at: string, how: Activation, isAsked: boolean, now: Date): void {
  const away = Date.parse(at) - now.getTime();
  if (!(away > 0 && away <= furthestHourMs)) throw new Fault('HOUR_OUT_OF_RANGE', at);
  if (how !== 'shutdown') return;
  if (isAsked) throw new Fault('USAGE', 'A moment and "shutdown" exclude each other.');
  throw new Fault('EXCHANGE_IMPOSSIBLE', 'The plan switches at the next shutdown only.');
}

/**
 * `attended`: whoever calls lives until then and carries it out. Else systemd has to; throws `HOUR_UNATTENDED` where it cannot. The caller
 * holds the store's lock.
 */
export async function setForHour(system: System, hour: ScheduledHour, attended: boolean): Promise<void> {
  const hasTimer = await hasHourTimer(system);
  if (!hasTimer && !attended) throw new Fault('HOUR_UNATTENDED', hour.at);
  scheduleAtHour(system, hour);
  if (!hasTimer) return;
  try {
    await setHourTimer(system, hour.at);
  } catch (error) {
    forgetSchedule(system);
    throw error;
  }
}
