/**
 * What the kernel says of live patches: /sys/kernel/livepatch (Documentation/ABI/testing/sysfs-kernel-livepatch), a folder a patch. One that was
 * disabled has none any more. `force` is never written: it gives up what makes a patch safe (Documentation/livepatch/livepatch.rst).
 */
import { writeFileSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { bigStatusOf } from '../../files/attributes.js';
import { foldersIn } from '../../files/entries.js';
import { textAt } from '../../inspect/read.js';
import type { MachineSources } from '../../inspect/sources.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';

export interface KernelPatch {
  readonly name: string;
  readonly enabled: boolean;
  /** Tasks are still changing over to it, or away from it. */
  readonly transition: boolean;
  /** Since Linux 6.14: 1 for what was loaded first. */
  readonly stackOrder: number | null;
  /** `vmlinux` and modules. */
  readonly objects: readonly string[];
}

function top({ sys }: MachineSources): RawPath {
  return join(sys, 'kernel/livepatch');
}

export function takesLivepatches(machine: MachineSources): boolean {
  return bigStatusOf(top(machine))?.isDirectory() ?? false;
}

/** In the order in which they were loaded, where the kernel tells; else by name. */
export function kernelPatches(machine: MachineSources): KernelPatch[] {
  if (!takesLivepatches(machine)) return [];
  return foldersIn(top(machine))
    .flatMap((name) => kernelPatch(machine, name) ?? [])
    .sort((a, b) => (a.stackOrder ?? 0) - (b.stackOrder ?? 0) || (a.name < b.name ? -1 : 1));
}

/** Undefined for one that is not there, or goes while it is looked at. */
export function kernelPatch(machine: MachineSources, name: string): KernelPatch | undefined {
  const folder = join(top(machine), name);
  const [enabled, transition] = [textAt(join(folder, 'enabled')), textAt(join(folder, 'transition'))];
  if (enabled === undefined || transition === undefined) return undefined;
  const order = Number(textAt(join(folder, 'stack_order')) ?? '0');
  return {
    name,
    enabled: enabled === '1',
    transition: transition === '1',
    stackOrder: Number.isSafeInteger(order) && order > 0 ? order : null,
    objects: foldersIn(folder),
  };
}

/** Begins a change; one that is under way the other way round is reversed. Where it is so already (`EINVAL`), or the patch is gone, nothing happens. */
export function setEnabled(machine: MachineSources, name: string, enabled: boolean): void {
  try {
    writeFileSync(bytes(join(top(machine), `${name}/enabled`)), enabled ? '1' : '0', { flag: 'r+' });
  } catch (error) {
    if (!['EINVAL', 'ENOENT', 'ENODEV'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}

/** Whether the module is in memory, also where its patch is not enabled: /proc/modules in proc(5). */
export function isInMemory(machine: MachineSources, name: string): boolean {
  return modulesInMemory(machine).includes(name);
}

export function modulesInMemory({ proc }: MachineSources): string[] {
  return (textAt(join(proc, 'modules')) ?? '')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name !== '');
}
