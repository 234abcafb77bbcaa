/** What a guest of the power cuts says of itself once it is up: it must be sound, with nothing left open and the user's own there. */
import { gunzipSync } from 'node:zlib';

export type Line = Readonly<Record<string, unknown>>;

export interface Seen {
  /** One line an entry of the system. */
  readonly entries: readonly string[];
  /** What the app would say of it. */
  readonly told: string;
}

/** Of the lines that an errand said up to the last of its entries. Throws what is wrong with them. */
export function seenIn(lines: readonly Line[]): Seen {
  const began = lineOf(lines, 'began');
  if (began['began'] !== 'running' || began['audit'] !== '')
    throw new Error(`the system is not sound: ${JSON.stringify(began)}`);
  const { open, recovery, status } = lineOf(lines, 'open');
  if (String(recovery) !== 'yes,success') throw new Error(`the recovery at the start: ${String(recovery)}`);
  if (!Array.isArray(open) || open.length > 0) throw new Error(`left open: ${JSON.stringify(open)}`);
  const pieces = lines.filter((one) => 'entries' in one).map((one) => String(one['entries']));
  const entries = gunzipSync(Buffer.from(pieces.join(''), 'base64'))
    .toString('utf8')
    .split('\n');
  for (const own of ['etc/eve.conf\t', 'etc/hosts\t'])
    if (!entries.some((entry) => entry.startsWith(own)))
      throw new Error(`the user's own ${own.trim()} is gone`);
  return { entries, told: told(status) };
}

function lineOf(lines: readonly Line[], key: string): Line {
  const found = lines.find((one) => key in one);
  if (!found) throw new Error(`nothing was said about ${key}`);
  return found;
}

function told(status: unknown): string {
  const answer = status as { value?: { update?: { state?: string; outcome?: string } } };
  const { state, outcome } = answer.value?.update ?? {};
  if (state === undefined) throw new Error(`the state is not told: ${JSON.stringify(status)}`);
  return `told as ${[state, outcome].filter(Boolean).join(' ')}`;
}

export function differences(known: readonly string[], now: readonly string[]): string[] {
  const [before, after] = [new Set(known), new Set(now)];
  return [
    ...known.filter((entry) => !after.has(entry)).map((entry) => `- ${entry}`),
    ...now.filter((entry) => !before.has(entry)).map((entry) => `+ ${entry}`),
  ];
}
