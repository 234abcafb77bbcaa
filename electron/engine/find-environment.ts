/** From an id to the environment that it names: what runs, what is to come, what is staged, what can be returned to, or another program's. */
import { foreignEnvironments, type Engine } from './engine.js';
import type { Which } from './environments/environment.js';
import { Fault } from './fault.js';
import { transactionsOf } from './journal/journal.js';
import { stagesOf, type StageRecord } from './records/stages.js';
import { activatedStages, vouchedRestorePoints } from './records/vouched.js';

export type Found =
  | { readonly state: 'next'; readonly which: Which }
  | { readonly state: 'staged'; readonly which: Which; readonly stage: StageRecord }
  /** `place`: how many restore points are older; `made`: how many there are. */
  | { readonly state: 'previous'; readonly which: Which; readonly place: number; readonly made: number };

/** Throws `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_CURRENT`, `ENVIRONMENT_FOREIGN`: none of the others can be worked with. */
export function findEnvironment(engine: Engine, id: string): Found {
  const { system, environment } = engine;
  if (id === 'current') throw new Fault('ENVIRONMENT_CURRENT');
  if (id === 'next' && environment.pending(system) !== undefined) return { state: 'next', which: 'next' };
  const stage = stagedOf(engine).find((record) => record.id === id);
  if (stage) return { state: 'staged', which: { clone: id }, stage };
  const points = vouchedRestorePoints(transactionsOf(system));
  const place = points.findIndex((point) => point.id === id);
  if (place >= 0) return { state: 'previous', which: { restorePoint: id }, place, made: points.length };
  const foreign = foreignEnvironments(system).find((one) => one.id === id);
  if (foreign) throw new Fault('ENVIRONMENT_FOREIGN', `${foreign.tool} ${foreign.name}`);
  throw new Fault('ENVIRONMENT_UNKNOWN', JSON.stringify(id.slice(0, 80)));
}

/** What can still be activated, newest first. */
export function stagedOf({ system, environment }: Engine): StageRecord[] {
  const used = activatedStages(transactionsOf(system));
  return stagesOf(system, environment)
    .filter(({ id }) => !used.has(id))
    .reverse();
}
