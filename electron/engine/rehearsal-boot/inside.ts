/**
 * The first process of a rehearsal boot (pid 1 of its namespace): lays a throwaway view over the staged environment, gives up what a machine
 * has no need of, and runs it. Everything that is written lies in memory, in a mount that nobody else sees and that is gone with this process.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, copyFileSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { exists } from '../environments/plain-view.js';
import { mountLayer } from '../environments/session/isolation.js';
import type { Assembly } from '../environments/session/protocol.js';
import { dropForbidden } from '../posix/capabilities.js';
import { mount, mountFlags, setReadOnly } from '../posix/mount.js';
import { bytes, join, raw, type RawPath } from '../posix/raw-path.js';
import { furnish } from './guest-files.js';
import { initramfsName, kernelName, viewName, type BootSetup } from './machine.js';
import { writeInitramfs } from './supplement.js';

/** Of memory, for what the guest writes and for the initramfs; used only as far as it is needed. */
const mostWritten = '1g';
/** Told apart from what QEMU ends with. */
const refused = 77;

const reportTo = 3;

function main(): number {
  const setup = JSON.parse(process.argv[2] ?? '') as BootSetup;
  try {
    prepare(setup);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    writeSync(reportTo, `refused: ${reason.replace(/\n/g, ' ')}\n`);
    return refused;
  }
  const [program, ...parameters] = setup.argv;
  const { status, signal, error } = spawnSync(program, parameters, {
    cwd: '.',
    stdio: ['ignore', 'inherit', 'inherit', reportTo],
    // The engine ends it before; this is for when the engine was ended in the moment before it could be held to it.
    timeout: setup.timeoutMs + 30_000,
    killSignal: 'SIGKILL',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: '/', TMPDIR: '/nonexistent' },
  });
  if (status !== null) return status;
  writeSync(reportTo, `refused: QEMU was ended by ${signal ?? error?.message ?? 'something'}\n`);
  return refused;
}

function prepare({ assembly, files }: BootSetup): void {
  process.umask(0o022);
  const place = assembly.mountPoint as RawPath;
  mount('understudy', place, 'tmpfs', mountFlags.noDevices, `mode=700,size=${mostWritten}`);
  const [clone, view] = [join(place, 'clone'), join(place, viewName)];
  for (const folder of [clone, view]) mkdirSync(bytes(folder));
  for (const layer of assembly.layers) mountLayer(clone, layer, assembly.userNamespace);
  for (const [index, { mount: path }] of assembly.layers.entries())
    layOver(join(clone, path), join(view, path), join(place, `layer-${index}`));
  hide(view, assembly);
  furnish(view);
  copyFileSync(bytes(files.kernel), bytes(join(place, kernelName)));
  writeInitramfs(files.initramfs, files.supplement, join(place, initramfsName));
  // From here on nothing can be written but the view, by whatever the guest makes QEMU do.
  setReadOnly(raw('/'), { readOnly: true, recursive: true });
  for (const { mount: path } of assembly.layers)
    setReadOnly(join(view, path), { readOnly: false, recursive: false });
  process.chdir(bytes(place).toString('utf8'));
  dropForbidden();
}

/** An overlay whose upper folder is in memory. Nothing is ever synced. */
function layOver(lower: RawPath, target: RawPath, own: RawPath): void {
  const folders = [lower, join(own, 'upper'), join(own, 'work')];
  mkdirSync(bytes(own));
  for (const folder of folders.slice(1)) mkdirSync(bytes(folder));
  const opened = folders.map((path) => openSync(bytes(path), constants.O_RDONLY | constants.O_DIRECTORY));
  try {
    const [below, upper, work] = opened.map((fd) => `/proc/self/fd/${fd}`);
    const options = `lowerdir=${below},upperdir=${upper},workdir=${work},index=off,metacopy=off,volatile`;
    mount('understudy', target, 'overlay', mountFlags.noDevices, options);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** Our own folders are no part of the system, and hold copies of all of it. */
function hide(view: RawPath, { hidden }: Assembly): void {
  const { readOnly, noDevices, noSetuid, noExecute } = mountFlags;
  for (const path of hidden)
    if (exists(join(view, path)))
      mount('understudy', join(view, path), 'tmpfs', readOnly | noDevices | noSetuid | noExecute, 'size=4k');
}

process.exitCode = main();
