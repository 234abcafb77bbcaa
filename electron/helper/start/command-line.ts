/** The helper's own options. Who gives them is root already, or the user whom the helper serves with no more than that user's rights. */
import { parseArgs } from 'node:util';

export interface HelperOptions {
  /** Where the socket comes from: handed over by systemd, made for one user by root, or made by a user for themselves. */
  readonly socket: 'activation' | 'demand' | 'self';
  /** The user that a helper on demand serves; by default who asked pkexec or sudo for it. */
  readonly forUid: number | undefined;
  readonly practice: boolean;
  /** Set by the helper itself, for the process that it starts in a user namespace. */
  readonly inNamespace: boolean;
  /** Practice without asking any archive. */
  readonly offline: boolean;
  readonly detach: boolean;
  /** Seconds without any client and any run after which the helper ends. */
  readonly idleSeconds: number;
  /** The root tree to work on; `/` but for repairs and tests. */
  readonly root: string;
  /** Where sockets are made; /run/understudy but for tests. */
  readonly runtime: string | undefined;
  /** Where the practice system is kept; a cache folder but for tests. */
  readonly practiceFolder: string | undefined;
}

/** 32 bits, without the one that stands for nobody at all (chown(2)). */
const largestUser = 2 ** 32 - 2;
/** What setTimeout can wait, in seconds: with more it would not wait at all. */
const longestIdle = Math.floor((2 ** 31 - 1) / 1000);

/** Throws an error with a sentence for what is not understood. */
export function readHelperOptions(argv: readonly string[]): HelperOptions {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    allowPositionals: false,
    options: {
      socket: { type: 'string', default: 'demand' },
      'for-uid': { type: 'string' },
      'in-namespace': { type: 'boolean', default: false },
      practice: { type: 'boolean', default: false },
      offline: { type: 'boolean', default: false },
      detach: { type: 'boolean', default: false },
      'idle-seconds': { type: 'string', default: '60' },
      root: { type: 'string', default: '/' },
      runtime: { type: 'string' },
      'practice-folder': { type: 'string' },
    },
  });
  const { socket, practice, offline, detach, root, runtime } = values;
  if (socket !== 'activation' && socket !== 'demand' && socket !== 'self')
    throw new Error('--socket is activation, demand or self.');
  return {
    socket,
    forUid:
      values['for-uid'] === undefined ? undefined : wholeNumber(values['for-uid'], '--for-uid', largestUser),
    inNamespace: values['in-namespace'],
    practice,
    offline,
    detach,
    idleSeconds: wholeNumber(values['idle-seconds'], '--idle-seconds', longestIdle),
    root,
    runtime,
    practiceFolder: values['practice-folder'],
  };
}

function wholeNumber(text: string, name: string, most: number): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > most)
    throw new Error(`${name} is a whole number of at most ${most}.`);
  return Number(text);
}
