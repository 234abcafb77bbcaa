/**
 * A soft-reboot: user space alone starts anew, in the root that is mounted at /run/nextroot, where there is one (systemd-soft-reboot.service(8)).
 * What else belongs to a root its own fstab brings, as at any start; so only what an initramfs mounts has to be there before.
 */
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import type { Engine } from '../engine.js';
import type { TreeView } from '../environments/environment.js';
import { systemdVersion } from '../inspect/init.js';
import { readMountTable } from '../inspect/mount-table.js';
import { reasonOf } from '../fault.js';
import { detach } from '../posix/mount.js';
import { bytes, join, raw, type RawPath } from '../posix/raw-path.js';
import { machineOf, type System } from '../system.js';

const nextRootOf = ({ root }: Pick<System, 'root'>): RawPath => join(root, 'run/nextroot');

/** The first systemd that knows it. */
const firstVersion = 254;

/** Why there can be no soft-reboot into `view`, a sentence; `undefined` when there can. */
export function softRebootObstacle(
  { system, environment }: Pick<Engine, 'system' | 'environment'>,
  view: TreeView,
): string | undefined {
  const machine = machineOf(system);
  if (systemdVersion(system.root) < firstVersion) return 'This systemd knows no soft-reboot.';
  const modules = ['usr/lib/modules', 'lib/modules'].map((top) => raw(`${top}/${machine.kernelRelease()}`));
  if (modules.every((path) => view.resolve(path) === undefined))
    return 'The new system has no modules for the kernel that goes on running.';
  if (environment.takesEffect === 'at-once') return undefined;
  if (!environment.mountNextRoot) return 'Only a start mounts another root on this file system.';
  return readMountTable(machine).at(join(system.root, 'usr'))
    ? 'A /usr of its own is mounted by the initramfs alone.'
    : undefined;
}

/** Mounts the new environment where systemd looks for it. Answers why not, a sentence; nothing is mounted then. */
export function offerNextRoot({
  system,
  environment,
}: Pick<Engine, 'system' | 'environment'>): string | undefined {
  if (environment.takesEffect === 'at-once') return undefined;
  const nextRoot = nextRootOf(system);
  if (readMountTable(machineOf(system)).at(nextRoot))
    return 'Another program has mounted a root for the next start.';
  try {
    mkdirSync(bytes(nextRoot), { recursive: true, mode: 0o755 });
    environment.mountNextRoot?.(system, nextRoot);
    // Without it systemd takes the root that runs: os-release(5).
    if (['etc/os-release', 'usr/lib/os-release'].some((path) => existsSync(bytes(join(nextRoot, path)))))
      return undefined;
    withdrawNextRoot(system);
    return 'The new system does not say what it is (os-release).';
  } catch (error) {
    withdrawNextRoot(system);
    return reasonOf(error);
  }
}

/** Repeatable. */
export function withdrawNextRoot(system: System): void {
  const nextRoot = nextRootOf(system);
  if (readMountTable(machineOf(system)).at(nextRoot)) detach(nextRoot);
  if (existsSync(bytes(nextRoot))) rmdirSync(bytes(nextRoot));
}
