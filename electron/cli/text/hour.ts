/** Reads the moment of a switch as people give it: an hour of the day, or a day with an hour, in local time; or ISO 8601 in UTC. */

/** ISO 8601 in UTC, or `undefined` for what is no moment. An hour alone is the next one that comes. */
export function readHour(text: string, now: Date): string | undefined {
  const given = /^(?:(\d{4})-(\d{2})-(\d{2})[T ])?(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!given) return isoMoment(text.trim());
  const part = (index: number): number => Number(given[index]);
  const [hour, minute] = [part(4), part(5)];
  if (hour > 23 || minute > 59) return undefined;
  if (given[1] === undefined) {
    const today = new Date(now.getFullYear(), now.getMonth(), now.getDate(), hour, minute);
    if (today > now) return today.toISOString();
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, hour, minute).toISOString();
  }
  const [month, day] = [part(2) - 1, part(3)];
  const moment = new Date(part(1), month, day, hour, minute);
  // 31 February would be a day of March.
  const isReal = moment.getMonth() === month && moment.getDate() === day;
  return isReal ? moment.toISOString() : undefined;
}

function isoMoment(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(text)) return undefined;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
