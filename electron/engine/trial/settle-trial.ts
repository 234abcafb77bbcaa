/** What a start finds of a trial: it goes on, it is over, or it failed and the environment before runs again, which then becomes the usual one. */
import type { FallbackReason, Recovered } from '../../../shared/history.js';
import { bootLoaderFor } from '../bootloader/registry.js';
import type { Engine } from '../engine.js';
import type { Switch } from '../environments/environment.js';
import { reasonOf } from '../fault.js';
import { defaultTarget } from '../health/units.js';
import { bootId } from '../inspect/sources.js';
import { begin, transactionsOf } from '../journal/journal.js';
import { withPackageLocks } from '../journal/lock.js';
import { newId } from '../records/ids.js';
import { readRestorePoint } from '../records/restore-points.js';
import { withAccountsLock } from '../reintegrate/accounts/account-lock.js';
import { renewBootMenu } from '../restart/boot-menu.js';
import { reloadUnits } from '../restart/service-manager.js';
import { restartThroughFirmware } from '../restart/start-next.js';
import { returnTo, type Journey } from '../return-to.js';
import { machineOf } from '../system.js';
import { cancelTrial } from './begin-trial.js';
import { calmWatchdog, readTrial } from './trial-record.js';

type Settled = Recovered['transactions'][number];

const because = { reason: 'did-not-come-up' } as const satisfies { reason: FallbackReason };
const settled = { kind: 'rollback', outcome: 'rolled-back' } as const;
const failed = 'The new system did not come up at its first start';

/** The caller holds the store's lock, and no transaction is open. Repeatable. */
export async function settleTrial(engine: Engine): Promise<Settled[]> {
  const { system, environment } = engine;
  if (!system.isRunning) return [];
  const loader = bootLoaderFor(system);
  const trial = readTrial(system);
  const restorePoint = trial?.restorePoint ?? loader?.state()?.restorePoint;
  if (restorePoint === undefined) {
    loader?.clear(); // what was kept for a trial that was never written
    calmWatchdog(system);
    return [];
  }
  const isInPlace = environment.takesEffect === 'at-once';
  const back = environment.hasSwitch(system, restorePoint)
    ? environment.readSwitch(system, restorePoint)
    : undefined;
  if (!back || (isInPlace && back.isReturned())) {
    // The way back is complete, or the environment was never switched to.
    if (environment.pending(system) !== undefined) return [];
    // A way back in place may have been cut before its menu.
    if (isInPlace) await renewBootMenu(system);
    cancelTrial(engine);
    return [];
  }
  // Asked for, but not begun: what is on its way out is the system before.
  const isOnItsWay = trial?.direct !== undefined && trial.boot === bootId(machineOf(system));
  // In place, the start itself was told that it is one in the environment before.
  const isTried = isInPlace || (loader?.state()?.state === 'tried' && !isOnItsWay);
  if (!isTried || !back.isFallenBack()) return [];
  const takeBack = isInPlace ? takeBackInPlace : takeBackWhole;
  return withPackageLocks(system, engine.packages, () => takeBack(engine, back));
}

async function takeBackWhole(engine: Engine, back: Switch): Promise<Settled[]> {
  const { system, environment } = engine;
  const { restorePoint } = back;
  const journal = begin(system, 'rollback', newId('rollback'), { restorePoint, because: because.reason });
  journal.step('prepare');
  // What the new system wrote at its trial stays in it: what runs is exactly what ran before.
  back.prepareRollback([]);
  journal.commit('switch-back');
  back.switchBack();
  journal.step('settle');
  back.settleBack('rollback');
  journal.end('done');
  environment.destroyRestorePoint(system, restorePoint);
  await renewBootMenu(system);
  cancelTrial(engine);
  return [
    { transaction: journal.id, ...settled, sentence: `${failed}: the one before runs again, as it was.` },
  ];
}

/**
 * Both environments share one root, so what people wrote since the switch comes along, as in every way back. Where that cannot be done, the kernel from
 * before goes on starting, and the log says why.
 */
async function takeBackInPlace(engine: Engine, back: Switch): Promise<Settled[]> {
  const { system } = engine;
  const isCovered = back.isSwitched() === false;
  const transaction = newId('rollback');
  try {
    back.uncover();
    const point = readRestorePoint(system, back.restorePoint);
    const journey: Journey = { dryRun: false, aside: transaction, passed: new Set(), because };
    await withAccountsLock(system, () => returnTo(engine, point, journey, transaction));
  } catch (error) {
    // What has begun is completed by the next look.
    if (transactionsOf(system).some(({ ended }) => !ended)) throw error;
    const what = `${failed}, and the one before cannot be brought back: ${reasonOf(error)}`;
    system.report.log('switch', `${what} It goes on with the kernel from before, until an update helps.`);
    return [];
  }
  await renewBootMenu(system);
  cancelTrial(engine);
  const sentence = `${failed}: the one before is back, with what was changed meanwhile.`;
  // What was started so far is of the new system. Once people may be at work nothing restarts by itself.
  const mayRestart = !isCovered && (await defaultTarget(machineOf(system))) !== 'active';
  if (isCovered) await reloadUnits(system);
  else if (mayRestart) await restartThroughFirmware(system);
  const more = isCovered || mayRestart ? '' : ' Restart the machine: some of what runs is of the new system.';
  return [{ transaction, ...settled, sentence: sentence + more }];
}
