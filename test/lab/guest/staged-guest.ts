/**
 * A guest in which an update is rehearsed, and the user then changed files beside it, files that it changes too, and accounts: what is there before a
 * switch. Done here where the disk can be mounted; on ZFS the guest does it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { inCheckout } from '../checkout.js';
import { inTree } from '../practice-system.js';
import { editAsUser } from '../user-edits.js';
import type { GuestFileSystem } from './guest-disk.js';
import { makeGuest, type Guest } from './guest.js';
import { setPassword } from './inside/edits.js';
import { installUnderstudy } from './installed-root.js';

const inside = inCheckout('dist/test/lab/guest/inside/');
/** For a machine that is busy with other things. */
const minutes = 35;

export async function stagedGuest(fileSystem: GuestFileSystem): Promise<Guest> {
  if (fileSystem !== 'zfs')
    return makeGuest({ fileSystem, prepare: installUnderstudy, prepareOnDisk: stageAndEdit });
  const guest = await makeGuest({ fileSystem, prepare: installForZfs });
  try {
    await stageInside(guest);
    return guest;
  } catch (error) {
    guest.dispose();
    throw error;
  }
}

async function stageAndEdit(root: string): Promise<void> {
  // As a process of its own, which leaves no handle on the disk behind.
  await runOrFault(
    [process.execPath, inCheckout('electron/cli/understudy.js'), '--root', root, 'stage', '--quiet'],
    { timeoutMs: 10 * 60_000 },
  );
  await editAsUser(root);
  await inTree(root, setPassword);
}

async function installForZfs(root: string): Promise<void> {
  await installUnderstudy(root);
  mkdirSync(join(root, 'etc/understudy'), { recursive: true });
  writeFileSync(join(root, 'etc/understudy/zfs-environments'), '');
}

async function stageInside(guest: Guest): Promise<void> {
  const files = Object.fromEntries(
    ['guest-system.js', 'edits.js'].map((name) => [name, { from: `${inside}${name}` }]),
  );
  const script = `${inside}stage-and-edit.js`;
  const { how, status, lines, story } = await guest.run({ script, files, minutes, keep: true });
  const [said] = lines as { staged?: { ok?: boolean } }[];
  if (how !== 'errand-ended' || status !== 0 || said?.staged?.ok !== true)
    throw new Error(`nothing was staged (${how}):\n${story}`);
}
