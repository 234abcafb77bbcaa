/**
 * Hours of the day in which something may happen: from the beginning of one to the beginning of another, local time, also across
 * midnight; two equal hours are the whole day. The clock on the wall decides: an hour that a change to summer time leaves out
 * begins with the next one, and an hour that comes twice lasts twice as long.
 */
export interface Hours {
  readonly fromHour: number;
  readonly toHour: number;
}

export function isWithin({ fromHour, toHour }: Hours, moment: Date): boolean {
  const hour = moment.getHours();
  if (fromHour === toHour) return true;
  return fromHour < toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour;
}

/** The moment itself when it is within, else the next beginning. */
export function nextWithin(hours: Hours, moment: Date): Date {
  if (isWithin(hours, moment)) return moment;
  for (let day = 0; day <= 2; day += 1) {
    const begin = new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() + day, hours.fromHour);
    // A window of one hour that a change of time leaves out does not open on that day.
    if (begin > moment && isWithin(hours, begin)) return begin;
  }
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() + 3, hours.fromHour);
}
