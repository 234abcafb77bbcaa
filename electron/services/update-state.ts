/**
 * From the helper's facts to the one state that every front end shows. Invariant: the same facts give the same state, so
 * that what is shown after a restart of app or helper is what the journal says. The first line that fits decides:
 *
 *     | facts                                                    | state                                   |
 *     | -------------------------------------------------------- | --------------------------------------- |
 *     | nobody answers                                           | unknown                                 |
 *     | a run: practice, plan, stage, activate, rollback, recover | preparing, planning, staging, switching, rolling-back, recovering |
 *     | there are no records: no practice system could be made   | failed                                  |
 *     | the records cannot be trusted                            | damaged                                 |
 *     | a transaction is open and nobody works on it             | interrupted                             |
 *     | something was recovered, not seen yet                    | recovered                               |
 *     | the last run was stopped by a check, not seen yet        | blocked                                 |
 *     | the last run failed, not seen yet                        | failed                                  |
 *     | the newest of these:                                     |                                         |
 *     |   a switch that succeeded, not seen yet                  | done                                    |
 *     |   a rollback that succeeded, not seen yet                | rolled-back                             |
 *     |   a staged environment, with undecided conflicts         | needs-decision                          |
 *     |   a staged environment that passed its verification      | staged                                  |
 *     |   a staged environment that did not, not seen yet        | failed                                  |
 *     |   a plan with changes                                    | planned                                 |
 *     | nothing of all that                                      | idle                                    |
 *
 * A cancel, and an update that found nothing to do, are no failures. Runs that only decide, unschedule, prune or change settings have no
 * state of their own; their answers go to who asked.
 */
import { exitCodes, exitCodeOf, problem, type ErrorCode } from '../../shared/errors.js';
import type { ArrivalNote } from '../../shared/history.js';
import type { HeldBack } from '../../shared/livepatch.js';
import type { EndedRun, Run, RunKind } from '../../shared/run.js';
import type { UpdateState } from '../../shared/state.js';
import type { Missed, Status } from '../../shared/status.js';

export function deriveState(status: Status | null, acknowledged: ReadonlySet<string>): UpdateState {
  if (status === null) return { state: 'unknown' };
  return (
    (status.run ? ofRun(status.run) : null) ??
    ofRecords(status) ??
    ofRecovery(status, acknowledged) ??
    ofFailure(status, acknowledged) ??
    ofResults(status, acknowledged) ?? {
      state: 'idle',
      pending: status.pending?.updates ?? null,
      security: status.pending?.security ?? 0,
    }
  );
}

/** The ids of all that `status` reports as over: what the user has seen after acknowledging it. */
export function overIn({ recovered, last, latest, staged }: Status): string[] {
  return [
    ...recovered.map(({ transaction }) => transaction),
    ...(last ? [last.id] : []),
    ...(latest ? [latest.transaction] : []),
    ...(latest?.arrival ? [arrivalId(latest)] : []),
    ...(staged && !staged.ready ? [staged.id] : []),
    ...(staged?.missed ? [missedId(staged.id, staged.missed)] : []),
  ];
}

/**
 * Whoever begins something new has left behind what was before, and it counts as seen. Only what was known before the run: what
 * the run itself finds interrupted is news.
 */
export function leftBehind(before: Status | null, { run }: Status): string[] {
  if (!before || !run || before.run?.id === run.id || run.kind === 'recover' || !hasState(run.kind))
    return [];
  return overIn(before);
}

/** What the last start in another environment could not bring together, unless it was seen. */
export function unseenArrival(
  status: Status | null,
  acknowledged: ReadonlySet<string>,
): ArrivalNote | undefined {
  const latest = status?.latest;
  return latest?.arrival && !acknowledged.has(arrivalId(latest)) ? latest.arrival : undefined;
}

/**
 * Live patches that are held back, of which the user has not been told yet. Nothing that begins leaves them behind: they are of the machine,
 * not of an update.
 */
export function unseenHeldBack(status: Status | null, acknowledged: ReadonlySet<string>): HeldBack[] {
  return (status?.heldBack ?? []).filter((patch) => !acknowledged.has(heldBackId(patch)));
}

/** What the user has seen when they were acknowledged. */
export function heldBackIn({ heldBack }: Status): string[] {
  return heldBack.map(heldBackId);
}

const heldBackId = ({ release, name, since }: HeldBack): string => `held-back ${release} ${name} ${since}`;

/** The switch itself may have been acknowledged before the start. */
const arrivalId = ({ transaction }: { readonly transaction: string }): string => `arrival ${transaction}`;

/** What the user has seen when a missed moment was acknowledged. */
const missedId = (stage: string, { at }: Missed): string => `missed ${stage} ${at}`;

const hasState = (kind: RunKind): boolean =>
  kind !== 'decide' && kind !== 'unschedule' && kind !== 'prune' && kind !== 'settings';

