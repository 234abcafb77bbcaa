/** The tray as it follows from the state of the app: icon, line of status, and what can be chosen. The shell only draws it. */
import type { AppState } from '../../../shared/app.js';
import type { UpdateState, UpdateStateName } from '../../../shared/state.js';

/** `fine`: nothing to do. `waiting`: updates wait. `ready`: to be switched to. `attention`: a person has to look. */
export const trayIcons = ['fine', 'waiting', 'working', 'ready', 'attention'] as const;
export type TrayIcon = (typeof trayIcons)[number];

/** The line of status: the state's own, where waiting, up to date, and not connected are told apart. */
export type TrayLine =
  Exclude<UpdateStateName, 'idle'> | 'up-to-date' | 'waiting' | 'absent' | 'scheduled' | 'set' | 'missed';

export interface TrayModel {
  readonly icon: TrayIcon;
  readonly line: TrayLine;
  /** The number that the line speaks of: updates, conflicts. */
  readonly count: number | null;
  readonly practice: boolean;
  readonly menu: {
    readonly update: boolean;
    readonly rollBack: boolean;
    /** Pause for a day; `resume` instead while it is paused. */
    readonly pause: boolean;
    readonly resume: boolean;
    readonly open: true;
    readonly quit: true;
  };
}

export function trayModel({ update, status, connection, schedule, practice }: AppState): TrayModel {
  const isWorking = iconOf(update) === 'working';
  const isPaused = schedule.reason === 'paused';
  const mayChange = connection.state === 'connected' && !practice && schedule.reason !== 'off';
  const isAbsent = update.state === 'unknown' && connection.state === 'absent';
  return {
    icon: isAbsent ? 'attention' : iconOf(update),
    line: isAbsent ? 'absent' : lineOf(update),
    count: countOf(update),
    practice,
    menu: {
      update: !isWorking && update.state !== 'unknown' && update.state !== 'damaged',
      rollBack: !isWorking && (status?.restorePoint ?? null) !== null,
      pause: mayChange && !isPaused,
      resume: mayChange && isPaused,
      open: true,
      quit: true,
    },
  };
}

function iconOf(update: UpdateState): TrayIcon {
  switch (update.state) {
    case 'idle':
      return (update.pending ?? 0) > 0 ? 'waiting' : 'fine';
    case 'planned':
      return 'waiting';
    case 'unknown':
    case 'done':
    case 'rolled-back':
      return 'fine';
    case 'preparing':
    case 'planning':
    case 'staging':
    case 'switching':
    case 'rolling-back':
    case 'recovering':
      return 'working';
    case 'staged':
      return 'ready';
    case 'blocked':
    case 'needs-decision':
    case 'failed':
    case 'interrupted':
    case 'recovered':
    case 'damaged':
      return 'attention';
  }
}

function lineOf(update: UpdateState): TrayLine {
  if (update.state === 'idle') return (update.pending ?? 0) > 0 ? 'waiting' : 'up-to-date';
  if (update.state !== 'staged') return update.state;
  if (update.missed) return 'missed';
  if (!update.scheduled) return update.state;
  return update.scheduledAt === null ? 'scheduled' : 'set';
}

function countOf(update: UpdateState): number | null {
  if (update.state === 'idle') return update.pending;
  if (update.state === 'planned') return update.changes;
  return update.state === 'needs-decision' ? update.undecided : null;
}
