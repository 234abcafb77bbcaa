/**
 * The helper as a command of fixed words: a program, its own options, and the few variables that it needs. Nothing in it comes from
 * what a user types. Invariant: a command that goes through a shell (sudo-prompt's) holds no word that a shell would read as
 * anything but itself, and no program that another user could have put there.
 */
import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { problem, type Outcome } from '../../../shared/errors.js';

export interface HelperProgram {
  /** The Node that runs it; Electron's own, which has to be told to be one. */
  readonly node: string;
  readonly main: string;
  readonly isElectron: boolean;
}

export interface HelperOptions {
  readonly socket: 'demand' | 'self';
  readonly practice?: boolean;
  /** Practice without asking any archive. */
  readonly offline?: boolean;
  /** The only user that it serves. */
  readonly forUid?: number;
}

/** The helper of this very installation. */
export function ownProgram(): HelperProgram {
  const here = fileURLToPath(import.meta.url);
  const main = here.includes('/dist/') ? '../../../program/helper.js' : '../../../dist/program/helper.js';
  return {
    node: process.execPath,
    main: fileURLToPath(new URL(main, import.meta.url)),
    isElectron: 'electron' in process.versions,
  };
}

/** Of the program and its options, without the environment. */
export function helperCommand(
  { node, main }: HelperProgram,
  { socket, practice = false, offline = false, forUid }: HelperOptions,
): [string, ...string[]] {
  return [
    node,
    main,
    '--detach',
    ...['--socket', socket],
    ...(forUid === undefined ? [] : ['--for-uid', String(forUid)]),
    ...(practice ? ['--practice'] : []),
    ...(offline ? ['--offline'] : []),
  ];
}

export const safePath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** All that the helper gets to see of an environment: env(1) with an empty one to begin with. */
export function cleanCommand(program: HelperProgram, options: HelperOptions): [string, ...string[]] {
  return [
    ...(['/usr/bin/env', '-i'] as const),
    `PATH=${safePath}`,
    ...(program.isElectron ? ['ELECTRON_RUN_AS_NODE=1'] : []),
    ...helperCommand(program, options),
  ];
}

/** No blank, no quote, nothing that a shell or env(1) expands; nor a way up. */
const harmlessPath = /^(\/[A-Za-z0-9_+@,:.-]+)+$/;

/** Refuses what must not be started as root. */
export function vetProgram({ node, main }: HelperProgram): Outcome<true> {
  const reasons = [node, main].flatMap((path) =>
    harmlessPath.test(path) && !path.split('/').includes('..')
      ? (whyNotOurs(path) ?? whyNotOurs(realpathSync(path)) ?? [])
      : [
          `${JSON.stringify(path)}: only letters, digits and _ + @ , : . - may stand in the path. Move Understudy elsewhere.`,
        ],
  );
  if (reasons.length === 0) return { ok: true, value: true };
  return { ok: false, problem: problem('ELEVATION_FAILED', ...reasons) };
}

/** Whoever may alter the program, or a folder on the way to it, would be given root: that may be root and this user alone. */
function whyNotOurs(path: string): string[] | undefined {
  for (let name = path; ; name = dirname(name)) {
    const status = lstatSync(name, { throwIfNoEntry: false });
    if (!status) return [`${name} is not there. In a checkout, run "npm run build" first.`];
    if (status.uid !== 0 && status.uid !== process.getuid?.())
      return [`${name} belongs to the user with the id ${status.uid}, who could put something else there.`];
    // In a folder with the sticky bit, such as /tmp, nobody can replace what belongs to another (inode(7)).
    const isOpen = !status.isSymbolicLink() && (status.mode & 0o002) !== 0 && (status.mode & 0o1000) === 0;
    if (isOpen) return [`${name} may be written to by everyone.`];
    if (name === '/') return undefined;
  }
}
