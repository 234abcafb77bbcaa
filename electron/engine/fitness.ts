/** Would a restore point boot? Kernel, modules and initramfs must belong together, and nothing may block its packages. */
import type { TreeView } from './environments/environment.js';
import { isOwnLockFile } from './posix/lock-file.js';
import { join, type RawPath } from './posix/raw-path.js';
import { statusOf } from './environments/tree/overlay-view.js';
import { installedKernels, modulesFolder, type InstalledKernel } from './inspect/kernels.js';

/** pacman's lock is a plain file: one that was caught in a restore point locks pacman after the return. */
const lockFiles = ['var/lib/pacman/db.lck'] as RawPath[];

/** What speaks against it, a sentence each; empty when nothing does. */
export function fitness(view: TreeView): string[] {
  const problems: string[] = [];
  const names = view.list('boot' as RawPath) ?? [];
  const kernels = installedKernels(view).filter(({ image }) => image !== null);
  if (kernels.length === 0 && lostItsKernels(view, names))
    problems.push('No kernel is left in /boot for its modules.');
  const usable = kernels.filter((kernel) => {
    const missing = missingFor(view, kernel, names);
    if (missing.length > 0) problems.push(`Kernel ${kernel.release}: ${missing.join(', ')}.`);
    return missing.length === 0;
  });
  for (const lock of lockFiles) {
    const place = view.locate(lock);
    // One of ours is taken away at the first start.
    if (place !== undefined && !isOwnLockFile(place))
      problems.push(`/${lock} would keep the package manager locked.`);
  }
  // One kernel that boots is enough: an old one may well have lost its modules long ago.
  return usable.length > 0 ? problems.filter((problem) => !problem.startsWith('Kernel ')) : problems;
}

/** A container has no kernel, nor anything that goes with one; nor has a machine whose kernels lie elsewhere. */
function lostItsKernels(view: TreeView, names: readonly string[]): boolean {
  const traces = names.some((name) => /^(config-|System\.map-|initrd|initramfs|grub$)/.test(name));
  const modules = modulesFolder(view);
  return (
    traces &&
    (view.list(modules) ?? []).some((release) => view.locate(join(modules, `${release}/modules.dep`)))
  );
}

/** Its kernels are booted with an initramfs: one is there, or the tool that makes them is. */
function usesInitramfs(view: TreeView, names: readonly string[]): boolean {
  const tools = ['etc/initramfs-tools', 'usr/lib/dracut', 'usr/lib/initcpio'] as RawPath[];
  return names.some((name) => /^(initrd|initramfs)/.test(name)) || tools.some((path) => view.locate(path));
}

function missingFor(
  view: TreeView,
  { release, initramfs, modules: hasModules }: InstalledKernel,
  names: readonly string[],
): string[] {
  const missing: string[] = [];
  if (!hasModules) missing.push('its modules are missing');
  else if (view.locate(join(modulesFolder(view), `${release}/modules.dep`)) === undefined)
    missing.push('its modules have no index');
  if (initramfs === null) {
    if (usesInitramfs(view, names)) missing.push('its initramfs is missing');
    return missing;
  }
  const place = view.locate(initramfs);
  if (place === undefined || (statusOf(place)?.isFile() && statusOf(place)?.size === 0))
    missing.push('its initramfs is empty');
  return missing;
}
