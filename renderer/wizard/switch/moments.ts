/** When one can switch, and how: what the contract can do here, and nothing else. */
import type { Activation } from '../../../shared/plan.js';

export const moments = ['now', 'shutdown', 'hour'] as const;
export type Moment = (typeof moments)[number];

/**
 * `planned` is the way that the plan chose. Where the switch is only possible at shutdown, that is the only moment. Nothing runs from a
 * practice system, so that it is never shut down.
 */
export function momentsFor(planned: Activation, isPractice: boolean): readonly Moment[] {
  if (isPractice) return ['now', 'hour'];
  return planned === 'shutdown' ? ['shutdown'] : moments;
}

/** What `activate` is asked for: undefined is the plan's own way. */
export function wayFor(moment: Moment, planned: Activation): Activation | undefined {
  return moment === 'shutdown' && planned !== 'shutdown' ? 'shutdown' : undefined;
}

/** All programs are closed by it, so that work has to be saved before. */
export function closesPrograms(how: Activation): boolean {
  return how === 'soft-reboot' || how === 'kexec' || how === 'reboot';
}

/** What the field of the hour shows at first: late enough that the day's work is done. */
export const usualHour = '22:00';

/** Of this hour ("22:00", local time) the next that comes, in ISO 8601; null for what is no hour. */
export function nextAt(hour: string, now: number): string | null {
  const given = /^(\d{2}):(\d{2})$/.exec(hour);
  if (!given) return null;
  const today = new Date(now);
  const on = (day: number) =>
    new Date(today.getFullYear(), today.getMonth(), day, Number(given[1]), Number(given[2]));
  const first = on(today.getDate());
  return (first.getTime() > now ? first : on(today.getDate() + 1)).toISOString();
}

/** The hour of a moment, as the field has it. */
export function hourOf(iso: string): string {
  const moment = new Date(iso);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
