/**
 * The verb `activate`: makes a verified stage the running environment. Everything is prepared beside the running system;
 * then `/usr` is exchanged in one step, which is the commit point; the rest follows, journaled. An error before the commit
 * point leaves the system as it was, one after it is taken back; a power cut is settled by `recover`.
 */
import { appendFileSync } from 'node:fs';
import type { Outcome } from '../../shared/errors.js';
import type { Activated } from '../../shared/history.js';
import type { Activation } from '../../shared/plan.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import type { Clone, Preparation, Switch } from './environments/environment.js';
import { Fault, faultOf, outcomeOf } from './fault.js';
import { begin, type OpenTransaction } from './journal/journal.js';
import { withPackageLocks, withStoreLock } from './journal/lock.js';
import { carryOver, failedProofs, lookAround, type CarriedOver } from './meanwhile/carry-over.js';
import { bytes, display, join } from './posix/raw-path.js';
import { requireReadiness } from './readiness.js';
import { isEtc, keepContent } from './records/etc-content.js';
import { newId } from './records/ids.js';
import { forgetPlan } from './records/plans.js';
import { forgetSchedule, scheduleAtShutdown, scheduledStage } from './records/schedule.js';
import { contentAfter } from './records/restore-points.js';
import { readStage, type StageRecord } from './records/stages.js';
import { recordAfter } from './record-activation.js';
import { accountPaths } from './reintegrate/account-files.js';
import { withAccountsLock } from './reintegrate/accounts/account-lock.js';
import { requireArrived, requireRecovered } from './recover.js';
import { followActivation } from './restart.js';
import { kexecObstacle } from './restart/load-kernel.js';
import { softRebootObstacle } from './restart/next-root.js';
import type { Restarting } from './restart/start-next.js';
import { requireHour, setForHour } from './schedule-hour.js';
import type { TreeChange } from './review/tree-change.js';
import { machineOf, type System } from './system.js';
import {
  beginTrial,
  cancelTrial,
  prepareTrial,
  requireJudged,
  type BegunTrial,
  type PreparedTrial,
} from './trial/begin-trial.js';

export interface ActivateOptions {
  readonly stage?: string;
  /** By default what the plan chose. On a running system `shutdown` only schedules. */
  readonly how?: Activation;
  /** Not now but at this moment (ISO 8601, UTC). */
  readonly at?: string;
  /** The caller lives until then and carries it out (`activateAtHour`). */
  readonly attended?: boolean;
  /** Carries out what was scheduled for the shutdown, which is now. */
  readonly scheduled?: boolean;
}

/** How often the preparation is repeated when someone writes to a folder of `/usr` just then. */
const attempts = 3;

export function activate(system: System, options: ActivateOptions = {}): Promise<Outcome<Activated>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    const done = await withStoreLock(system, async (): Promise<Done> => {
      await requireRecovered(engine);
      const started = Date.now();
      const id = options.scheduled ? scheduledStage(system) : options.stage;
      // First: at a shutdown the restart that a switch waits for is on its way, and nobody has to be told.
      if (options.scheduled && id === undefined) throw new Fault('NOTHING_TO_DO');
      requireArrived(engine);
      requireJudged(engine);
      const record = readStage(system, engine.environment, id);
      if (!record.ready) throw new Fault('STAGE_UNVERIFIED', ...failedProofs(record));
      const how = options.scheduled ? 'shutdown' : (options.how ?? record.plan.activation.how);
      if (options.at !== undefined) requireHour(options.at, how, options.how !== undefined, new Date());
      const atomic = requireWay(engine, how, options.how);
      await requireReadiness(engine, { moment: 'before-activation', plan: record.plan });
      if (options.at !== undefined) {
        await setForHour(system, { stage: record.id, at: options.at, how }, options.attended ?? false);
        return { result: scheduled(record, { how, at: options.at, started }) };
      }
      if (how === 'shutdown' && system.isRunning && !options.scheduled) {
        scheduleAtShutdown(system, record.id);
        return { result: scheduled(record, { how, at: null, started }) };
      }
      const way = { how, atomic, started, unattended: options.scheduled ?? false };
      return withPackageLocks(system, engine.packages, () => commit(engine, record, way));
    });
    return done.restarting ? followActivation(engine, done.result, done.restarting) : done.result;
  });
}

