/** The verb `unschedule`: takes a scheduled switch back. The staged environment stays, and can be switched to at any time. */
import type { Outcome } from '../../shared/errors.js';
import type { Unscheduled } from '../../shared/history.js';
import { privilegedEngineFor } from './engine.js';
import { outcomeOf } from './fault.js';
import { clearHourTimer, hasHourTimer } from './hour-timer.js';
import { withStoreLock } from './journal/lock.js';
import { forgetSchedule, scheduledAtAll } from './records/schedule.js';
import type { System } from './system.js';

/** Nothing scheduled is as good as taken back.*/
export function unschedule(system: System): Promise<Outcome<Unscheduled>> {
  return outcomeOf(async () => {
    privilegedEngineFor(system);
    const stage = scheduledAtAll(system);
    if (stage === undefined) return { stage: null };
    await withStoreLock(system, () => {
      forgetSchedule(system);
      return Promise.resolve();
    });
    if (await hasHourTimer(system)) await clearHourTimer();
    return { stage };
  });
}
