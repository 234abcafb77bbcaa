/** A session that works on a tree itself instead of on a clone: only for a practice root while it is being made. */
import { mkdirSync } from 'node:fs';
import type { Session } from '../environments/environment.js';
import { openSession } from '../environments/session/open-session.js';
import { inUserNamespace } from '../environments/tree/clone.js';
import { bytes, type RawPath } from '../posix/raw-path.js';

/** What its commands change is changed in `root`. `mountPoint` is made when missing. */
export function openTreeSession(root: RawPath, mountPoint: RawPath): Promise<Session> {
  mkdirSync(bytes(mountPoint), { recursive: true, mode: 0o700 });
  return openSession({
    layers: [{ mount: '', kind: 'copy', lower: '', upper: root, work: '' }],
    binds: [],
    mountPoint,
    network: 'none',
    hidden: ['var/lib/understudy'],
    userNamespace: inUserNamespace(),
  });
}
