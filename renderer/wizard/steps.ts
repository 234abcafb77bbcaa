/**
 * The steps of the guided path, and where one may be. It follows from the helper's state alone, so that a window that is closed and
 * opened again in the middle of a rehearsal is at the rehearsal. An address may ask for any step; it gets the nearest one that
 * the state allows. Back works until the switch: from there on only one step is left.
 */
import type { RunKind } from '../../shared/run.js';
import type { UpdateState, UpdateStateName } from '../../shared/state.js';
import type { TransactionKind } from '../../shared/history.js';

export const steps = ['choose', 'check', 'backup', 'rehearse', 'review', 'switch', 'done'] as const;
export type Step = (typeof steps)[number];

export interface Position {
  /** Where one is who asks for no step in particular. */
  readonly anchor: Step;
  /** The first and the last step that one may look at. */
  readonly first: Step;
  readonly last: Step;
}

/** `last` is the run that ended last: it tells whether a check stopped the rehearsal or the switch. */
export function positionOf(update: UpdateState, last: RunKind | null): Position {
  switch (update.state) {
    case 'unknown':
    case 'recovering':
      return between('choose', 'choose', 'done');
    case 'preparing':
    case 'idle':
    case 'damaged':
      return only('choose');
    case 'planning':
      return between('choose', 'choose', 'check');
    case 'planned':
      return between('check', 'choose', 'backup');
    case 'blocked':
      return last === 'activate'
        ? between('switch', 'choose', 'switch')
        : between('check', 'choose', 'backup');
    case 'staging':
      return between('rehearse', 'choose', 'rehearse');
    case 'staged':
      return between('review', 'choose', 'switch');
    case 'needs-decision':
      return between('review', 'choose', 'review');
    case 'switching':
      return only('switch');
    case 'done':
    case 'rolling-back':
    case 'rolled-back':
      return only('done');
    case 'failed':
      // What did not pass its verification can be looked at, not switched to.
      return update.problem.code === 'STAGE_UNVERIFIED' && update.during === 'stage'
        ? between('rehearse', 'choose', 'review')
        : afterFailure[update.during];
    case 'interrupted':
    case 'recovered':
      return only(stepOf[update.kind]);
  }
}

/** The step to show for what an address asks for. */
export function stepAt({ anchor, first, last }: Position, wanted: string | null): Step {
  const index = steps.findIndex((step) => step === wanted);
  if (index < 0) return anchor;
  return steps[Math.min(indexOf(last), Math.max(indexOf(first), index))] ?? anchor;
}

export function mayLookAt({ first, last }: Position, step: Step): boolean {
  return indexOf(first) <= indexOf(step) && indexOf(step) <= indexOf(last);
}

export function before(position: Position, step: Step): Step | null {
  const previous = steps[indexOf(step) - 1];
  return previous !== undefined && mayLookAt(position, previous) ? previous : null;
}

/** Where the path is left for a state that has a face of its own, such as a recovery. */
export function isInterlude(update: UpdateState): boolean {
  return update.state === 'failed' ? !onPath.includes(update.during) : interludes.includes(update.state);
}

const interludes: readonly UpdateStateName[] = [
  'unknown',
  'preparing',
  'damaged',
  'rolling-back',
  'rolled-back',
  'interrupted',
  'recovering',
  'recovered',
];
/** Runs whose failure is told on the step where one goes on. */
const onPath: readonly RunKind[] = ['plan', 'stage', 'decide', 'activate', 'unschedule'];

const indexOf = (step: Step): number => steps.indexOf(step);
const only = (step: Step): Position => ({ anchor: step, first: step, last: step });
const between = (anchor: Step, first: Step, last: Step): Position => ({ anchor, first, last });

const stepOf: Readonly<Record<TransactionKind, Step>> = {
  stage: 'rehearse',
  activate: 'switch',
  rollback: 'done',
  prune: 'choose',
  load: 'choose',
  unload: 'choose',
};

const afterFailure: Readonly<Record<RunKind, Position>> = {
  plan: only('choose'),
  stage: between('rehearse', 'choose', 'rehearse'),
  decide: between('review', 'choose', 'review'),
  activate: between('switch', 'choose', 'switch'),
  rollback: only('done'),
  unschedule: between('switch', 'choose', 'switch'),
  prune: only('choose'),
  livepatch: only('choose'),
  recover: only('choose'),
  settings: only('choose'),
  practice: only('choose'),
};
