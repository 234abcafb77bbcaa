/**
 * What a staged environment must look like once it is active, found out in another way than the switch takes: the kernel itself
 * merges the clone's folder over the current root, and that view is scanned. It runs as a process of its own, since the
 * mount must be private.
 *
 *     unshare --mount … node expected-tree.js TASK
 */
import { closeSync, constants, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { outsideEnvironment } from '../environments/areas.js';
import { inUserNamespace } from '../environments/tree/clone.js';
import { scanTree } from '../manifest/scan.js';
import { writeManifest } from '../manifest/write.js';
import { mount, mountFlags } from '../posix/mount.js';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { runOrFault } from '../process/run.js';

interface Task {
  /** The current root, on the host. */
  readonly lower: RawPath;
  readonly upper: RawPath;
  /** An empty folder to mount on. */
  readonly at: RawPath;
  /** Another, on the file system of `upper`: the kernel asks for it even where nothing can be written. */
  readonly work: RawPath;
  /** Where the manifest is written. */
  readonly to: RawPath;
}

/** Writes the manifest of the environment that a clone is meant to become. */
export async function expectTree(task: Task, signal: AbortSignal): Promise<void> {
  const argument = Buffer.from(JSON.stringify(task), 'latin1').toString('base64');
  const flags = ['--mount', '--propagation', 'private', '--'];
  await runOrFault(['unshare', ...flags, process.execPath, compiled, argument], {
    timeoutMs: 300_000,
    signal,
  });
}

const here = fileURLToPath(import.meta.url);
const compiled = here.includes('/dist/')
  ? here
  : fileURLToPath(new URL('../../../dist/electron/engine/practice/expected-tree.js', import.meta.url));

async function scanMerged({ lower, upper, at, work, to }: Task): Promise<void> {
  const folders = [lower, upper, work].map((path) =>
    openSync(bytes(path), constants.O_RDONLY | constants.O_DIRECTORY),
  );
  const [below, above, beside] = folders.map((fd) => `/proc/self/fd/${fd}`);
  const { readOnly, noDevices, noSetuid } = mountFlags;
  const options = inUserNamespace() ? 'userxattr' : 'redirect_dir=nofollow,metacopy=off,index=off,xino=off';
  const data = `lowerdir=${below},upperdir=${above},workdir=${beside},${options}`;
  mount('understudy', at, 'overlay', readOnly | noDevices | noSetuid, data);
  for (const fd of folders) closeSync(fd);
  await writeManifest(to, scanTree(at, { hash: true, exclude: outsideEnvironment }));
}

const [, program, argument] = process.argv;
if (program === here && argument !== undefined)
  await scanMerged(JSON.parse(Buffer.from(argument, 'base64').toString('latin1')) as Task);
