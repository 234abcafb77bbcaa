/** The plan and the staged environment that the wizard is about, by the state of the update. */
import type { UpdateState } from '../../shared/state.js';
import type { Status } from '../../shared/status.js';

/** Null where none counts: after a switch, or before anything was looked for. */
export function planOf(update: UpdateState, status: Status | null): string | null {
  const ofStage = status?.staged?.plan ?? null;
  const newest = status?.plan?.id ?? null;
  if (update.state === 'planned' || update.state === 'staged') return update.plan;
  if (update.state === 'staging' || update.state === 'blocked') return update.plan ?? newest;
  if (update.state === 'needs-decision') return ofStage;
  if (update.state !== 'failed') return null;
  return isAboutStage(update) ? (ofStage ?? newest) : (newest ?? ofStage);
}

export function stageOf(update: UpdateState, status: Status | null): string | null {
  const newest = status?.staged?.id ?? null;
  if (update.state === 'staged' || update.state === 'needs-decision') return update.stage;
  if (update.state === 'blocked') return status?.last?.kind === 'activate' ? newest : null;
  return update.state === 'failed' && isAboutStage(update) ? newest : null;
}

/** A failure after which the staged environment is what one looks at. */
function isAboutStage({ during, problem }: Extract<UpdateState, { state: 'failed' }>): boolean {
  return during === 'activate' || during === 'decide' || problem.code === 'STAGE_UNVERIFIED';
}