interface Done {
  readonly result: Activated;
  /** Absent where the switch is only scheduled. */
  readonly restarting?: Restarting;
}

interface ForLater {
  readonly how: Activation;
  readonly at: string | null;
  readonly started: number;
}

function scheduled({ id, plan }: StageRecord, { how, at, started }: ForLater): Activated {
  const seconds = (Date.now() - started) / 1000;
  return {
    stage: id,
    restorePoint: null,
    scheduled: true,
    at,
    how,
    seconds,
    switchSeconds: 0,
    carried: [],
    restart: plan.services,
    remarks: [],
  };
}

/** Whether the switch will be one atomic step. Throws where the way is not open here. */
function requireWay(engine: Engine, how: Activation, wanted: Activation | undefined): boolean {
  const { system, environment, current } = engine;
  const support = environment.support(system);
  if (!support.exchange && how !== 'shutdown') throw new Fault('EXCHANGE_IMPOSSIBLE', support.exchangeReason);
  if (!system.isRunning && (how === 'soft-reboot' || how === 'kexec' || how === 'reboot')) {
    throw new Fault('DOWNTIME_UNSUPPORTED', 'Nothing runs from this tree: use --how live.');
  }
  if (system.isRunning && environment.takesEffect === 'at-start' && how === 'live' && wanted === 'live') {
    throw new Fault(
      'DOWNTIME_UNSUPPORTED',
      'The environments here are roots of their own: use --how soft-reboot or --how reboot.',
    );
  }
  // Looked at again once the new system is in place; what can be known before need not be found out then.
  const obstacle =
    wanted === 'soft-reboot'
      ? softRebootObstacle(engine, current)
      : wanted === 'kexec'
        ? kexecObstacle(machineOf(system))
        : undefined;
  if (obstacle !== undefined) throw new Fault('DOWNTIME_UNSUPPORTED', obstacle, 'Use --how reboot.');
  return support.exchange;
}

interface Way {
  readonly how: Activation;
  readonly atomic: boolean;
  readonly started: number;
  /** Nobody is there to decide anything. */
  readonly unattended: boolean;
}

async function commit(engine: Engine, staged: StageRecord, way: Way): Promise<Done> {
  const found = await lookAround(engine, staged);
  return withAccountsLock(engine.system, async () =>
    switchTo(engine, await carryOver(engine, staged, found, way.unattended), way),
  );
}

