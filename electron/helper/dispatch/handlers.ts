/**
 * What each verb does: queries read at once, runs alter one at a time. Before anything is altered, what was interrupted is settled,
 * and then nothing else happens: what the user looked at is no longer what is there.
 */
import { problem, type Outcome, type Problem } from '../../../shared/errors.js';
import type { RolledBack } from '../../../shared/history.js';
import type { Machine } from '../../../shared/machine.js';
import type { Action } from '../../../shared/operations.js';
import type { RunKind } from '../../../shared/run.js';
import type { Status } from '../../../shared/status.js';
import { activate } from '../../engine/activate.js';
import { changelog } from '../../engine/changelog.js';
import { check } from '../../engine/check.js';
import { decide } from '../../engine/decide.js';
import { outcomeOf } from '../../engine/fault.js';
import { history } from '../../engine/history.js';
import { inspect, isIndexKnown } from '../../engine/inspect.js';
import { livepatchStatus } from '../../engine/livepatch.js';
import { moduleTrees } from '../../engine/modules.js';
import { plan } from '../../engine/plan.js';
import { planned } from '../../engine/planned.js';
import { prune } from '../../engine/prune.js';
import { recover } from '../../engine/recover.js';
import { review } from '../../engine/review.js';
import { rollback } from '../../engine/rollback.js';
import { changeSettings, settings } from '../../engine/settings.js';
import { stage } from '../../engine/stage.js';
import type { System } from '../../engine/system.js';
import { unschedule } from '../../engine/unschedule.js';
import { silent } from '../../engine/report.js';
import type { Queries } from '../runs/queries.js';
import type { Runs } from '../runs/runs.js';
import type { StatusKeeper } from '../status/status-keeper.js';
import type { CallContext, Handlers } from './dispatch.js';
import type { Subject } from './subject.js';

export interface HandlersOptions {
  readonly subject: Subject;
  readonly runs: Runs;
  readonly status: StatusKeeper;
  readonly queries: Queries;
  /** Resolves when what was interrupted before this helper began is settled, and a practice system is there. */
  readonly ready: Promise<void>;
}

/** Who stops a run needs the right to have begun it. */
export const actionOfKind: Readonly<Record<RunKind, Action>> = {
  plan: 'stage',
  stage: 'stage',
  decide: 'stage',
  activate: 'activate',
  unschedule: 'activate',
  rollback: 'rollback',
  prune: 'rollback',
  recover: 'rollback',
  settings: 'settings',
  practice: 'stage',
};

