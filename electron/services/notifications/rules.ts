/**
 * Which notification follows from two successive states of the app. Invariant: only what has become true is told, and never the same
 * thing twice within a day, even if the app was started anew in between. Whether notifications are wanted at all, and how they
 * are shown, is the shell's business.
 */
import type { AppState } from '../../../shared/app.js';
import type { UpdateState } from '../../../shared/state.js';

export const notificationKinds = [
  'ready',
  'missed',
  'needs-decision',
  'done',
  'rolled-back',
  'recovered',
] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** What was told, with the moment (ISO 8601). */
export type Told = Readonly<Record<string, string>>;

export interface Notified {
  readonly notification: NotificationKind | null;
  /** To be given the next time, and kept over restarts. */
  readonly told: Told;
}

const dayMs = 24 * 3_600_000;

/** `before`: null at the start of the app. */
export function notificationFor(before: AppState | null, after: AppState, told: Told, now: Date): Notified {
  const thing = thingOf(after.update);
  if (!thing || (before && thingOf(before.update)?.key === thing.key)) return { notification: null, told };
  const last = Date.parse(told[thing.key] ?? '');
  // A moment in the future was written under a wrong clock.
  const isRecent = last <= now.getTime() && now.getTime() - last < dayMs;
  if (isRecent) return { notification: null, told };
  return { notification: thing.kind, told: { ...recentOnly(told, now), [thing.key]: now.toISOString() } };
}

/** Every update that waits for a person is the same thing; what was done is a new one each time. */
function thingOf(state: UpdateState): { readonly kind: NotificationKind; readonly key: string } | null {
  switch (state.state) {
    case 'staged':
      if (state.missed) return { kind: 'missed', key: `missed ${state.missed.at}` };
      return state.scheduled ? null : { kind: 'ready', key: 'ready' };
    case 'needs-decision':
      return { kind: 'needs-decision', key: 'needs-decision' };
    case 'done':
      return { kind: 'done', key: `done ${state.restorePoint}` };
    case 'rolled-back':
      return { kind: 'rolled-back', key: `rolled-back ${state.restorePoint}` };
    case 'recovered':
      return { kind: 'recovered', key: `recovered ${state.transaction}` };
    case 'unknown':
    case 'preparing':
    case 'idle':
    case 'planning':
    case 'planned':
    case 'blocked':
    case 'staging':
    case 'switching':
    case 'rolling-back':
    case 'failed':
    case 'interrupted':
    case 'recovering':
    case 'damaged':
      return null;
  }
}

function recentOnly(told: Told, now: Date): Told {
  return Object.fromEntries(
    Object.entries(told).filter(([, moment]) => now.getTime() - Date.parse(moment) < dayMs),
  );
}
