/**
 * The verb `health`: judges a new system at its first start. A healthy one is from now on the one that starts; from another one the system returns to
 * the one before, with what people and services wrote meanwhile, and restarts. Tried or not, it notes how long the switch kept people from working.
 */
import type { Outcome } from '../../shared/errors.js';
import type { Examined } from '../../shared/history.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import { outcomeOf } from './fault.js';
import { examine, usualPatience, type Examination } from './health/examine.js';
import { completeMeasure } from './interruption/measure.js';
import { withStoreLock } from './journal/lock.js';
import { requireRecovered } from './recover.js';
import { rollback } from './rollback.js';
import { restartThroughFirmware } from './restart/start-next.js';
import type { System } from './system.js';
import { cancelTrial, isToCome } from './trial/begin-trial.js';
import { readTrial, type TrialRecord } from './trial/trial-record.js';

export type HealthOptions = Partial<Pick<Examination, 'patience'>>;

export function health(system: System, options: HealthOptions = {}): Promise<Outcome<Examined>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    const trial = await withStoreLock(system, async () => {
      await requireRecovered(engine);
      return trialOf(engine);
    });
    if (!trial) {
      await completeMeasure(engine, options.patience ?? usualPatience);
      return { restorePoint: null, healthy: true, findings: [], restarting: false };
    }
    const { restorePoint, before } = trial;
    const findings = await examine(system, { before, ...options });
    if (findings.length === 0) {
      await withStoreLock(system, () => {
        // Unless someone returned from it meanwhile.
        if (trialOf(engine)?.restorePoint === restorePoint) cancelTrial(engine);
        return Promise.resolve();
      });
      await completeMeasure(engine, options.patience ?? usualPatience);
      return { restorePoint, healthy: true, findings, restarting: false };
    }
    // Where even this is refused the restart does it: the boot loader takes the one before, which finds that it was not confirmed.
    const back = await rollback(system, { restorePoint, because: findings });
    const remarks = back.ok ? [] : [[back.problem.sentence, ...back.problem.details].join(' ')];
    const restarting = await restartThroughFirmware(system);
    return { restorePoint, healthy: false, findings: [...findings, ...remarks], restarting };
  });
}

/** The trial that this start is; none where its environment is yet to be started, or was returned from. */
function trialOf(engine: Engine): TrialRecord | undefined {
  const { system, environment } = engine;
  const trial = readTrial(system);
  if (!trial || !environment.hasSwitch(system, trial.restorePoint)) return undefined;
  if (isToCome(engine)) return undefined;
  return environment.readSwitch(system, trial.restorePoint).isFallenBack() ? undefined : trial;
}
