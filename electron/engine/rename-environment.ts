/** `environments rename`: what people call a staged or a previous environment, kept in its own record. */
import { environmentTitleSchema, type Renamed } from '../../shared/environments.js';
import type { Outcome } from '../../shared/errors.js';
import { privilegedEngineFor } from './engine.js';
import { cloneFolder } from './environments/tree/clone.js';
import { Fault, outcomeOf } from './fault.js';
import { findEnvironment } from './find-environment.js';
import { withStoreLock } from './journal/lock.js';
import { readRestorePoint, writeRestorePoint } from './records/restore-points.js';
import { writeStage } from './records/stages.js';
import { requireRecovered } from './recover.js';
import type { System } from './system.js';

export function renameEnvironment(
  system: System,
  options: { readonly id: string; readonly title: string },
): Promise<Outcome<Renamed>> {
  return outcomeOf(async () => {
    const { id } = options;
    const read = environmentTitleSchema.safeParse(options.title);
    if (!read.success) throw new Fault('USAGE', ...read.error.issues.map(({ message }) => message));
    const title = read.data;
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      const found = findEnvironment(engine, id);
      if (found.state === 'next') throw new Fault('RESTART_PENDING', 'It has its title from the restart on.');
      if (found.state === 'staged') writeStage(cloneFolder(system, id), { ...found.stage, title });
      else writeRestorePoint(system, { ...readRestorePoint(system, id), title });
      return { id, title };
    });
  });
}
