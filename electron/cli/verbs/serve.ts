/** `understudy serve`: the app in a browser, here or at the other end of a tunnel. */
import { hostname, userInfo } from 'node:os';
import { problem, type Outcome } from '../../../shared/errors.js';
import { flag, nothing, value, wholeNumber } from './given.js';
import { plainVerb, UsageError } from './verb.js';

/** What the browser shell takes and tells; it is brought by the launcher. */
export type Serve = (
  options: {
    readonly port: number;
    readonly open: boolean;
    readonly practice: boolean;
    readonly offline: boolean;
    readonly idleMinutes: number;
  },
  surroundings: { readonly signal: AbortSignal; readonly onAddress: (address: ServedAddress) => void },
) => Promise<Outcome<'stopped' | 'idle'>>;

export interface ServedAddress {
  readonly url: string;
  readonly port: number;
  readonly opened: boolean;
  readonly notOpened: 'no-display' | 'root' | 'no-browser' | null;
}

const usualIdleMinutes = 15;
const longestIdleMinutes = 7 * 24 * 60;

export const serve = plainVerb({
  name: 'serve',
  help: {
    summary: 'the app in a browser, for machines without a desktop',
    synopsis: ['[--port N] [--open] [--practice [--offline]] [--idle MINUTES]'],
    does: [
      'Serves the app to a browser of this machine, and prints an address that lets one browser in, once. Enter prints another.',
      'Answers on 127.0.0.1 and ::1 alone, and only to programs of the same user. From another machine, a tunnel is the way in: ssh -L.',
      'Ends by itself when no browser was there for a while.',
    ],
    doesNot: [
      'It gives the browser no right that the user does not have: what alters the system is asked for as in the desktop app.',
      'It ends no work that goes on when it ends itself.',
    ],
    examples: [
      ['understudy serve', 'Print an address for the browser.'],
      ['understudy serve --open', 'Open it in a window of its own.'],
      ['understudy serve --practice', 'Try everything on a practice system.'],
      ['understudy serve --port 8123', 'At a port that a tunnel can name: ssh -L 8123:127.0.0.1:8123 HOST'],
    ],
    exits: [
      ['done', 'it was ended, or nobody used it any more'],
      ['failed', 'the port cannot be used'],
      ['usage', 'the command was not understood'],
    ],
  },
  options: {
    port: { value: 'N', text: 'the port; any that is free if not given' },
    open: { text: 'open the browser of this desktop' },
    practice: { text: 'work on a practice system, not on this one' },
    offline: { text: 'use no network for the practice system' },
    idle: { value: 'MINUTES', text: `end after so long without a browser; ${usualIdleMinutes} if not given` },
  },
  long: false,
  goodbye: 'Ending. Work that goes on is not touched.',
  read(given) {
    nothing(given);
    const options = {
      port: portOf(given),
      open: flag(given, 'open'),
      practice: flag(given, 'practice'),
      offline: flag(given, 'offline'),
      idleMinutes: Math.min(wholeNumber(given, 'idle', 1) ?? usualIdleMinutes, longestIdleMinutes),
    };
    if (options.offline && !options.practice) throw new UsageError('--offline goes with --practice.');
    return async ({ serve: start, signal, announce }) => {
      if (!start) return { ok: false, problem: problem('APP_NOT_BUILT') };
      const onAddress = (address: ServedAddress): void =>
        announce({ type: 'address', ...address }, () => addressLines(address));
      const served = await start(options, { signal, onAddress });
      return served.ok ? { ok: true, value: { ended: served.value } } : served;
    };
  },
  lines: ({ ended }) => [ended === 'idle' ? 'Nobody was there for a while, so it ended.' : 'Ended.'],
});

function portOf(given: Parameters<typeof value>[0]): number {
  const port = wholeNumber(given, 'port', 1) ?? 0;
  if (port > 65_535) throw new UsageError(`There is no port ${port}; the highest is 65535.`);
  return port;
}

const reasons = {
  'no-display': 'There is no display here to open a browser on.',
  root: 'No browser is opened as root.',
  'no-browser': 'No browser was found to open.',
} as const;

function addressLines({ url, port, opened, notOpened }: ServedAddress): string[] {
  if (opened) return [`Understudy is open in the browser: http://127.0.0.1:${port}/`];
  return [
    ...(notOpened === null ? [] : [reasons[notOpened]]),
    'Open this address in a browser of this machine; it works once:',
    `  ${url}`,
    'From another machine, run this there first, and leave it running:',
    `  ssh -L ${port}:127.0.0.1:${port} ${userInfo().username}@${hostname()}`,
    'Ctrl+C ends it.',
  ];
}
