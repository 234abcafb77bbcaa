/**
 * Power cuts at moments by chance, from the start of a switch until the system that comes of it is up: in the switch itself, and at the start
 * after it, when a recovery may be at work. After each cut the system must be exactly the old one or exactly the new one, entry by entry, with
 * the user's edits, and Understudy must be able to say what happened. Each start looks at what the last cut left, and goes on with the next switch.
 */
import { inCheckout } from '../checkout.js';
import { seeded } from '../seeded.js';
import type { GuestFileSystem } from './guest-disk.js';
import type { Guest } from './guest.js';
import type { Controls, Ended } from './machine.js';
import { differences, seenIn, type Line, type Seen } from './seen.js';
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

type State = 'old' | 'new';
type Known = Readonly<Record<State, readonly string[]>>;

/** What a guest does once it has said what it is. */
interface Next {
  readonly task: 'activate' | 'activate-at-start' | 'rollback' | 'end';
  /** Seconds from the beginning of the switch until the power is cut; else it goes to its end. */
  readonly cutAfter?: number;
}

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

async function cutInGuest(guest: Guest, { fileSystem, cuts, seed, say }: PowerCuts): Promise<Tally> {
  const random = seeded(seed);
  const activate = fileSystem === 'ext4' ? 'activate' : 'activate-at-start';
  const tally = { old: 0, new: 0, inActivation: 0, inRollback: 0, atStart: 0 };

  await guest.save();
  const old = await start(guest, () => ({ task: activate }));
  const secondsUp = secondsUntil(old.ended, 'switching');
  // A restart ends the errand before it can say more.
  const secondsSwitched = activate === 'activate' ? secondsUntil(old.ended, 'did') : old.ended.seconds;
  const secondsOf = { switch: secondsSwitched - secondsUp, rollback: 0 };
  // Until one was seen that nobody cut.
  secondsOf.rollback = secondsOf.switch / 3;
  say(`${fileSystem}: a start takes ${secondsUp.toFixed(0)} s, the switch ${secondsOf.switch.toFixed(0)} s`);

  let known: Known | undefined;
  let isStaged = false;
  let cut = 0;
  /** Else a rollback that never comes to its end would be all that is cut. */
  let wasRollback = false;
  /** Where the power was cut since the last look. */
  let where: string[] = [];
  const judge = ({ entries, told }: Seen): State => {
    // The first that is seen was led there by no cut.
    known ??= knownFrom(old.seen.entries, entries);
    const state = stateOf(entries, known, `${fileSystem}, seed ${seed}, cut at: ${where.join('; ')}`);
    if (where.length > 0) {
      tally[state] += 1;
      say(`${fileSystem}: cut at ${where.join('; ')}: ${state}; ${told}`);
    }
    where = [];
    return state;
  };
  const decide = (seen: Seen): Next => {
    const state = judge(seen);
    if (cut >= cuts || (state === 'old' ? !isStaged : wasRollback)) return { task: 'end' };
    const [task, seconds] =
      state === 'new' ? (['rollback', secondsOf.rollback] as const) : ([activate, secondsOf.switch] as const);
    return { task, cutAfter: (random.below(1000) / 1000) * seconds * 1.1 };
  };
  for (;;) {
    const { ended, next } = await start(guest, decide);
    const { task, cutAfter = 0 } = next;
    if (task === 'end' && cut >= cuts) return tally;
    if (task === 'end') {
      await guest.restore();
      isStaged = true;
      wasRollback = false;
      continue;
    }
    wasRollback = task === 'rollback';
    if (wasRollback) isStaged = false;
    if (ended.how === 'cut') {
      tally[task === 'rollback' ? 'inRollback' : 'inActivation'] += 1;
      where.push(`${task}, ${cutAfter.toFixed(1)} s in`);
      cut += 1;
    } else if (task === 'rollback')
      secondsOf.rollback = secondsUntil(ended, 'did') - secondsUntil(ended, 'switching');
    if (cut >= cuts || random.below(3) > 0) continue;
    const moment = secondsUp * (0.3 + 0.7 * (random.below(1000) / 1000));
    if ((await errand(guest, moment / 60)).how !== 'timeout') throw new Error('a start was not cut');
    tally.atStart += 1;
    where.push(`at the start, ${moment.toFixed(1)} s in`);
    cut += 1;
  }
}

/** One start: lets it say what it is, and do what is made of that. */
async function start(
  guest: Guest,
  decide: (seen: Seen) => Next,
): Promise<{ readonly seen: Seen; readonly ended: Ended; readonly next: Next }> {
  const lines: Line[] = [];
  const made: { seen?: Seen; next?: Next; fault?: unknown } = {};
  const ended = await errand(guest, minutes, (said, { cut, tell }) => {
    const line = said as Line;
    lines.push(line);
    if (line['entries'] === '')
      try {
        made.seen = seenIn(lines);
        made.next = decide(made.seen);
        tell(made.next.task);
      } catch (error) {
        made.fault = error;
        cut();
      }
    const cutAfter = made.next?.cutAfter;
    if ('switching' in line && cutAfter !== undefined) setTimeout(cut, cutAfter * 1000);
  });
  const { seen, next, fault } = made;
  const message =
    fault instanceof Error ? fault.message : 'the guest did not say what it is, or came to no end';
  if (fault !== undefined || !seen || !next || ended.how === 'timeout')
    throw new Error(`${message}\n${storyOf(ended)}`);
  return { seen, ended, next };
}

/** Without an end to its start (`onLine`) it waits, until its time is over. */
function errand(
  guest: Guest,
  limit: number,
  onLine?: (line: unknown, controls: Controls) => void,
): Promise<Ended> {
  return guest.run({
    script: `${inside}switch-once.js`,
    files,
    minutes: limit,
    keep: true,
    ...(onLine ? { onLine } : {}),
  });
}

/** Without the entries, which are many. */
function storyOf({ story }: Ended): string {
  return story
    .split('\n')
    .filter((said) => !said.startsWith('{"entries"'))
    .join('\n');
}

function secondsUntil(ended: Ended, key: string): number {
  const { lines, times } = ended;
  const index = (lines as Line[]).findIndex((one) => key in one);
  const found = times[index];
  if (found === undefined) throw new Error(`nothing was said about ${key}\n${storyOf(ended)}`);
  return found;
}

function knownFrom(old: readonly string[], now: readonly string[]): Known {
  if (differences(old, now).length === 0) throw new Error('the update changed nothing');
  return { old, new: now };
}

function stateOf(entries: readonly string[], known: Known, when: string): State {
  const state = (['old', 'new'] as const).find((one) => differences(known[one], entries).length === 0);
  if (state !== undefined) return state;
  const list = (one: State): string => differences(known[one], entries).slice(0, 20).join('\n');
  throw new Error(
    `neither old nor new (${when})\nagainst the old:\n${list('old')}\nagainst the new:\n${list('new')}`,
  );
}