function ofRun({ id: run, kind, subject, progress, cancelling }: Run): UpdateState | null {
  switch (kind) {
    case 'practice':
      return { state: 'preparing', run, progress };
    case 'plan':
      return { state: 'planning', run, progress };
    case 'stage':
      return { state: 'staging', plan: subject, run, progress, cancelling };
    case 'activate':
      return { state: 'switching', stage: subject, run, progress };
    case 'rollback':
      return { state: 'rolling-back', restorePoint: subject, run, progress };
    case 'recover':
      return { state: 'recovering', run, progress };
    case 'decide':
    case 'unschedule':
    case 'prune':
    case 'settings':
      return null;
  }
}

function ofRecords({ problem: reason, interrupted, last }: Status): UpdateState | null {
  // A practice system that could not be made has no records; that is a failure, and no damage.
  if (reason && last?.kind === 'practice' && last.problem)
    return { state: 'failed', during: 'practice', problem: last.problem };
  if (reason) return { state: 'damaged', problem: reason };
  if (!interrupted) return null;
  return { state: 'interrupted', transaction: interrupted.transaction, kind: interrupted.kind };
}

function ofRecovery({ recovered }: Status, acknowledged: ReadonlySet<string>): UpdateState | null {
  const newest = recovered.findLast(({ transaction }) => !acknowledged.has(transaction));
  if (!newest) return null;
  const { transaction, kind, outcome } = newest;
  return { state: 'recovered', transaction, kind, outcome };
}

/** Problems that are no failures: the user said stop, or what was asked for is so already. */
const notFailures: readonly ErrorCode[] = [
  'CANCELLED',
  'NOTHING_TO_DO',
  'RECOVERED',
  'AUTHORISATION_DISMISSED',
];

function ofFailure(status: Status, acknowledged: ReadonlySet<string>): UpdateState | null {
  const { last, staged, plan } = status;
  if (!last?.problem || acknowledged.has(last.id) || !hasState(last.kind)) return null;
  if (notFailures.includes(last.problem.code)) return null;
  if (exitCodeOf(last.problem.code) !== exitCodes.blocked)
    return { state: 'failed', during: last.kind, problem: last.problem };
  return { state: 'blocked', plan: planOf(last) ?? staged?.plan ?? plan?.id ?? null, problem: last.problem };
}

const planOf = ({ kind, subject }: EndedRun): string | null => (kind === 'stage' ? subject : null);

function ofResults(status: Status, acknowledged: ReadonlySet<string>): UpdateState | null {
  const results = [ofLatest(status, acknowledged), ofStaged(status, acknowledged), ofPlan(status)];
  return (
    results
      .flatMap((result) => (result === null ? [] : [result]))
      // At the same moment the later step counts, which stands first.
      .reduce<Dated | null>((newest, one) => (newest && newest.at >= one.at ? newest : one), null)?.state ??
    null
  );
}

interface Dated {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: UpdateState;
}

const dated = (time: string | null, state: UpdateState): Dated => ({
  at: time === null ? 0 : Date.parse(time) || 0,
  state,
});

function succeeded(outcome: NonNullable<Status['latest']>['outcome']): boolean {
  return outcome === 'done' || outcome === 'rolled-forward';
}

/** A recovery that nobody watched, such as the one at boot, is known by what the journal says of the newest switch. */
function ofLatest({ latest }: Status, acknowledged: ReadonlySet<string>): Dated | null {
  if (!latest || acknowledged.has(latest.transaction)) return null;
  const { transaction, kind, stage, restorePoint, ended, outcome } = latest;
  if (outcome === 'rolled-forward' || outcome === 'rolled-back')
    return dated(ended, { state: 'recovered', transaction, kind, outcome });
  if (outcome !== 'done' || restorePoint === null) return null;
  if (kind === 'rollback') return dated(ended, { state: 'rolled-back', restorePoint });
  return kind === 'activate' && stage !== null ? dated(ended, { state: 'done', stage, restorePoint }) : null;
}

function ofStaged({ staged, latest }: Status, acknowledged: ReadonlySet<string>): Dated | null {
  if (!staged) return null;
  const { id, plan, created, how, interruptionSeconds, scheduled, scheduledAt, undecided } = staged;
  const isUsedUp = latest?.kind === 'activate' && latest.stage === id && succeeded(latest.outcome);
  if (isUsedUp) return null;
  if (!staged.ready) {
    if (acknowledged.has(id)) return null;
    return dated(created, { state: 'failed', during: 'stage', problem: problem('STAGE_UNVERIFIED') });
  }
  if (undecided > 0) return dated(created, { state: 'needs-decision', stage: id, undecided });
  const missed = staged.missed && !acknowledged.has(missedId(id, staged.missed)) ? staged.missed : null;
  return dated(created, {
    state: 'staged',
    stage: id,
    plan,
    how,
    interruptionSeconds,
    scheduled,
    scheduledAt,
    missed,
  });
}

function ofPlan({ plan }: Status): Dated | null {
  if (!plan || plan.changes === 0) return null;
  return dated(plan.created, { state: 'planned', plan: plan.id, changes: plan.changes });
}
