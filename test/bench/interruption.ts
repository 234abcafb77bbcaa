/**
 * How long nobody can work: from the command that updates a system to the next login prompt, in one guest of Debian 13, for the same update, which
 * was rehearsed or fetched before. Beside the ways of `activate`: plain apt-get and a reboot, and the offline update of PackageKit.
 *
 * The processor of the guest is emulated, so that all of it takes many times as long as on a real machine, and what computes longer than what waits:
 * the rows tell of each other. A start begins with the kernel; the seconds of a firmware, which all but soft-reboot and kexec pay, are not in it.
 */
import { runOrFault } from '../../electron/engine/process/run.js';
import { inCheckout } from '../lab/checkout.js';
import { guestImpossible, makeGuest, type Guest } from '../lab/guest/guest.js';
import { addNetworkToNowhere } from '../lab/guest/nowhere.js';
import { installUnderstudy } from '../lab/guest/installed-root.js';
import type { Ended } from '../lab/guest/machine.js';
import type { Bench, BenchRow } from './row.js';

const inside = inCheckout('dist/test/lab/guest/inside/');
const ours = ['live', 'soft-reboot', 'kexec', 'reboot'] as const;
const ways = [...ours, 'apt', 'packagekit'] as const;
type Way = (typeof ways)[number];

/** For one start of a guest on a busy machine. */
const minutes = 15;
/** PackageKit starts the machine once for the update and once more. */
const mostStarts = 3;

interface Measured {
  readonly seconds: number;
  /** What of it belongs to one part of the way, where that part tells of itself. */
  readonly part?: number;
}

export const benchInterruption: Bench = {
  name: 'interruption',
  isLong: true,
  impossible: () => guestImpossible(),
  async run({ say }) {
    say('making a guest with an update that is rehearsed');
    const guest = await makeGuest({
      suite: 'trixie',
      include: ['kexec-tools', 'packagekit', 'packagekit-tools'],
      prepare,
      prepareOnDisk: stage,
    });
    const found = new Map<Way, Measured>();
    try {
      await guest.save();
      for (const way of ways) {
        await guest.restore();
        const measured = await measure(guest, way, say);
        found.set(way, measured);
        say(`${way}: ${measured.seconds.toFixed(1)} s`);
      }
    } finally {
      guest.dispose();
    }
    return rowsOf(found);
  },
};

async function prepare(root: string): Promise<void> {
  await installUnderstudy(root);
  // For PackageKit, and only when it is started.
  addNetworkToNowhere(root);
}

/** As a process of its own, which leaves no handle on the disk behind. */
async function stage(root: string): Promise<void> {
  const program = inCheckout('electron/cli/understudy.js');
  await runOrFault([process.execPath, program, '--root', root, 'stage', '--quiet'], {
    timeoutMs: 15 * 60_000,
  });
}

/** Over as many starts as it takes: QEMU ends where a machine would restart, and is started again. */
async function measure(guest: Guest, way: Way, say: (text: string) => void): Promise<Measured> {
  const files = { 'guest-system.js': { from: `${inside}guest-system.js` }, task: { text: way } };
  /** Undefined until the command was given; from then on all that went by since. */
  let seconds: number | undefined;
  let part: number | undefined;
  const stories: string[] = [];
  for (let start = 1; start <= mostStarts; start++) {
    say(`${way}, start ${start}`);
    const ended = await guest.run({ script: `${inside}update-once.js`, files, minutes, keep: true });
    stories.push(ended.story);
    if (ended.how === 'timeout') break;
    const command = timeOf(ended, 'command');
    const from = command ?? 0;
    const done = way === 'live' ? timeOf(ended, 'activated') : promptAfter(ended, command);
    part ??= partOf(way, ended);
    if (done !== undefined && (command !== undefined || seconds !== undefined)) {
      requireUpdated(ended);
      return { seconds: (seconds ?? 0) + done - from, ...(part === undefined ? {} : { part }) };
    }
    if (command !== undefined || seconds !== undefined) seconds = (seconds ?? 0) + ended.seconds - from;
  }
  throw new Error(`${way}: no login prompt after the update\n${stories.join('\n')}`);
}

type Line = Readonly<Record<string, unknown>>;

function timeOf({ lines, times }: Ended, key: string): number | undefined {
  return times[(lines as Line[]).findIndex((line) => key in line)];
}

/** When the prompt stood that came after the command; of a start in which no command was given, the first. */
function promptAfter({ lines, times }: Ended, command = 0): number | undefined {
  const index = (lines as Line[]).findIndex((line, at) => 'login' in line && (times[at] ?? 0) > command);
  const told = times[index];
  return told === undefined ? undefined : told - Number((lines as Line[])[index]?.['login']);
}

function requireUpdated(ended: Ended): void {
  const last = (ended.lines as Line[]).filter((line) => 'program' in line).at(-1);
  if (last?.['program'] !== '1.1-1') throw new Error(`the update did not come\n${ended.story}`);
}

interface ToldInside {
  readonly activated?: { readonly value?: { readonly switchSeconds?: number } };
  readonly history?: {
    readonly value?: {
      readonly entries?: readonly {
        readonly interruption?: { readonly how: string; readonly seconds: number };
      }[];
    };
  };
}

/** Seconds of the switch, of the restart as the history has it, or of apt-get. */
function partOf(way: Way, ended: Ended): number | undefined {
  const told = (key: string): ToldInside | undefined =>
    (ended.lines as (Line & ToldInside)[]).find((line) => key in line);
  if (way === 'live') return told('activated')?.activated?.value?.switchSeconds;
  if (way === 'packagekit') return undefined;
  if (way === 'apt') {
    const [command, updated] = [timeOf(ended, 'command'), timeOf(ended, 'updated')];
    return command === undefined || updated === undefined ? undefined : updated - command;
  }
  const interruption = told('history')?.history?.value?.entries?.[0]?.interruption;
  if (interruption && interruption.how !== way)
    throw new Error(`${interruption.how} instead of ${way}\n${ended.story}`);
  return interruption?.seconds;
}

function rowsOf(found: ReadonlyMap<Way, Measured>): BenchRow[] {
  const of = (way: Way): number => found.get(way)?.seconds ?? Number.NaN;
  const against = [
    { peer: of('apt'), peerName: 'apt-get dist-upgrade, reboot' },
    { peer: of('packagekit'), peerName: "PackageKit's offline update" },
  ];
  return ours.flatMap((way): BenchRow[] => {
    const what =
      way === 'live' ? 'live: the command, nobody is logged out' : `${way}: command to login prompt`;
    const mine = { name: `interruption, ${what}`, ours: of(way), unit: 's' } as const;
    return [...against.map((peer) => ({ ...mine, ...peer })), ...partRow(found, way)];
  });
}

function partRow(found: ReadonlyMap<Way, Measured>, way: Way): BenchRow[] {
  const part = found.get(way)?.part;
  if (part === undefined) return [];
  if (way !== 'live')
    return [{ name: '  of which from the request to the default target', ours: part, unit: 's' }];
  const apt = found.get('apt')?.part;
  return [
    {
      name: '  of which old and new side by side',
      ours: part,
      unit: 's',
      ...(apt === undefined ? {} : { peer: apt, peerName: 'apt-get dist-upgrade' }),
    },
  ];
}