export function handlers({ subject, runs, queries, status, ready }: HandlersOptions): Handlers {
  /** Something that only reads. */
  const query = <T>(
    { gone }: { readonly gone?: AbortSignal },
    body: (system: System) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> =>
    queries.begin(gone, async (signal) => {
      await ready;
      const missing = subject.problem();
      if (missing) return { ok: false, problem: missing };
      return settled(outcomeOf(() => body(subject.open({ report: silent, signal }))));
    });

  /** Something that alters, after what was interrupted is settled. */
  const run = async <T>(
    kind: RunKind,
    { uid }: CallContext,
    about: string | undefined,
    body: (system: System) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    await ready;
    if (!subject.privileged) return { ok: false, problem: problem('NOT_ROOT') };
    const missing = subject.problem();
    if (missing) return { ok: false, problem: missing };
    return runs.begin({ kind, uid, subject: about }, async (surroundings) => {
      await previewing;
      const system = subject.open(surroundings);
      const interrupted = await recover(system);
      if (!interrupted.ok) return interrupted;
      const { transactions } = interrupted.value;
      status.noteRecovered(transactions);
      if (transactions.length > 0)
        return {
          ok: false,
          problem: problem('RECOVERED', ...transactions.map(({ sentence }) => sentence)),
        };
      return body(system);
    });
  };

  let previewing: Promise<unknown> = Promise.resolve();
  let inspecting: Promise<Outcome<Machine>> | undefined;

  return {
    status: (): Promise<Outcome<Status>> => Promise.resolve({ ok: true, value: status.read() }),
    log: () => Promise.resolve({ ok: true, value: runs.log.read() }),

    inspect: () => {
      // It takes seconds, and says the same to everyone who asks meanwhile; so it does not end with the first of them.
      inspecting ??= query({}, async (system) => {
        const outcome = await inspect(system);
        if (outcome.ok) status.notePending(isIndexKnown(system) ? outcome.value.pendingUpdates : undefined);
        return outcome;
      }).finally(() => (inspecting = undefined));
      return inspecting;
    },
    livepatch: (_, context) => query(context, livepatchStatus),
    modules: (_, context) => query(context, moduleTrees),
    check: ({ moment, plan: id }, context) =>
      query(context, (system) =>
        check(system, {
          moment,
          ...(id === undefined ? {} : { plan: id }),
          onResult: context.onChecked,
        }),
      ),
    history: (_, context) => query(context, history),
    review: ({ stage: id }, context) =>
      query(context, (system) =>
        review(system, { ...(id === undefined ? {} : { stage: id }), forAnyone: context.uid !== 0 }),
      ),
    changelog: (given, context) => query(context, (system) => changelog(system, given)),
    planned: ({ plan: id }, context) => query(context, (system) => planned(system, id)),
    settings: (_, context) => query(context, settings),
    preview: ({ restorePoint }, context) =>
      query(context, (system) => {
        // One after the other, for each holds the lock of the store.
        const preview = previewing.then((): Promise<Outcome<RolledBack>> => {
          const refusal = noPreview(restorePoint);
          if (refusal) return Promise.resolve({ ok: false, problem: refusal });
          return rollback(system, { ...(restorePoint === undefined ? {} : { restorePoint }), dryRun: true });
        });
        previewing = preview.catch(() => undefined);
        return preview;
      }),

    plan: (selection, context) => run('plan', context, undefined, (system) => plan(system, selection)),
    stage: ({ plan: id, scope, selected, background, boot }, context) =>
      run('stage', context, id, (system) =>
        stage(system, {
          ...(id === undefined ? {} : { plan: id }),
          ...(scope === undefined ? {} : { scope }),
          ...(selected === undefined ? {} : { selected }),
          background,
          ...(boot === undefined ? {} : { boot }),
        }),
      ),
    decide: (given, context) => run('decide', context, given.stage, (system) => decide(system, given)),
    activate: ({ stage: id, how, at }, context) =>
      run('activate', context, id, async (system) => {
        const outcome = await activate(system, {
          ...(id === undefined ? {} : { stage: id }),
          ...(how === undefined ? {} : { how }),
          // This helper sees to it, if nobody else does.
          ...(at === undefined ? {} : { at, attended: true }),
        });
        if (outcome.ok && !outcome.value.scheduled) status.notePending(undefined);
        return outcome;
      }),
    unschedule: (_, context) => run('unschedule', context, undefined, unschedule),
    rollback: ({ restorePoint }, context) =>
      run('rollback', context, restorePoint, async (system) => {
        const outcome = await rollback(system, restorePoint === undefined ? {} : { restorePoint });
        if (outcome.ok) status.notePending(undefined);
        return outcome;
      }),
    prune: ({ keep, maxBytes, dryRun }, context) =>
      run('prune', context, undefined, (system) =>
        prune(system, {
          ...(keep === undefined ? {} : { keep }),
          ...(maxBytes === undefined ? {} : { maxBytes }),
          dryRun,
        }),
      ),
    recover: async (_, { uid }) => {
      await ready;
      if (!subject.privileged) return { ok: false, problem: problem('NOT_ROOT') };
      return runs.begin({ kind: 'recover', uid }, async (surroundings) => {
        const outcome = await recover(subject.open(surroundings));
        if (outcome.ok) status.noteRecovered(outcome.value.transactions);
        return outcome;
      });
    },
    change: ({ settings: wanted }, context) =>
      run('settings', context, undefined, (system) => changeSettings(system, wanted)),
    renew: (_, { uid }) => {
      if (!subject.practice) return Promise.resolve({ ok: false, problem: problem('NO_PRACTICE') });
      return runs.begin({ kind: 'practice', uid }, async (surroundings) => {
        await subject.prepare(surroundings, true);
        status.notePending(undefined);
        return { ok: true, value: {} };
      });
    },

    cancel: ({ run: id }) => {
      const refusal = runs.cancel(id);
      return Promise.resolve(refusal ? { ok: false, problem: refusal } : { ok: true, value: {} });
    },
  };

  /** Whoever may only look alters nothing: neither by settling what was interrupted, nor by making a store. */
  function noPreview(restorePoint: string | undefined): Problem | undefined {
    if (!subject.privileged) return problem('NOT_ROOT');
    if (runs.current) return problem('BUSY_UNDERSTUDY', runs.current.kind);
    const { interrupted, restorePoint: newest, problem: reason } = status.read();
    if (reason) return reason;
    if (interrupted)
      return problem('BUSY_UNDERSTUDY', `${interrupted.kind} ${interrupted.transaction} is open.`);
    if (newest) return undefined;
    return problem(restorePoint === undefined ? 'NOTHING_TO_ROLL_BACK' : 'RESTORE_POINT_UNKNOWN');
  }
}

/** An outcome of an outcome is an outcome. */
async function settled<T>(outcome: Promise<Outcome<Outcome<T>>>): Promise<Outcome<T>> {
  const answered = await outcome;
  return answered.ok ? answered.value : answered;
}
