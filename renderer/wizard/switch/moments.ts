/** When one can switch, and how: what the contract can do here, and nothing else. */
import type { Activation } from '../../../shared/plan.js';

export const moments = ['now', 'shutdown'] as const;
export type Moment = (typeof moments)[number];

/**
 * `planned` is the way that the plan chose. Where the switch is only possible at shutdown, that is the only moment. Nothing runs from a
 * practice system, so that it is never shut down: there every way is now.
 */
export function momentsFor(planned: Activation, isPractice: boolean): readonly Moment[] {
  if (isPractice) return ['now'];
  return planned === 'shutdown' ? ['shutdown'] : moments;
}

/** What `activate` is asked for: undefined is the plan's own way. */
export function wayFor(moment: Moment, planned: Activation): Activation | undefined {
  return moment === 'shutdown' && planned !== 'shutdown' ? 'shutdown' : undefined;
}

/** All programs are closed by it, so that work has to be saved before. */
export function closesPrograms(how: Activation): boolean {
  return how === 'soft-reboot' || how === 'kexec' || how === 'reboot';
}
