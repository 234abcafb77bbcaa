/**
 * A place where a shell finds nothing of this machine's user: its practice system, its sockets and its memory lie in a private
 * folder. Root's helper keeps to fixed folders whatever a user's environment says, so for root they are bound there in a mount
 * namespace of its own; an ordinary user's follow the variables.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { tryLock } from '../../../electron/engine/posix/lock.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';

const isRoot = process.getuid?.() === 0;
/** Where root's own helper makes its sockets (services/connection/places.ts). */
const rootsSockets = '/tmp/understudy-0';

const inside = `
set -e
mount --bind "$1/cache" /var/cache
mount --bind "$1/run" ${rootsSockets}
shift
exec "$@"
`;

export interface PrivatePlace {
  readonly folder: string;
  /** The root tree of the practice system, once there is one. */
  readonly root: string;
  /** Where the helper of the practice system listens. */
  readonly socket: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The command, so that it runs in this place. */
  within(argv: readonly string[]): readonly [string, ...string[]];
  /** Which process has the practice system: the helper. */
  helper(): number | undefined;
  /** Ends the helper and removes everything. */
  remove(): Promise<void>;
}

export function privatePlace(): PrivatePlace {
  // A short name: a socket's may not be long (unix(7)).
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'));
  for (const name of ['cache', 'run', 'home']) mkdirSync(join(folder, name), { mode: 0o700 });
  // What is mounted over needs a place; it stays empty, for the mount is seen by the shell alone.
  if (isRoot) mkdirSync(rootsSockets, { recursive: true, mode: 0o700 });
  const practice = join(folder, 'cache/understudy/app');
  const environment = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    HOME: join(folder, 'home'),
    TMPDIR: tmpdir(),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
  };
  const helper = (): number | undefined => {
    const lock = join(practice, 'lock');
    if (!existsSync(lock)) return undefined;
    const attempt = tryLock(raw(lock));
    if ('busy' in attempt) return attempt.busy.pid;
    attempt.held.release();
    return undefined;
  };
  return {
    folder,
    root: join(practice, 'root'),
    socket: join(folder, isRoot ? 'run' : 'run/understudy', 'practice.socket'),
    environment,
    within: (argv) =>
      isRoot
        ? ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', inside, 'sh', folder, ...argv]
        : ['env', ...argv],
    helper,
    async remove() {
      const pid = helper();
      if (pid !== undefined) {
        process.kill(pid, 'SIGTERM');
        await gone(pid);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process that is no child of this one can only be looked for. */
export async function gone(pid: number, limitMs = 60_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (existsSync(`/proc/${pid}`)) {
    if (Date.now() > deadline) throw new Error(`Process ${pid} does not end.`);
    await after(50);
  }
}

/** The version of a package in the practice system, as dpkg's own database says; `undefined` where it is not installed. */
export function versionIn(root: string, name: string): string | undefined {
  const paragraphs = readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8').split('\n\n');
  const paragraph = paragraphs.find((text) => text.startsWith(`Package: ${name}\n`));
  if (paragraph?.includes('\nStatus: install ok installed\n') !== true) return undefined;
  return /^Version: (.*)$/m.exec(paragraph)?.[1];
}
