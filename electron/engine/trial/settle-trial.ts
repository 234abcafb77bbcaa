/** What a start finds of a trial: it goes on, it is over, or it failed and the environment before runs again, which then becomes the usual one. */
import type { FallbackReason, Recovered } from '../../../shared/history.js';
import { bootLoaderFor } from '../bootloader/registry.js';
import type { Engine } from '../engine.js';
import type { Switch } from '../environments/environment.js';
import { reasonOf } from '../fault.js';
import { bootId } from '../inspect/sources.js';
import { defaultTargetIsActive } from '../health/units.js';
import { begin, transactionsOf } from '../journal/journal.js';
import { withPackageLocks } from '../journal/lock.js';
import { newId } from '../records/ids.js';
import { withAccountsLock } from '../reintegrate/accounts/account-lock.js';
import { renewBootMenu } from '../restart/boot-menu.js';
import { reloadUnits } from '../restart/service-manager.js';
import { restartThroughFirmware } from '../restart/start-next.js';
import { returnTo, wayTo, type Journey } from '../return-to.js';
import { machineOf } from '../system.js';
import { cancelTrial } from './begin-trial.js';
import { calmWatchdog, readTrial } from './trial-record.js';

type Settled = Recovered['transactions'][number];

const because = { reason: 'did-not-come-up' } as const satisfies { reason: FallbackReason };
const settled = {
  kind: 'rollback',
  outcome: 'rolled-back',
  sentence: 'The new system did not come up at its first start: the one before runs again, as it was.',
} as const;

const inPlace =
  'The new system did not come up at its first start: the one before is back, with what was changed meanwhile.';
const restartSoon = 'Restart the machine: some of what runs is of the new system.';

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
  const back = environment.hasSwitch(system, restorePoint)
    ? environment.readSwitch(system, restorePoint)
    : undefined;
  const isInPlace = environment.takesEffect === 'at-once';
  // The way back is complete, or the environment was never switched to.
  const isOver = !back || (isInPlace && !back.isFallenBack() && back.isSwitched() === false);
  if (!isOver) {
    // Asked for, but not begun: what is on its way out is the system before.
    const isToCome = trial?.direct !== undefined && trial.direct.boot === bootId(machineOf(system));
    // In place, the start itself was told that it is one in the environment before.
    const isTried = isInPlace || (loader?.state()?.state === 'tried' && !isToCome);
    if (!isTried || !back.isFallenBack()) return [];
    const takeBack = isInPlace ? takeBackInPlace : takeBackWhole;
    return withPackageLocks(system, engine.packages, () => takeBack(engine, back));
  }
  if (environment.pending(system) === undefined) {
    // A way back in place may have been cut before its menu.
    if (isInPlace) await renewBootMenu(system);
    cancelTrial(engine);
  }
  return [];
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
  return [{ transaction: journal.id, ...settled }];
}

/**
 * Both environments share one root, so what people wrote since the switch comes along, as in every way back. Where that cannot be done, the kernel from
 * before goes on starting, and what is said of it is in the log.
 */
async function takeBackInPlace(engine: Engine, back: Switch): Promise<Settled[]> {
  const { system } = engine;
  const { restorePoint } = back;
  const isCovered = back.isSwitched() === false;
  const made: Settled[] = [];
  try {
    back.uncover();
    const journey: Journey = { dryRun: false, aside: newId('rollback'), passed: new Set(), because };
    await withAccountsLock(system, async () => {
      for (const point of wayTo(engine, restorePoint)) {
        const transaction = newId('rollback');
        await returnTo(engine, point, journey, transaction);
        made.push({ transaction, ...settled, sentence: inPlace });
      }
    });
  } catch (error) {
    // What has begun is completed by the next look.
    if (transactionsOf(system).some(({ ended }) => !ended)) throw error;
    system.report.log('switch', `The system before cannot be brought back: ${reasonOf(error)}`);
    return made;
  }
  await renewBootMenu(system);
  cancelTrial(engine);
  if (isCovered) await reloadUnits(system);
  // What was started so far is of the new system. Once people may be at work nothing restarts by itself.
  else if (!(await defaultTargetIsActive(machineOf(system)))) await restartThroughFirmware(system);
  else return made.map((one) => ({ ...one, sentence: `${one.sentence} ${restartSoon}` }));
  return made;
}
