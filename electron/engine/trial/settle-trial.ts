/** What a start finds of a trial: it goes on, it is over, or it failed and the environment before runs again, which then becomes the usual one. */
import type { FallbackReason, Recovered } from '../../../shared/history.js';
import { bootLoaderFor } from '../bootloader/registry.js';
import type { Engine } from '../engine.js';
import { bootId } from '../inspect/sources.js';
import { begin } from '../journal/journal.js';
import { withPackageLocks } from '../journal/lock.js';
import { newId } from '../records/ids.js';
import { renewBootMenu } from '../restart/boot-menu.js';
import { machineOf } from '../system.js';
import { cancelTrial } from './begin-trial.js';
import { calmWatchdog, readTrial } from './trial-record.js';

type Settled = Recovered['transactions'][number];

/** The caller holds the store's lock, and no transaction is open. Repeatable. */
export async function settleTrial(engine: Engine): Promise<Settled[]> {
  const { system, environment } = engine;
  if (!system.isRunning || environment.takesEffect === 'at-once') return [];
  const loader = bootLoaderFor(system);
  const trial = readTrial(system);
  const restorePoint = trial?.restorePoint ?? loader?.state()?.restorePoint;
  if (restorePoint === undefined) {
    loader?.clear(); // what was kept for a trial that was never written
    calmWatchdog(system);
    return [];
  }
  if (environment.hasSwitch(system, restorePoint)) {
    // Asked for, but not begun: what is on its way out is the system before.
    const isToCome = trial?.direct !== undefined && trial.direct.boot === bootId(machineOf(system));
    const isTried = loader?.state()?.state === 'tried' && !isToCome;
    if (!isTried || !environment.readSwitch(system, restorePoint).isFallenBack()) return [];
    return [await withPackageLocks(system, engine.packages, () => takeBack(engine, restorePoint))];
  }
  // The way back is complete, or the environment was never switched to.
  if (environment.pending(system) === undefined) cancelTrial(engine);
  return [];
}

async function takeBack(engine: Engine, restorePoint: string): Promise<Settled> {
  const { system, environment } = engine;
  const back = environment.readSwitch(system, restorePoint);
  const journal = begin(system, 'rollback', newId('rollback'), {
    restorePoint,
    because: 'did-not-come-up' satisfies FallbackReason,
  });
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
  return {
    transaction: journal.id,
    kind: 'rollback',
    outcome: 'rolled-back',
    sentence: 'The new system did not come up at its first start: the one before runs again, as it was.',
  };
}
