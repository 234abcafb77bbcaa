/**
 * `environments destroy`: removes one staged environment, or the oldest restore point, as `prune` would: a return goes through the newer ones,
 * so that no older one may be left without them. Never what runs, what the next start takes, or what is mounted.
 */
import type { Destroyed } from '../../shared/environments.js';
import type { Outcome } from '../../shared/errors.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import { Fault, outcomeOf } from './fault.js';
import { findEnvironment, type Found } from './find-environment.js';
import { clearHourTimer, hasHourTimer } from './hour-timer.js';
import { begin } from './journal/journal.js';
import { withStoreLock } from './journal/lock.js';
import { mountedAt, stageTitle } from './list-environments.js';
import { newId } from './records/ids.js';
import { restorePointsOf } from './records/restore-points.js';
import { forgetSchedule, scheduledAtAll } from './records/schedule.js';
import { unreadableTitle } from './records/vouched.js';
import { requireRecovered } from './recover.js';
import type { System } from './system.js';

export function destroyEnvironment(
  system: System,
  { id, dryRun }: { readonly id: string; readonly dryRun: boolean },
): Promise<Outcome<Destroyed>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      const found = findEnvironment(engine, id);
      requireRemovable(engine, id, found);
      const answer = { id, dryRun, ...describe(engine, id, found) };
      if (!dryRun) await remove(engine, id, found);
      return answer;
    });
  });
}

/** Throws `RESTART_PENDING`, `RESTORE_POINT_NEEDED`, `ENVIRONMENT_IN_USE`. */
function requireRemovable(engine: Engine, id: string, found: Found): void {
  const { system, environment } = engine;
  const pending = environment.pending(system);
  if (found.state === 'next' || pending === id) throw new Fault('RESTART_PENDING', pending ?? id);
  const [place] = mountedAt(engine, found.which);
  if (place !== undefined) throw new Fault('ENVIRONMENT_IN_USE', `${id}: it is mounted at ${place}`);
  if (found.state === 'staged') return;
  if (found.made === 1) throw new Fault('RESTORE_POINT_NEEDED', `${id} is the only one.`);
  if (found.place > 0)
    throw new Fault('RESTORE_POINT_NEEDED', `The way back to older ones goes through ${id}: they go first.`);
}

function describe(
  { system, environment }: Engine,
  id: string,
  found: Found,
): { title: string; freedBytes: number | null } {
  const exclusive = environment.exclusiveBytes(system, found.which);
  if (found.state === 'staged')
    return { title: stageTitle(found.stage), freedBytes: exclusive ?? found.stage.bytes };
  const point = restorePointsOf(system, environment).find((one) => one.id === id);
  return { title: point?.title ?? unreadableTitle, freedBytes: exclusive ?? point?.ownBytes ?? null };
}

async function remove({ system, environment }: Engine, id: string, { state }: Found): Promise<void> {
  const isStage = state === 'staged';
  const transaction = begin(
    system,
    'prune',
    newId('prune'),
    isStage ? { restorePoints: [], stage: id } : { restorePoints: [id] },
  );
  transaction.step('remove', isStage ? { stage: id } : { restorePoint: id });
  // There is nothing left that it could switch to.
  const isScheduled = isStage && scheduledAtAll(system) === id;
  if (isScheduled) forgetSchedule(system);
  if (isStage) environment.destroy(system, id);
  else environment.destroyRestorePoint(system, id);
  transaction.end('done');
  if (isScheduled && (await hasHourTimer(system))) await clearHourTimer();
}
