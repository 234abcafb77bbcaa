/** Real sessions on a tree in a folder: for tests of what runs in a session, not of clones. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Session, SessionOptions } from '../../electron/engine/environments/environment.js';
import { openSession } from '../../electron/engine/environments/session/open-session.js';
import type { SessionLayer } from '../../electron/engine/environments/session/protocol.js';

/** A session that works on the tree itself: what its commands change is changed there. */
export function treeSession(root: string, options: SessionOptions): Promise<Session> {
  return open({ mount: '', kind: 'copy', lower: '', upper: root, work: '' }, options, () => undefined);
}

/** A session in an overlay over the tree, which is thrown away when it closes. What it writes lies in `place`. */
export function throwawaySession(
  root: string,
  options: SessionOptions,
  place = dirname(root),
): Promise<Session> {
  const folder = mkdtempSync(join(place, 'overlay-'));
  const [upper, work] = [join(folder, 'upper'), join(folder, 'work')];
  for (const path of [upper, work]) mkdirSync(path);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return open({ mount: '', kind: 'overlay', lower: root, upper, work }, options, remove);
}

async function open(
  layer: SessionLayer,
  { network, binds }: SessionOptions,
  cleanUp: () => void,
): Promise<Session> {
  const mountPoint = mkdtempSync(join(tmpdir(), 'understudy-session-'));
  const session = await openSession({
    layers: [layer],
    binds,
    mountPoint,
    network,
    hidden: ['var/lib/understudy'],
    userNamespace: false,
  });
  return {
    run: (argv, options) => session.run(argv, options),
    async close() {
      await session.close();
      rmSync(mountPoint, { recursive: true, force: true });
      cleanUp();
    },
  };
}
