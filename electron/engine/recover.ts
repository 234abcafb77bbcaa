/**
 * The verb `recover`: finishes or takes back what was interrupted, then clears away what a killed run left. It runs at
 * every boot and every start, may itself be cut at any moment, and does nothing the second time.
 */
import { existsSync } from 'node:fs';
import type { Outcome } from '../../shared/errors.js';
import type { ArrivalNote, Recovered } from '../../shared/history.js';
import { finishInterrupted } from './decisions/carry-out.js';
import { finishMerging } from './meanwhile/merge-into-stage.js';
import { recordAfter, recordManifestAfter } from './record-activation.js';
import { renewBootMenu } from './restart/boot-menu.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import { Fault, outcomeOf } from './fault.js';
import { resume, transactionsOf, type OpenTransaction } from './journal/journal.js';
import { releaseStaleLocks, withPackageLocks, withStoreLock } from './journal/lock.js';
import type { Transaction } from './journal/read-journal.js';
import { settlePatch } from './kernel/livepatch/journaled.js';
import { bytes } from './posix/raw-path.js';
import { noteArrival } from './records/arrivals.js';
import { requireComplete } from './records/complete.js';
import { forgetSchedule, scheduledAtAll } from './records/schedule.js';
import { readStage, stagesOf } from './records/stages.js';
import { activatedStages, vouchedRestorePoints } from './records/vouched.js';
import type { System } from './system.js';
import { resumeTrial } from './trial/begin-trial.js';
import { settleTrial } from './trial/settle-trial.js';

type Settled = Recovered['transactions'][number];

export function recover(system: System): Promise<Outcome<Recovered>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    if (!existsSync(bytes(system.store))) return { transactions: [], cleaned: [] };
    return withStoreLock(system, () => recoverLocked(engine));
  });
}

/** For verbs that alter: settles what is open and then throws `RECOVERED`, so that the user knows before going on. */
export async function requireRecovered(engine: Engine): Promise<void> {
  const { transactions } = await recoverLocked(engine);
  if (transactions.length > 0) throw new Fault('RECOVERED', ...transactions.map(({ sentence }) => sentence));
}

/** The caller holds the store's lock. Throws `JOURNAL_DAMAGED`. */
async function recoverLocked(engine: Engine): Promise<Recovered> {
  const { system, environment, packages } = engine;
  releaseStaleLocks(system, packages);
  const kept = { clones: environment.clones(system), restorePoints: environment.restorePoints(system) };
  const all = transactionsOf(system);
  requireComplete(all, kept);
  const arrival = await completeArrival(engine);
  const open = all.filter(({ ended }) => !ended);
  const transactions: Settled[] = [];
  for (const transaction of open) transactions.push(await settle(engine, transaction));
  transactions.push(...(await settleTrial(engine)));
  const completed = [...(await finishInterrupted(engine)), ...(await finishMerging(engine))];
  const cleaned = [...completed, ...clean(engine)];
  return { transactions, cleaned, ...(arrival ? { arrival } : {}) };
}

/** The first start in another environment: from now on what differs in it is the user's. */
async function completeArrival(engine: Engine): Promise<ArrivalNote | undefined> {
  const { system, environment } = engine;
  const arrival = environment.arrive(system);
  if (!arrival) return undefined;
  const note = noteArrival(system, arrival);
  // Before the record: a menu that is written anew is no change of the user's.
  if (system.isRunning) await renewBootMenu(system);
  if (arrival.list === 'forward') await recordManifestAfter(engine, arrival.restorePoint);
  environment.arrived(system, arrival);
  return note;
}

/** Throws `RESTART_PENDING`: what runs is no longer what the next start takes. */
export function requireArrived({ system, environment }: Engine): void {
  const pending = environment.pending(system);
  if (pending !== undefined) throw new Fault('RESTART_PENDING', pending);
}

