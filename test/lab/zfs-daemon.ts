/**
 * Real ZFS without a kernel module: zfs-fuse, in the foreground and under the test's own process. There is one on a machine, since its
 * commands find it at one place; who comes second waits.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cleanEnvironment, run } from '../../electron/engine/process/run.js';
import { haveOwnMounts } from './own-mounts.js';

/** Where its commands find it. */
const socketFolder = '/run/zfs';
const folderPrefix = join(tmpdir(), 'understudy-zfs-');
export const zfsFolderPrefix = folderPrefix;

/** Why there can be no ZFS here, or `undefined`. For `describe.skipIf`. */
export async function zfsImpossible(): Promise<string | undefined> {
  if (process.geteuid?.() !== 0) return 'needs root';
  if (existsSync('/sys/module/zfs')) return 'the kernel has a ZFS of its own, which is left alone';
  for (const program of ['zfs-fuse', 'zfs', 'zpool', 'flock', 'setpriv'])
    if ((await run(['which', program], { timeoutMs: 10_000 })).status !== 0) return `${program} is missing`;
  if (!existsSync('/dev/fuse')) return 'there is no /dev/fuse';
  return strangers().length > 0 ? 'another zfs-fuse runs here, which is left alone' : undefined;
}

export interface ZfsDaemon {
  dispose(): Promise<void>;
}

/** Waits for its turn. `folder` begins with `zfsFolderPrefix`; what the daemon says goes there. */
export async function openZfsDaemon(folder: string): Promise<ZfsDaemon> {
  haveOwnMounts();
  const hadFolder = existsSync(socketFolder);
  const options = ['--no-daemon', '--no-kstat-mount', '--enable-xattr', '--max-arc-size', '128'];
  // A dataset is written through its one mount alone, so what the kernel remembers of it stays true.
  options.push('--fuse-attr-timeout', '3600', '--fuse-entry-timeout', '3600');
  options.push('--fuse-mount-options', 'allow_other,dev,suid');
  const flock = ['flock', '--no-fork', '--timeout', '900', '/dev/fuse', 'zfs-fuse', ...options];
  // It ends with this process, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...flock], {
    cwd: folder,
    env: cleanEnvironment,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const dispose = async (): Promise<void> => {
    await stop(child);
    if (!hadFolder) rmSync(socketFolder, { recursive: true, force: true });
  };
  try {
    while ((await run(['zpool', 'list', '-H'], { timeoutMs: 10_000 })).status !== 0 || !isDaemon(child)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`zfs-fuse ended with ${child.exitCode ?? child.signalCode}`);
      await wait(50);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return { dispose };
}

/** True once the turn has come and the lock's program became the daemon. */
function isDaemon({ pid }: ChildProcess): boolean {
  return pid !== undefined && nameOf(pid) === 'zfs-fuse';
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL'); // it takes seconds to end by itself, and the pool is gone
  await ended;
}

/** Daemons that no test of ours started. */
function strangers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => nameOf(pid) === 'zfs-fuse' && !workingFolder(pid).startsWith(folderPrefix));
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return folderPrefix; // it has ended
  }
}
