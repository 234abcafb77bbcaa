/** Whether an earlier update still waits for a reboot: what a package asked for, and what the kernels themselves show. */
import type { Machine } from '../../../shared/machine.js';
import type { TreeView } from '../environments/environment.js';
import { raw } from '../posix/raw-path.js';
import { compareReleases, flavourOf, type InstalledKernel } from './kernels.js';
import { textIn } from './read.js';

export interface PendingReboot {
  /** Packages that asked for it. */
  readonly packages: readonly string[];
  /** The newest installed kernel, where an older one of its flavour is running. */
  readonly kernel: string | null;
}

/** Debian and Ubuntu write `reboot-required`, openSUSE's zypper `reboot-needed`. */
const notes = ['reboot-required', 'reboot-needed'].flatMap((name) => [`run/${name}`, `var/run/${name}`]);
const packageLists = ['run/reboot-required.pkgs', 'var/run/reboot-required.pkgs'];

/** `running` is the release of the running kernel, or null for another root. */
export function pendingReboot(
  view: TreeView,
  kernels: readonly InstalledKernel[],
  running: string | null,
): PendingReboot | null {
  const asked = notes.some((path) => view.resolve(raw(path)) !== undefined);
  const packages = (textIn(view, ...packageLists) ?? '').split('\n').filter((line) => line.trim() !== '');
  const kernel = running === null ? null : newerKernel(kernels, running);
  return asked || kernel !== null ? { packages: [...new Set(packages)], kernel } : null;
}

/** The newest installed kernel if it is newer than the running one. */
function newerKernel(kernels: readonly InstalledKernel[], running: string): string | null {
  const newest = newestKernel(kernels, running);
  return newest !== null && compareReleases(newest, running) > 0 ? newest : null;
}

/** The newest installed kernel that can be started, of the flavour of the one that runs. */
export function newestKernel(kernels: readonly InstalledKernel[], running: string): string | null {
  const rivals = kernels.filter(
    ({ image, release }) => image !== null && flavourOf(release) === flavourOf(running),
  );
  const [newest] = rivals.map(({ release }) => release).sort((a, b) => compareReleases(b, a));
  return newest ?? null;
}

export function describeReboot(reboot: PendingReboot | null): Machine['rebootRequired'] {
  if (reboot === null) return null;
  return { packages: [...reboot.packages, ...(reboot.kernel === null ? [] : [`kernel ${reboot.kernel}`])] };
}
