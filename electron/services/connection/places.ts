/**
 * Where a helper may be listening, best first. Invariant: what serves the real system is believed only when root answers;
 * a helper that this user started for itself, which may only read or works on a practice system, may be this user's own.
 */
import { join } from 'node:path';
import type { ConnectOptions } from '../../helper/client/client.js';

/** `system`: the real one. `practice`: a practice system, never the real one. */
export type Mode = 'system' | 'practice';

export interface Place {
  /** `installed`: started by systemd. `demand`: started for this user by root. `own`: started by this user. */
  readonly kind: 'installed' | 'demand' | 'own';
  readonly path: string;
  readonly trust: ConnectOptions['trust'];
}

export interface PlaceFolders {
  /** Only root can make anything in it, so that what lies there was put there by root. */
  readonly root: string;
  /** This user's own. */
  readonly own: string;
}

/** Where the helper makes its sockets; it refuses a folder that others could alter. */
export function placeFolders(uid: number, environment: NodeJS.ProcessEnv = process.env): PlaceFolders {
  const { XDG_RUNTIME_DIR: given } = environment;
  // XDG Base Directory Specification: a path that is not absolute is ignored. A helper of root's own takes no variable from its surroundings.
  const isGiven = uid !== 0 && given?.startsWith('/') === true;
  const own = isGiven ? join(given, 'understudy') : `/tmp/understudy-${uid}`;
  return { root: '/run/understudy', own };
}

export function helperPlaces(mode: Mode, uid: number, folders = placeFolders(uid)): [Place, ...Place[]] {
  const own = (name: string): Place => ({
    kind: 'own',
    path: join(folders.own, name),
    trust: 'root-or-self',
  });
  if (mode === 'practice') return [own('practice.socket')];
  return [installedPlace(folders), demandPlace(uid, folders), own('reader.socket')];
}

export const installedPlace = ({ root }: PlaceFolders): Place => ({
  kind: 'installed',
  path: join(root, 'helper.socket'),
  trust: 'root',
});

export const demandPlace = (uid: number, { root }: PlaceFolders): Place => ({
  kind: 'demand',
  path: join(root, String(uid), 'helper.socket'),
  trust: 'root',
});
