/**
 * Whether an update is rehearsed in the background now, and if not, why. Invariant: the answer follows from what is given alone; the
 * first reason that holds is told, those that the user chose before those of the moment. `next` is when it is looked at next,
 * where that can be known.
 */
import type { Schedule } from '../../../shared/app.js';
import type { SystemSettings } from '../../../shared/settings.js';
import type { Status } from '../../../shared/status.js';
import type { Conditions } from './conditions.js';
import { isWithin, nextWithin } from './hours.js';

const hourMs = 3_600_000;

/** A rehearsed update, or the news that there is none, is good for a day. */
const freshMs = 24 * hourMs;
const longestPatienceMs = 24 * hourMs;

/** After one failure an hour, then twice as long each time, up to a day. Milliseconds. */
export function patienceAfter(failures: number): number {
  return failures < 1 ? 0 : Math.min(longestPatienceMs, hourMs * 2 ** Math.min(failures - 1, 10));
}

/**
 * Load for each processor above which a machine counts as busy: a user who is at it shall not notice, one who is not (logind's
 * `IdleHint`) will not.
 */
const busyLoad = { attended: 0.5, unattended: 1 };

export function isBusy({ load, processors, unattended }: Conditions): boolean {
  if (load === null) return false;
  return load / Math.max(1, processors) > (unattended === true ? busyLoad.unattended : busyLoad.attended);
}

export interface Facts {
  readonly settings: SystemSettings['automatic'] | null;
  readonly status: Status | null;
  readonly conditions: Conditions | null;
  /** When it was last found that what is staged is still the newest; null when that was not looked at. */
  readonly confirmed: Date | null;
}

export function decideSchedule({ settings, status, conditions, confirmed }: Facts, now: Date): Schedule {
  const because = (reason: Schedule['reason'], next: Date | null = null): Schedule => ({
    reason,
    next: next && settings ? nextWithin(settings, next).toISOString() : (next?.toISOString() ?? null),
  });
  // A practice system is for trying things out; nothing happens there that nobody asked for.
  if (status?.helper.practice === true || settings?.enabled === false) return because('off');
  if (!settings || !status) return because('no-right');
  if (!status.helper.privileged) return because('no-right');
  const paused = momentOf(settings.pausedUntil);
  if (paused && paused > now) return because('paused', paused);

  const result = lastResult(status, confirmed, now);
  if (result) return because(status.staged ? 'staged-already' : 'up-to-date', new Date(result + freshMs));
  const failed = past(momentOf(status.automatic.lastAttempt), now);
  const patient = failed === null ? 0 : failed + patienceAfter(status.automatic.failures);
  if (patient > now.getTime()) return because('patience', new Date(patient));

  if (!isWithin(settings, now)) return because('outside-hours', now);
  if (status.run) return because('busy');
  // Nothing is known of the moment yet: it is not due before it is.
  if (!conditions) return because('busy');
  if (conditions.connected === false) return because('offline');
  if (settings.onlyUnmetered && conditions.metered === true) return because('metered');
  if (settings.onlyOnMains && conditions.onMains === false) return because('on-battery');
  if (settings.onlyWhenIdle && isBusy(conditions)) return because('busy');
  return because('due', now);
}

/** When something was staged, or nothing was found to stage, within the last day. Milliseconds since the epoch. */
function lastResult({ staged, automatic }: Status, confirmed: Date | null, now: Date): number | null {
  const times = [
    past(momentOf(staged?.created ?? null), now),
    automatic.failures === 0 ? past(momentOf(automatic.lastSuccess), now) : null,
    past(confirmed, now),
  ].flatMap((time) => (time !== null && now.getTime() - time < freshMs ? [time] : []));
  return times.length === 0 ? null : Math.max(...times);
}

/** What lies in the future was written under a wrong clock, and says nothing. */
function past(moment: Date | null, now: Date): number | null {
  return moment && moment <= now ? moment.getTime() : null;
}

function momentOf(text: string | null): Date | null {
  if (text === null) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
