/**
 * Asks a helper for a run and follows it: its progress, and a wish to stop it. Invariant: only the run that was asked for here is
 * followed and stopped, never one of somebody else.
 */
import { problem, type Outcome } from '../../../shared/errors.js';
import { operations, type Params, type Result, type Verb } from '../../../shared/operations.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import type { HelperEvent } from '../../../shared/protocol.js';
import type { RunKind } from '../../../shared/run.js';
import type { HelperClient } from '../../helper/client/client.js';

type KindOf = { readonly [V in Verb]: (typeof operations)[V]['kind'] };
export type RunVerb = { [V in Verb]: KindOf[V] extends 'run' ? V : never }[Verb];

const kinds: Readonly<Record<RunVerb, RunKind>> = {
  plan: 'plan',
  stage: 'stage',
  decide: 'decide',
  activate: 'activate',
  unschedule: 'unschedule',
  rollback: 'rollback',
  undo: 'livepatch',
  prune: 'prune',
  recover: 'recover',
  change: 'settings',
  renew: 'practice',
};

/** Milliseconds that a run has to appear in, once it is to be stopped; until then polkit may be asking somebody. */
const appearMs = 2_000;

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (event: ProgressEvent) => void;
  /** Who asks. */
  readonly uid: number;
}

export async function followRun<V extends RunVerb>(
  client: HelperClient,
  verb: V,
  params: Params<V>,
  { signal, onProgress, uid }: FollowOptions,
): Promise<Outcome<Result<V>>> {
  if (signal.aborted) return { ok: false, problem: problem('CANCELLED') };
  let before: string | null | undefined;
  let mine: string | undefined;
  let deadline: NodeJS.Timeout | undefined;
  let isOver = false;
  let knowBefore = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    knowBefore = resolve;
  });

  const stop = (): void => {
    if (mine !== undefined) void client.call('cancel', { run: mine });
    // A question to which nobody waits for the answer is taken back by the helper.
    else deadline = setTimeout(() => client.close(), appearMs);
  };
  const hear = (event: HelperEvent): void => {
    if (isOver) return;
    if (event.kind === 'progress' && event.run === mine) onProgress(event.event);
    if (event.kind !== 'status') return;
    const { run } = event.status;
    if (before === undefined) {
      before = run?.id ?? null;
      knowBefore();
      return;
    }
    if (mine !== undefined || !run || run.id === before || run.kind !== kinds[verb] || run.uid !== uid)
      return;
    mine = run.id;
    clearTimeout(deadline);
    if (signal.aborted) stop();
  };

  // Behind calls, for both become another while it is waited.
  const isStopped = (): boolean => signal.aborted;
  const isNothing = (): boolean => mine === undefined;
  client.subscribe(hear);
  // What runs now is not what is asked for next.
  await Promise.race([begun, client.closed]);
  signal.addEventListener('abort', stop, { once: true });
  const outcome = await client.call(verb, params);
  isOver = true;
  clearTimeout(deadline);
  signal.removeEventListener('abort', stop);
  // The connection was given up before there was anything to stop.
  const wasTakenBack = isStopped() && isNothing() && !outcome.ok && outcome.problem.code === 'HELPER_LOST';
  return wasTakenBack ? { ok: false, problem: problem('CANCELLED') } : outcome;
}