async function settle(engine: Engine, transaction: Transaction): Promise<Settled> {
  const journal = resume(engine.system, transaction);
  const answer = (outcome: Settled['outcome'], sentence: string): Settled => {
    journal.end(outcome);
    return { transaction: transaction.id, kind: transaction.kind, outcome, sentence };
  };
  switch (transaction.kind) {
    case 'stage':
      engine.environment.destroy(engine.system, transaction.id);
      return answer(
        'rolled-back',
        'A staging was interrupted; its clone was removed. The system was never touched.',
      );
    case 'activate':
      return withPackageLocks(engine.system, engine.packages, async () =>
        (await settleActivation(engine, transaction, journal))
          ? answer(
              'rolled-forward',
              'A switch was interrupted after its commit point and was completed: the new system is in place.',
            )
          : answer(
              'rolled-back',
              'A switch was interrupted before its commit point: the system is the old one, as it was.',
            ),
      );
    case 'rollback':
      return withPackageLocks(engine.system, engine.packages, () =>
        Promise.resolve(
          settleRollback(engine, transaction)
            ? answer(
                'rolled-forward',
                'A rollback was interrupted and was completed: the environment before is in place.',
              )
            : answer('rolled-back', 'A rollback was interrupted before it began: the system is as it was.'),
        ),
      );
    case 'prune':
      pruneAgain(engine, transaction);
      return answer('rolled-forward', 'The removal of old environments was interrupted and was completed.');
    case 'load':
    case 'unload': {
      const { outcome, sentence } = await settlePatch(engine.system, transaction);
      return answer(outcome, sentence);
    }
  }
}

/** True when it went forward. */
async function settleActivation(
  engine: Engine,
  transaction: Transaction,
  journal: OpenTransaction,
): Promise<boolean> {
  const { system, environment } = engine;
  const restorePoint = dataOf(transaction, 'restorePoint');
  const committed = transaction.records.some(({ type }) => type === 'commit');
  const takenBack = transaction.records.some(({ step }) => step === 'take-back');
  if (!environment.hasSwitch(system, restorePoint)) {
    // Either the preparation was never complete, or what it did was already undone when its removal began.
    environment.destroyRestorePoint(system, restorePoint);
    return false;
  }
  const prepared = environment.readSwitch(system, restorePoint);
  if (!committed) {
    prepared.undoEarly();
    environment.destroyRestorePoint(system, restorePoint);
    return false;
  }
  // With an atomic exchange the file system itself tells; the record of the commit alone only announced it.
  const forward = !takenBack && (prepared.isSwitched() ?? true);
  if (!forward) {
    prepared.switchBack();
    prepared.settleBack('backward');
    environment.destroyRestorePoint(system, restorePoint);
    return false;
  }
  prepared.switchOver();
  prepared.settle();
  const record = readStage(system, environment, dataOf(transaction, 'stage'));
  await recordAfter(engine, record, {
    restorePoint,
    transaction: journal.id,
    ownBytes: ownBytesOf(transaction),
    switch: prepared,
  });
  await resumeTrial(engine, prepared);
  return true;
}

/** True when it went forward. */
function settleRollback({ system, environment }: Engine, transaction: Transaction): boolean {
  const restorePoint = dataOf(transaction, 'restorePoint');
  const committed = transaction.records.some(({ type }) => type === 'commit');
  if (!committed) return false;
  const back = environment.readSwitch(system, restorePoint);
  if (back.isSwitched() === true) return false; // the exchange was announced, but not made
  back.switchBack();
  back.settleBack('rollback');
  return true;
}

function pruneAgain({ system, environment }: Engine, transaction: Transaction): void {
  const { restorePoints: points, stage } = transaction.records[0]?.data ?? {};
  if (typeof stage === 'string') {
    if (scheduledAtAll(system) === stage) forgetSchedule(system);
    environment.destroy(system, stage);
  }
  for (const id of Array.isArray(points) ? points : [])
    if (typeof id === 'string') environment.destroyRestorePoint(system, id);
}

function ownBytesOf({ records }: Transaction): number {
  const value = records.find(({ step }) => step === 'boot')?.data.ownBytes;
  return typeof value === 'number' ? value : 0;
}

function dataOf(transaction: Transaction, name: string): string {
  const value = transaction.records[0]?.data[name];
  if (typeof value !== 'string') throw new Fault('JOURNAL_DAMAGED', `${transaction.id}: no ${name}`);
  return value;
}

/** Removes what no ended transaction vouches for: unfinished clones, used-up stages and restore points. */
function clean({ system, environment }: Engine): string[] {
  const cleaned: string[] = [];
  const ended = transactionsOf(system);
  const used = activatedStages(ended);
  const finished = new Set(stagesOf(system, environment).map(({ id }) => id));
  for (const id of environment.clones(system)) {
    if (finished.has(id) && !used.has(id)) continue;
    environment.destroy(system, id);
    cleaned.push(id);
  }
  const vouched = new Set(vouchedRestorePoints(ended).map(({ id }) => id));
  for (const id of environment.restorePoints(system)) {
    if (vouched.has(id)) continue;
    environment.destroyRestorePoint(system, id);
    cleaned.push(id);
  }
  return cleaned;
}
