/**
 * Where a socket is made: below folders that only root (or, for a user's own helper, that user) can alter, so that nobody can put a
 * link or a socket of their own in its place. Who may connect is decided by the owner and mode of the socket, and again by
 * the kernel's word on who did (unix(7)).
 */
import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inUserNamespace } from '../../engine/environments/tree/clone.js';
import { Fault, systemErrorCode } from '../../engine/fault.js';

/** Bytes of a socket's path, with the NUL that ends it (`sun_path`, unix(7)). */
const longestPath = 108;

/** /proc/sys/kernel/overflowuid, which nobody changes. */
const overflowUser = 65_534;

export interface SocketPlace {
  readonly path: string;
  /** Removes what a helper left that was killed; once ours is there, that one alone: another's may have taken its place. */
  clear(): void;
  /** To be called once the socket is there: gives it to whom it serves. */
  open(): void;
}

/** In a folder of root's, for one user alone. Throws `UNSAFE_PLACE`. */
export function placeForUser(base: string, uid: number, name: string): SocketPlace {
  // Others may pass through, to their own sockets; they can see the name of this one, and do nothing with it.
  makeSafely(base, 0, 0o711);
  const folder = join(base, String(uid));
  makeSafely(folder, 0, 0o711);
  return placeIn(folder, name, (path) => {
    chmodSync(path, 0o600);
    chownSync(path, uid, 0);
  });
}

/**
 * In a private folder of the user who runs this: `$XDG_RUNTIME_DIR/understudy`, or one below /tmp (XDG Base Directory
 * Specification). Throws `UNSAFE_PLACE`.
 */
export function ownPlace(given: string | undefined, name: string): SocketPlace {
  const { XDG_RUNTIME_DIR: own, UNDERSTUDY_PRACTICE_USER: user } = process.env;
  const uid = process.getuid?.() ?? 0;
  const base = given ?? (own ? join(own, 'understudy') : `/tmp/understudy-${user ?? uid}`);
  makeSafely(base, uid, 0o700);
  return placeIn(base, name, (path) => chmodSync(path, 0o600));
}

function placeIn(folder: string, name: string, giveAway: (path: string) => void): SocketPlace {
  const path = join(folder, name);
  if (Buffer.byteLength(path) + 1 > longestPath)
    throw new Fault('UNSAFE_PLACE', `${path}: longer than the ${longestPath} bytes of a socket's name.`);
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status && !status.isSocket()) throw new Fault('UNSAFE_PLACE', `${path}: is no socket.`);
  let own: string | undefined;
  return {
    path,
    clear() {
      if (own === undefined || own === identityOf(path)) rmSync(path, { force: true });
    },
    open() {
      giveAway(path);
      own = identityOf(path);
    },
  };
}

function identityOf(path: string): string | undefined {
  const status = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return status && `${status.dev}:${status.ino}`;
}

/** Makes the folder when it is missing, and refuses it, and every folder above, when others could alter what it holds. */
function makeSafely(folder: string, owner: number, mode: number): void {
  for (const above of ancestors(folder)) requireSafe(above, owner, true);
  try {
    mkdirSync(folder, { mode });
    chmodSync(folder, mode);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  }
  requireSafe(folder, owner, false);
}

function requireSafe(folder: string, owner: number, isAbove: boolean): void {
  const status = lstatSync(folder, { throwIfNoEntry: false });
  if (!status?.isDirectory()) throw new Fault('UNSAFE_PLACE', `${folder}: is no folder.`);
  // Seen from a user namespace, the machine's own root is nobody (user_namespaces(7)).
  const isRoots = status.uid === 0 || (isAbove && inUserNamespace() && status.uid === overflowUser);
  if (!isRoots && status.uid !== owner)
    throw new Fault('UNSAFE_PLACE', `${folder}: belongs to user ${status.uid}.`);
  // In a folder like /tmp nobody can take away or rename what belongs to another (the sticky bit, inode(7)).
  const sticky = isAbove && (status.mode & 0o1000) !== 0;
  if ((status.mode & 0o022) !== 0 && !sticky)
    throw new Fault('UNSAFE_PLACE', `${folder}: others may write to it.`);
}

/** `/` first, the folder itself left out. */
function ancestors(folder: string): string[] {
  const found: string[] = [];
  for (let above = dirname(folder); ; above = dirname(above)) {
    found.unshift(above);
    if (above === dirname(above)) return found;
  }
}
