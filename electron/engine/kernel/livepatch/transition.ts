/**
 * The change of all tasks over to a live patch, or away from it, one by one as each is in a safe place (Documentation/livepatch/livepatch.rst,
 * "Consistency model"). The kernel goes on with it by itself and wakes what sleeps; a task that never leaves a patched function stalls it.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { textAt } from '../../inspect/read.js';
import type { MachineSources } from '../../inspect/sources.js';
import { bytes, display, join, raw } from '../../posix/raw-path.js';
import { machineOf, type System } from '../../system.js';
import { kernelPatch } from './sysfs.js';

const lookMs = 50;
const tellMs = 1000;
/** Details are for people. */
const mostNamed = 20;

/**
 * - `done`: every task changed over; for `enabled` false, the patch is out.
 * - `stalled`: not within the limit, or someone gave up waiting.
 * - `gone`: someone else took it back meanwhile.
 */
export type Change = 'done' | 'stalled' | 'gone';

/** As `waitForChange`, for someone who looks on, and may give up. */
export function watchChange(system: System, name: string, enabled: boolean): Promise<Change> {
  const { signal } = system;
  return system.report.phase('switch', name, (step) =>
    waitForChange(system, name, enabled, { signal, tell: (text) => step({ text }) }),
  );
}

/** Within the limit of the settings. */
export async function waitForChange(
  system: System,
  name: string,
  enabled: boolean,
  watch: { readonly signal?: AbortSignal; readonly tell?: (text: string) => void } = {},
): Promise<Change> {
  const machine = machineOf(system);
  const limitMs = system.settings.transitionMs;
  const began = performance.now();
  let told = began;
  for (;;) {
    const patch = kernelPatch(machine, name);
    if (!patch || (!patch.enabled && !patch.transition)) return enabled ? 'gone' : 'done';
    if (!patch.transition && patch.enabled === enabled) return 'done';
    const now = performance.now();
    if (now - began > limitMs || watch.signal?.aborted) return 'stalled';
    if (watch.tell && now - told > tellMs) {
      told = now;
      const left = stalledTasks(machine, enabled).length;
      watch.tell(left === 1 ? 'one task has yet to change over' : `${left} tasks have yet to change over`);
    }
    await pause(lookMs);
  }
}

/** Tasks that are not yet where they are to go, with their names: /proc/PID/task/TID/patch_state is 1 for those that use the patch, -1 where none comes or goes. */
export function stalledTasks(machine: MachineSources, enabled: boolean): string[] {
  const wanted = enabled ? '1' : '0';
  return numbersIn(machine, '').flatMap((process) =>
    numbersIn(machine, `${process}/task`).flatMap((task) => {
      const place = `${process}/task/${task}`;
      const state = textOrGone(machine, `${place}/patch_state`);
      if (state === undefined || state === '-1' || state === wanted) return [];
      return [`${task} ${display(raw(textOrGone(machine, `${place}/comm`) ?? '?'))}`];
    }),
  );
}

/** As details of a fault. */
export function named(tasks: readonly string[]): string[] {
  const more = tasks.length - mostNamed;
  return [...tasks.slice(0, mostNamed), ...(more > 0 ? [`and ${more} more`] : [])];
}

function numbersIn({ proc }: MachineSources, folder: string): string[] {
  try {
    return readdirSync(bytes(join(proc, folder)), 'latin1').filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // it has ended meanwhile
  }
}

/** A task that ends while it is looked at has nothing to say: `ESRCH`. */
function textOrGone({ proc }: MachineSources, path: string): string | undefined {
  try {
    return textAt(join(proc, path));
  } catch {
    return undefined;
  }
}
