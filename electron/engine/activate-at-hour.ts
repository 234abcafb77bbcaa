/**
 * Carries out a switch that was set for a moment, when the moment has come. A moment that passes without the switch is missed, not made up
 * for: nobody's work is interrupted at an hour that they did not choose.
 */
import type { Outcome } from '../../shared/errors.js';
import type { Activated } from '../../shared/history.js';
import { activate } from './activate.js';
import { Fault, outcomeOf } from './fault.js';
import { hasHourTimer, setHourTimer } from './hour-timer.js';
import { withStoreLock } from './journal/lock.js';
import { attemptedHour, noteAttemptAtHour, scheduledHour, type ScheduledHour } from './records/schedule.js';
import type { System } from './system.js';

/** Carries out the switch whose moment has come, once: a second attempt, or one that is too late, is `NOTHING_TO_DO`. */
export function activateAtHour(
  system: System,
  now: () => Date = () => new Date(),
): Promise<Outcome<Activated>> {
  return outcomeOf(async () => {
    const hour = await withStoreLock(system, () => {
      const due = dueHour(system, now());
      if (!due) throw new Fault('NOTHING_TO_DO');
      noteAttemptAtHour(system, due, null);
      return Promise.resolve(due);
    });
    const outcome = await activate(system, { stage: hour.stage, how: hour.how });
    if (outcome.ok) return outcome.value;
    const { problem } = outcome;
    // Where it cannot be noted either, the reason itself still counts.
    await outcomeOf(() =>
      withStoreLock(system, () => {
        // Somebody may have set another moment meanwhile.
        if (attemptedHour(system)?.at === hour.at) noteAttemptAtHour(system, hour, problem);
        return Promise.resolve({});
      }),
    );
    throw new Fault(problem.code, ...problem.details);
  });
}

/** What is to be switched to now. */
export function dueHour(system: System, now: Date): ScheduledHour | undefined {
  const hour = scheduledHour(system, now);
  return hour && Date.parse(hour.at) <= now.getTime() ? hour : undefined;
}

/** Sets the timer of systemd again after a restart, which forgets it. False where there is none: then this process has to stay. */
export async function resumeHour(system: System, now: Date): Promise<boolean> {
  if (!(await hasHourTimer(system))) return false;
  const hour = scheduledHour(system, now);
  if (hour && Date.parse(hour.at) > now.getTime()) await setHourTimer(system, hour.at);
  return true;
}
