/** The verb `plan`: what would be done, from the archive's newest index. Alters nothing but Understudy's own folder. */
import type { Outcome } from '../../shared/errors.js';
import type { Plan } from '../../shared/plan.js';
import { privilegedEngineFor } from './engine.js';
import { outcomeOf } from './fault.js';
import { withFetcher } from './fetch.js';
import { withStoreLock } from './journal/lock.js';
import type { Selection } from './packages/package-manager.js';
import { savePlan } from './records/plans.js';
import type { System } from './system.js';

export function plan(system: System, selection: Selection): Promise<Outcome<Plan>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, async () => {
      const made = await withFetcher(engine, (fetcher) => fetcher.plan(selection));
      savePlan(system, made);
      return made;
    });
  });
}
