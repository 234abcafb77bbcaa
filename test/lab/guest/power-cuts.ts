/**
 * Power cuts at moments by chance, from the start of a switch until the system that comes of it is up: in the switch itself, and at the start
 * after it, when a recovery may be at work. After each cut the system must be exactly the old one or exactly the new one, entry by entry, with
 * the user's edits, and Understudy must be able to say what happened.
 */
import { gunzipSync } from 'node:zlib';
import { inCheckout } from '../checkout.js';
import { seeded } from '../seeded.js';
import type { GuestFileSystem } from './guest-disk.js';
import type { Guest } from './guest.js';
import type { Ended } from './machine.js';
import { stagedGuest } from './staged-guest.js';

export interface CutOptions {
  readonly cuts: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

export interface PowerCuts extends CutOptions {
  readonly fileSystem: GuestFileSystem;
}

export interface Tally {
  /** What the system was after a cut. */
  readonly old: number;
  readonly new: number;
  /** Cuts in a switch forward, in a rollback, and at the start after one of them. */
  readonly inActivation: number;
  readonly inRollback: number;
  readonly atStart: number;
}

type Line = Readonly<Record<string, unknown>>;
type State = 'old' | 'new';

const inside = inCheckout('dist/test/lab/guest/inside/');
const files = { 'guest-system.js': { from: `${inside}guest-system.js` } };
/** For a machine that is busy with other things: a switch on ZFS alone took more than seven of them there. */
const minutes = 40;

/** Throws what it was after a cut, if it was neither. */
export async function cutPower({ fileSystem, cuts, seed, say }: PowerCuts): Promise<Tally> {
  const guest = await stagedGuest(fileSystem);
  try {
    return await cutInGuest(guest, { fileSystem, cuts, seed, say });
  } finally {
    guest.dispose();
  }
}

/** An errand that nobody cut, with what the system was at its start. */
interface Visit {
  readonly entries: readonly string[];
  readonly ended: Ended;
}

async function cutInGuest(guest: Guest, { fileSystem, cuts, seed, say }: PowerCuts): Promise<Tally> {
  const random = seeded(seed);
  const activate = fileSystem === 'ext4' ? 'activate' : 'activate-at-start';
  const tally = { old: 0, new: 0, inActivation: 0, inRollback: 0, atStart: 0 };

  await guest.save();
  const before = await visit(guest, activate);
  const after = await visit(guest, 'look');
  const known: Record<State, readonly string[]> = { old: before.entries, new: after.entries };
  if (differences(known.old, known.new).length === 0) throw new Error('the update changed nothing');
  const secondsUp = secondsUntilSwitch(before.ended);
  const secondsOfSwitch = before.ended.seconds - secondsUp;
  say(`${fileSystem}: a start takes ${secondsUp.toFixed(0)} s, the switch ${secondsOfSwitch.toFixed(0)} s`);
  await guest.restore();

  let state: State = 'old';
  let isStaged = true;
  for (let cut = 1; cut <= cuts;) {
    if (state === 'old' && !isStaged) {
      await guest.restore();
      isStaged = true;
    }
    const task = state === 'old' ? activate : 'rollback';
    const delay = (random.below(1000) / 1000) * secondsOfSwitch * 1.1;
    const where: string[] = [];
    const { how } = await errand(guest, task, cutter(delay));
    if (how === 'cut') {
      tally[task === 'rollback' ? 'inRollback' : 'inActivation'] += 1;
      where.push(`${task}, ${delay.toFixed(1)} s in`);
      cut += 1;
    }
    if (cut <= cuts && random.below(3) === 0) {
      const moment = secondsUp * (0.3 + 0.7 * (random.below(1000) / 1000));
      if ((await errand(guest, 'look', undefined, moment)).how === 'timeout') {
        tally.atStart += 1;
        where.push(`at the start, ${moment.toFixed(1)} s in`);
        cut += 1;
      }
    }
    const seen = await visit(guest, 'look');
    const now = stateOf(
      seen,
      known,
      `${fileSystem}, seed ${seed}, cut at: ${where.join('; ') || 'no moment'}`,
    );
    if (where.length > 0) {
      tally[now] += 1;
      say(`${fileSystem}: cut at ${where.join('; ')}: ${now}; ${told(seen.ended)}`);
    }
    if (task === 'rollback' && now === 'old') isStaged = false;
    state = now;
  }
  return tally;
}

function errand(
  guest: Guest,
  task: string,
  onLine?: (line: unknown, cut: () => void) => void,
  seconds?: number,
): Promise<Ended> {
  return guest.run({
    script: `${inside}switch-once.js`,
    files: { ...files, task: { text: task } },
    minutes: seconds === undefined ? minutes : seconds / 60,
    keep: true,
    ...(onLine ? { onLine } : {}),
  });
}

async function visit(guest: Guest, task: string): Promise<Visit> {
  const ended = await errand(guest, task);
  const { lines, how } = ended;
  const story = storyOf(ended);
  if (how === 'timeout') throw new Error(`the guest did not come to an end (${task}):\n${story}`);
  const began = line(ended, 'began');
  if (began['began'] !== 'running' || began['audit'] !== '')
    throw new Error(`the system is not sound: ${JSON.stringify(began)}\n${story}`);
  const { open, recovery } = line(ended, 'open');
  if (String(recovery) !== 'yes,success')
    throw new Error(`the recovery at the start: ${String(recovery)}\n${story}`);
  if (!Array.isArray(open) || open.length > 0)
    throw new Error(`left open: ${JSON.stringify(open)}\n${story}`);
  const pieces = (lines as Line[]).filter((one) => 'entries' in one).map((one) => String(one['entries']));
  if (pieces.at(-1) !== '') throw new Error(`the entries were not told to the end:\n${story}`);
  const entries = gunzipSync(Buffer.from(pieces.join(''), 'base64'))
    .toString('utf8')
    .split('\n');
  for (const own of ['etc/eve.conf\t', 'etc/hosts\t'])
    if (!entries.some((entry) => entry.startsWith(own)))
      throw new Error(`the user's own ${own.trim()} is gone`);
  return { entries, ended };
}

function line(ended: Ended, key: string): Line {
  const found = (ended.lines as Line[]).find((one) => key in one);
  if (!found) throw new Error(`nothing was said about ${key}:\n${storyOf(ended)}`);
  return found;
}

/** Without the entries, which are many. */
function storyOf({ story }: Ended): string {
  return story
    .split('\n')
    .filter((said) => !said.startsWith('{"entries"'))
    .join('\n');
}

/** Cuts the power so many seconds after the switch was announced. */
function cutter(seconds: number) {
  return (said: unknown, cut: () => void): void => {
    if (typeof said === 'object' && said !== null && 'switching' in said) setTimeout(cut, seconds * 1000);
  };
}

function secondsUntilSwitch({ lines, times }: Ended): number {
  const index = (lines as Line[]).findIndex((one) => 'switching' in one);
  return times[index] ?? 0;
}

function stateOf(seen: Visit, known: Readonly<Record<State, readonly string[]>>, when: string): State {
  const states = (['old', 'new'] as const).filter(
    (one) => differences(known[one], seen.entries).length === 0,
  );
  const [state] = states;
  if (state !== undefined) return state;
  const list = (one: State): string => differences(known[one], seen.entries).slice(0, 20).join('\n');
  throw new Error(
    `neither old nor new (${when})\nagainst the old:\n${list('old')}\nagainst the new:\n${list('new')}`,
  );
}

function differences(known: readonly string[], now: readonly string[]): string[] {
  const [before, after] = [new Set(known), new Set(now)];
  return [
    ...known.filter((entry) => !after.has(entry)).map((entry) => `- ${entry}`),
    ...now.filter((entry) => !before.has(entry)).map((entry) => `+ ${entry}`),
  ];
}

/** What the app would say of it. */
function told(ended: Ended): string {
  const answer = line(ended, 'status')['status'] as {
    value?: { update?: { state?: string; outcome?: string } };
  };
  const { state, outcome } = answer.value?.update ?? {};
  if (state === undefined) throw new Error(`the state is not told: ${JSON.stringify(answer)}`);
  return `told as ${[state, outcome].filter(Boolean).join(' ')}`;
}