async function switchTo(engine: Engine, stage: CarriedOver, way: Way): Promise<Done> {
  const { system, environment, packages } = engine;
  const { record, changes, carried, remarks: merges } = stage;
  const clone = environment.open(system, record.id);
  const restorePoint = newId('point');
  const transaction = begin(system, 'activate', newId('activate'), {
    stage: record.id,
    restorePoint,
    how: way.how,
    atomic: way.atomic,
    packages: record.plan.changes.length,
  });
  let prepared: Preparation | undefined;
  let trial: PreparedTrial | string | undefined;
  const point = { isPassed: false };
  try {
    prepared = await system.report.phase('prepare', 'Preparing the new system beside the old one', () => {
      for (let attempt = 1; ; attempt += 1) {
        transaction.step('prepare', { attempt });
        const preparation = environment.prepare(system, {
          restorePoint,
          clone,
          changes,
          database: packages.database,
          keep: packages.locks,
          atomic: way.atomic,
        });
        const others = preparation.changedMeanwhile();
        if (others.length === 0) return Promise.resolve(preparation);
        environment.destroyRestorePoint(system, restorePoint);
        if (attempt === attempts)
          throw new Fault('CHANGED_MEANWHILE', ...others.map((path) => `/${display(path)}`));
      }
    });
    keepAfter(engine, restorePoint, clone, changes);
    transaction.step('boot', { ownBytes: prepared.ownBytes });
    trial = await prepareTrial(engine, restorePoint, way.how);
    prepared.switch.addEarly();
    system.signal.throwIfAborted(); // the last moment at which a cancel is honoured
    const switching = Date.now();
    const { switch: treeSwitch } = prepared;
    const left = await system.report.phase('switch', 'Switching', () => {
      transaction.commit('switch');
      point.isPassed = true;
      treeSwitch.switchOver();
      transaction.step('settle');
      return Promise.resolve(treeSwitch.settle().left);
    });
    const switchSeconds = (Date.now() - switching) / 1000;
    const tried = await tryNext(engine, trial, { transaction, treeSwitch });
    transaction.step('record');
    await recordAfter(engine, record, {
      restorePoint,
      transaction: transaction.id,
      ownBytes: prepared.ownBytes,
      switch: treeSwitch,
    });
    transaction.end('done', { restorePoint, switchSeconds });
    const remarks = [
      ...merges,
      ...(treeSwitch.isInEffect() ? [] : ['The new system runs after the next restart.']),
      ...(typeof tried === 'string' ? [tried] : []),
      ...left.map((path) => `/${display(path)} holds files of yours and was kept.`),
      ...appendLogs(system, prepared),
    ];
    environment.destroy(system, record.id);
    forgetPlan(system, record.plan.id);
    forgetSchedule(system);
    return {
      result: {
        stage: record.id,
        restorePoint,
        scheduled: false,
        at: null,
        how: way.how,
        seconds: (Date.now() - way.started) / 1000,
        switchSeconds,
        carried: carried.map((path) => `/${display(path)}`),
        restart: record.plan.services,
        remarks,
      },
      restarting: {
        transaction: transaction.id,
        restorePoint,
        switch: treeSwitch,
        trial: typeof tried === 'string' ? undefined : tried,
      },
    };
  } catch (error) {
    takeBack(
      engine,
      { transaction, restorePoint, prepared: prepared?.switch, committed: point.isPassed },
      error,
    );
    throw point.isPassed ? new Fault('COMMIT_FAILED', ...reasonsOf(error)) : error;
  }
}

/** A sentence where there is no trial although one was wanted. */
async function tryNext(
  engine: Engine,
  trial: PreparedTrial | string | undefined,
  { transaction, treeSwitch }: { readonly transaction: OpenTransaction; readonly treeSwitch: Switch },
): Promise<BegunTrial | string | undefined> {
  if (trial === undefined || typeof trial === 'string') return trial;
  transaction.step('trial');
  return beginTrial(engine, trial, treeSwitch);
}

/** What the update leaves in `/etc`: with it a rollback can keep what is changed there later. */
function keepAfter(
  { system, environment }: Engine,
  restorePoint: string,
  clone: Clone,
  changes: readonly TreeChange[],
): void {
  const changed = changes.filter(
    ({ path, kind, type }) => isEtc(path) && kind !== 'removed' && type === 'file',
  );
  const paths = new Set([...changed.map(({ path }) => path), ...accountPaths]);
  keepContent(environment.view(clone), [...paths], contentAfter(system, restorePoint));
}

interface Interrupted {
  readonly transaction: OpenTransaction;
  readonly restorePoint: string;
  readonly prepared: Switch | undefined;
  readonly committed: boolean;
}

/** Brings the system back to what it was. When even that fails, the transaction stays open for `recover`. */
function takeBack(engine: Engine, interrupted: Interrupted, error: unknown): void {
  const { system, environment } = engine;
  const { transaction, restorePoint, prepared, committed } = interrupted;
  transaction.step('take-back', { code: faultOf(error).code });
  if (prepared) {
    if (committed) {
      prepared.switchBack();
      prepared.settleBack('backward');
    } else prepared.undoEarly();
  }
  cancelTrial(engine, restorePoint);
  environment.destroyRestorePoint(system, restorePoint);
  transaction.end('failed', { code: faultOf(error).code });
}

function reasonsOf(error: unknown): string[] {
  const { problem } = faultOf(error);
  return [problem.sentence, ...problem.details];
}

function appendLogs(system: System, prepared: Preparation): string[] {
  const remarks: string[] = [];
  for (const { path, tail } of prepared.logs) {
    try {
      appendFileSync(bytes(join(system.root, path)), tail);
    } catch {
      remarks.push(`The log /${display(path)} could not be continued.`);
    }
  }
  return remarks;
}
