/** The phases of a rehearsal, in their order, and how far it is. The order is the engine's; one that has nothing to do is skipped. */
import type { Phase, ProgressEvent } from '../../../shared/progress.js';

export const rehearsalPhases = [
  'refresh',
  'resolve',
  'check',
  'download',
  'clone',
  'rehearse',
  'verify',
  'compare',
] as const satisfies readonly Phase[];
export type RehearsalPhase = (typeof rehearsalPhases)[number];

export type Standing = 'done' | 'now' | 'later';

export function standings(
  event: ProgressEvent | null,
): readonly { phase: RehearsalPhase; standing: Standing }[] {
  const now = rehearsalPhases.findIndex((phase) => phase === event?.phase);
  const isOver = event?.type === 'phase-ended';
  return rehearsalPhases.map((phase, index) => ({
    phase,
    standing: index < now || (index === now && isOver) ? 'done' : index === now ? 'now' : 'later',
  }));
}
