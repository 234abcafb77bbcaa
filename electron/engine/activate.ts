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
import type { Preparation, Switch } from './environments/environment.js';
import { Fault, faultOf, outcomeOf } from './fault.js';
import { begin, type OpenTransaction } from './journal/journal.js';
import { withPackageLocks, withStoreLock } from './journal/lock.js';
import { changedMeanwhile, type Meanwhile } from './meanwhile.js';
import { bytes, display, join } from './posix/raw-path.js';
import { requireReadiness } from './readiness.js';
import { newId } from './records/ids.js';
import { forgetPlan } from './records/plans.js';
import { forgetSchedule, scheduleAtShutdown, scheduledStage } from './records/schedule.js';
import { baseManifest, readStage, type StageRecord } from './records/stages.js';
import { recordAfter } from './record-activation.js';
import { requireArrived, requireRecovered } from './recover.js';
import { followActivation } from './restart.js';
import type { TreeChange } from './review/tree-change.js';
import type { System } from './system.js';

export interface ActivateOptions {
  readonly stage?: string;
  /** By default what the plan chose. On a running system `shutdown` only schedules. */
  readonly how?: Activation;
  /** Carries out what was scheduled for the shutdown, which is now. */
  readonly scheduled?: boolean;
}

/** How often the preparation is repeated when someone writes to a folder of `/usr` just then. */
const attempts = 3;

export function activate(system: System, options: ActivateOptions = {}): Promise<Outcome<Activated>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    const result = await withStoreLock(system, async () => {
      await requireRecovered(engine);
      requireArrived(engine);
      const started = Date.now();
      const id = options.scheduled ? scheduledStage(system) : options.stage;
      if (options.scheduled && id === undefined) throw new Fault('NOTHING_TO_DO');
      const record = readStage(system, engine.environment, id);
      if (!record.ready) throw new Fault('STAGE_UNVERIFIED', ...failedProofs(record));
      const how = options.scheduled ? 'shutdown' : (options.how ?? record.plan.activation.how);
      const atomic = requireWay(engine, how, options.how);
      await requireReadiness(engine, { moment: 'before-activation', plan: record.plan });
      if (how === 'shutdown' && system.isRunning && !options.scheduled)
        return schedule(system, record, started);
      return withPackageLocks(system, engine.packages, () =>
        commit(engine, record, { how, atomic, started }),
      );
    });
    return result.scheduled ? result : followActivation(engine, result);
  });
}

function schedule(system: System, { id, plan }: StageRecord, started: number): Activated {
  scheduleAtShutdown(system, id);
  const seconds = (Date.now() - started) / 1000;
  return {
    stage: id,
    restorePoint: null,
    scheduled: true,
    how: 'shutdown',
    seconds,
    switchSeconds: 0,
    carried: [],
    restart: plan.services,
    remarks: [],
  };
}

function failedProofs(record: StageRecord): string[] {
  return record.proofs.filter(({ result }) => result === 'fail').map(({ sentence }) => sentence);
}

/** Whether the switch will be one atomic step. Throws where the way is not open here. */
function requireWay(
  { system, environment }: Engine,
  how: Activation,
  wanted: Activation | undefined,
): boolean {
  const support = environment.support(system);
  if (!support.exchange && how !== 'shutdown') throw new Fault('EXCHANGE_IMPOSSIBLE', support.exchangeReason);
  if (!system.isRunning && (how === 'soft-reboot' || how === 'kexec' || how === 'reboot')) {
    throw new Fault('DOWNTIME_UNSUPPORTED', 'Nothing runs from this tree: use --how live.');
  }
  // systemd's soft-reboot starts again in the root that is mounted already.
  const staysInRoot = how === 'soft-reboot' || (how === 'live' && wanted === 'live');
  if (system.isRunning && environment.takesEffect === 'at-start' && staysInRoot) {
    throw new Fault(
      'DOWNTIME_UNSUPPORTED',
      'The environments here are roots of their own: use --how reboot.',
    );
  }
  return support.exchange;
}

interface Way {
  readonly how: Activation;
  readonly atomic: boolean;
  readonly started: number;
}

async function commit(engine: Engine, record: StageRecord, way: Way): Promise<Activated> {
  const { system, environment, packages } = engine;
  const clone = environment.open(system, record.id);
  const { changes, meanwhile } = await requireUntouched(engine, record);
  const restorePoint = newId('point');
  const transaction = begin(system, 'activate', newId('activate'), {
    stage: record.id,
    restorePoint,
    how: way.how,
    atomic: way.atomic,
    packages: record.plan.changes.length,
  });
  let prepared: Preparation | undefined;
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
    transaction.step('boot', { ownBytes: prepared.ownBytes });
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
    transaction.step('record');
    await recordAfter(engine, record, {
      restorePoint,
      transaction: transaction.id,
      ownBytes: prepared.ownBytes,
      switch: treeSwitch,
    });
    transaction.end('done', { restorePoint, switchSeconds });
    const remarks = [
      ...(treeSwitch.isInEffect() ? [] : ['The new system runs after the next restart.']),
      ...left.map((path) => `/${display(path)} holds files of yours and was kept.`),
      ...appendLogs(system, prepared),
    ];
    environment.destroy(system, record.id);
    forgetPlan(system, record.plan.id);
    forgetSchedule(system);
    return {
      stage: record.id,
      restorePoint,
      scheduled: false,
      how: way.how,
      seconds: (Date.now() - way.started) / 1000,
      switchSeconds,
      carried: meanwhile.carried.map((path) => `/${display(path)}`),
      restart: record.plan.services,
      remarks,
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

/** Throws `STAGE_STALE`, `STAGE_DAMAGED` or `CHANGED_MEANWHILE`. */
async function requireUntouched(
  engine: Engine,
  record: StageRecord,
): Promise<{ changes: TreeChange[]; meanwhile: Meanwhile }> {
  const { system, environment, packages, current } = engine;
  return system.report.phase('compare', 'Looking for changes made meanwhile', async () => {
    if (packages.databaseDigest(current) !== record.databaseDigest) throw new Fault('STAGE_STALE');
    const clone = environment.open(system, record.id);
    if ((await environment.seal(system, clone)) !== record.seal) throw new Fault('STAGE_DAMAGED', record.id);
    const changes = environment.changes(clone);
    const staged = { clone, view: environment.view(clone), changes };
    let meanwhile: Meanwhile;
    try {
      meanwhile = await changedMeanwhile(engine, baseManifest(clone), staged);
    } catch (error) {
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('MANIFEST_')) {
        throw new Fault('STAGE_DAMAGED', `${record.id}: ${error.message}`);
      }
      throw error;
    }
    if (meanwhile.collisions.length > 0) {
      throw new Fault('CHANGED_MEANWHILE', ...meanwhile.collisions.map((path) => `/${display(path)}`));
    }
    return { changes, meanwhile };
  });
}

interface Interrupted {
  readonly transaction: OpenTransaction;
  readonly restorePoint: string;
  readonly prepared: Switch | undefined;
  readonly committed: boolean;
}

/** Brings the system back to what it was. When even that fails, the transaction stays open for `recover`. */
function takeBack({ system, environment }: Engine, interrupted: Interrupted, error: unknown): void {
  const { transaction, restorePoint, prepared, committed } = interrupted;
  transaction.step('take-back', { code: faultOf(error).code });
  if (prepared) {
    if (committed) {
      prepared.switchBack();
      prepared.settleBack('backward');
    } else prepared.undoEarly();
  }
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
